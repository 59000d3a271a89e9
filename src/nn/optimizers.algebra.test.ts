/** @file What the equations of the optimizers imply, checked against closed forms and other forms of the same method. */
import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { descend, quadratic, rosenbrock, startAt, updater } from "../../test/support/descend.ts";
import type { AnyOptimizer } from "./optimizer.ts";
import { adadelta, adagrad, adam, adamW, amsgrad, rmsprop, sgd } from "./optimizers.ts";

type Vector = readonly number[];
const START: Vector = [-0.5, 0.8, 0.3];
const lengthAt = (trace: readonly Vector[], update: number) => Math.hypot(...trace[update - 1]!);

describe("gradient descent on ½ Σ h x²", () => {
  const h = [0.5, 2, 8];

  it("x_t = (1 − α h)ᵗ x_0", () => {
    const trace = descend(sgd({ learningRate: 0.2 }), quadratic(h), [1, -2, 3], 40);
    trace.forEach((x, at) => {
      const closed = [1, -2, 3].map((x0, i) => (1 - 0.2 * h[i]!) ** (at + 1) * x0);
      expect(gap(x, closed)).toBeLessThan(1e-12);
    });
  });

  it.each([
    [1.99, 0.99],
    [2.01, 1.01],
  ])("α λ_max = %f: the slowest part is multiplied by %f an update", (product, factor) => {
    const trace = descend(sgd({ learningRate: product / 8 }), quadratic(h), [1, 1, 1], 1000);
    expect(Math.abs(trace[999]![2]!) / factor ** 1000).toBeCloseTo(1, 9);
    expect(lengthAt(trace, 1000) < lengthAt(trace, 1)).toBe(factor < 1);
  });

  it("the best rate 2 / (λ_min + λ_max) contracts by (κ − 1) / (κ + 1)", () => {
    const trace = descend(sgd({ learningRate: 2 / 8.5 }), quadratic(h), [1, 0, 1], 20);
    expect(lengthAt(trace, 20) / lengthAt(trace, 19)).toBeCloseTo((16 - 1) / (16 + 1), 12);
  });

  it("the update is linear in the gradient", () => {
    const optimizer = sgd({ learningRate: 0.25 });
    const step = updater(optimizer, 3);
    const from = (g: Vector) => step(startAt(optimizer, [0, 0, 0]), g, 1).x;
    const [a, b] = [
      [1, -2, 0.5],
      [3, 0.25, -8],
    ] as const;
    const sum = from(a.map((v, i) => 2 * v - 4 * b[i]!));
    expect(sum).toEqual(from(a).map((v, i) => 2 * v - 4 * from(b)[i]!)); // powers of 2: exact
  });
});

describe("momentum", () => {
  const L = 4;
  const mu = 0.8;
  /** Growth over 4,000 updates of a parabola of curvature L, just inside and just outside the limit. */
  const grows = (optimizer: AnyOptimizer) => {
    const trace = descend(optimizer, quadratic([L]), [1], 4000);
    const largest = (from: number) =>
      Math.max(
        ...trace
          .slice(from, from + 50)
          .flat()
          .map(Math.abs),
      );
    return largest(3950) > largest(0);
  };

  it.each([
    ["sum", { momentum: mu }, (2 * (1 + mu)) / L],
    ["average", { momentum: mu, dampening: mu }, (2 * (1 + mu)) / ((1 - mu) * L)],
    // Nesterov: the root −1 of z² − (1 + μ)(1 − αL) z + μ (1 − αL)
    ["Nesterov", { momentum: mu, nesterov: true }, (2 * (1 + mu)) / ((1 + 2 * mu) * L)],
  ])("as a %s is stable up to its limit", (_, options, limit) => {
    expect(grows(sgd({ ...options, learningRate: 0.995 * limit }))).toBe(false);
    expect(grows(sgd({ ...options, learningRate: 1.005 * limit }))).toBe(true);
  });

  it("as an average is the sum at a rate 1 − μ times as large, from the second update on", () => {
    const gradients = [
      [3, -1, 2],
      [0.5, 4, -1],
      [1, 1, -2],
    ] as const;
    const [average, sum] = [
      sgd({ learningRate: 0.1, momentum: 0.5, dampening: 0.5 }),
      sgd({ learningRate: 0.05, momentum: 0.5 }),
    ];
    const start = { x: START, slots: { velocity: [0, 0, 0] } };
    let [a, b] = [start, start] as [{ x: Vector; slots: Record<string, Vector> }, typeof start];
    gradients.forEach((g, at) => {
      a = updater(average, 3)(a, g, at + 2);
      b = updater(sum, 3)(b, g, at + 2) as typeof b;
      expect(gap(a.x, b.x)).toBeLessThan(1e-15);
    });
  });

  it("as a sum approaches g / (1 − μ) under a constant gradient", () => {
    const optimizer = sgd({ learningRate: 1, momentum: 0.75 });
    const trace = descend(optimizer, () => [1], [0], 200);
    expect(trace[198]![0]! - trace[199]![0]!).toBeCloseTo(4, 12);
  });

  it("of Nesterov is the look-ahead form of Sutskever et al., seen at the look-ahead point", () => {
    const [alpha, momentum] = [0.02, 0.9];
    let x: Vector = START;
    let v: Vector = [0, 0, 0];
    const ahead = Array.from({ length: 30 }, () => {
      const g = rosenbrock(x.map((value, i) => value + momentum * v[i]!));
      v = v.map((value, i) => momentum * value - alpha * g[i]!);
      x = x.map((value, i) => value + v[i]!);
      return x.map((value, i) => value + momentum * v[i]!);
    });
    const trace = descend(
      sgd({ learningRate: alpha, momentum, nesterov: true }),
      rosenbrock,
      START,
      30,
    );
    trace.forEach((p, at) => {
      expect(gap(p, ahead[at]!)).toBeLessThan(1e-12);
    });
  });
});

describe("without ε the scale of the loss does not matter: bitwise, for a power of 2", () => {
  it.each<[string, AnyOptimizer]>([
    ["adagrad", adagrad({ epsilon: 0 })],
    ["rmsprop", rmsprop({ epsilon: 0 })],
    ["rmsprop, centred", rmsprop({ epsilon: 0, centered: true, momentum: 0.5 })],
    ["adam", adam({ epsilon: 0 })],
    ["amsgrad", amsgrad({ epsilon: 0 })],
    ["adamW", adamW({ epsilon: 0 })],
  ])("%s", (_, optimizer) => {
    const scaled = (x: Vector) => rosenbrock(x).map((g) => 1024 * g);
    const trace = descend(optimizer, rosenbrock, START, 30);
    expect(descend(optimizer, scaled, START, 30)).toEqual(trace);
  });
});

describe("the first step", () => {
  const g = [0.003, -20, 1e-4];
  const first = (optimizer: AnyOptimizer) => descend(optimizer, () => g, [0, 0, 0], 1)[0]!;
  const sign = g.map(Math.sign);

  it("of Adam is −α sign(g) up to ε", () => {
    for (const optimizer of [adam({ epsilon: 0 }), amsgrad({ epsilon: 0 })])
      expect(
        gap(
          first(optimizer),
          sign.map((s) => -1e-3 * s),
        ),
      ).toBeLessThan(1e-17);
    const closed = g.map((v) => (-1e-3 * v) / (Math.abs(v) + 1e-8));
    expect(gap(first(adam()), closed)).toBeLessThan(1e-17);
  });

  it("of Adam without bias correction is (1 − β₁) / √(1 − β₂) times as long", () => {
    const closed = sign.map((s) => (-1e-3 * s * (1 - 0.9)) / Math.sqrt(1 - 0.999));
    expect(gap(first(adam({ epsilon: 0, biasCorrection: false })), closed)).toBeLessThan(1e-16);
  });

  it("of Adagrad is −α sign(g), of RMSprop −α sign(g) / √(1 − ρ)", () => {
    expect(
      gap(
        first(adagrad({ epsilon: 0 })),
        sign.map((s) => -0.01 * s),
      ),
    ).toBeLessThan(1e-17);
    const closed = sign.map((s) => (-0.01 * s) / Math.sqrt(1 - 0.99));
    expect(gap(first(rmsprop({ epsilon: 0 })), closed)).toBeLessThan(1e-15);
  });

  it("of Adadelta is −√ε g / √((1 − ρ) g² + ε)", () => {
    const closed = g.map((v) => (-Math.sqrt(1e-6) * v) / Math.sqrt((1 - 0.9) * v * v + 1e-6));
    expect(gap(first(adadelta()), closed)).toBeLessThan(1e-17);
  });
});

it("Adagrad under a constant gradient steps by α / √t", () => {
  const trace = descend(adagrad({ learningRate: 0.5, epsilon: 0 }), () => [7], [0], 50);
  trace.forEach(([x], at) => {
    const step = (trace[at - 1]?.[0] ?? 0) - x!;
    expect(step).toBeCloseTo(0.5 / Math.sqrt(at + 1), 13);
  });
});

it("AdamW without a gradient shrinks by 1 − α λ an update, and Adam with L2 does not", () => {
  const zero = () => [0, 0];
  const decoupled = descend(adamW({ learningRate: 0.1, weightDecay: 0.5 }), zero, [2, -1], 10);
  expect(gap(decoupled[9]!, [2 * 0.95 ** 10, -(0.95 ** 10)])).toBeLessThan(1e-15);
  const inside = descend(adam({ learningRate: 0.1, weightDecay: 0.5 }), zero, [2, -1], 1);
  expect(gap(inside[0]!, [1.9, -0.9])).toBeLessThan(1e-7); // −α sign(λ p)
});

it("centred RMSprop survives rounding: a constant gradient has no variance", () => {
  // s − a² is below 0 in float64 from update 53 on
  const optimizer = rmsprop({ learningRate: 1e-3, alpha: 0.5, epsilon: 1e-2, centered: true });
  const trace = descend(optimizer, () => [1.1, -3.3, 0.001], [0, 0, 0], 100);
  for (const x of trace) for (const value of x) expect(Number.isFinite(value)).toBe(true);
});

describe("the online problem of Reddi et al., section 3, theorem 1", () => {
  // Loss C x every third time and −x else, on [−1, 1]: the best point is −1, as C > 2. β₁ = 0, β₂ = 1 / (1 + C²), α_t = α / √t.
  const C = 4;
  const end = (optimizer: AnyOptimizer) => {
    const step = updater(optimizer, 1);
    let state = startAt(optimizer, [0]);
    for (let t = 1; t <= 3000; t++) {
      state = step(state, [t % 3 === 1 ? C : -1], t, 0.5 / Math.sqrt(t));
      state = { ...state, x: [Math.max(-1, Math.min(1, state.x[0]!))] };
    }
    return state.x[0]!;
  };
  const options = { beta1: 0, beta2: 1 / (1 + C * C), epsilon: 0 };

  it("Adam goes to the worst point", () => {
    expect(end(adam({ ...options, biasCorrection: false }))).toBeGreaterThan(0.9);
  });

  it("AMSGrad goes to the best one", () => {
    expect(end(amsgrad({ ...options, biasCorrection: false }))).toBeLessThan(-0.9);
  });
});
