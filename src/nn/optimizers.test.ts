/** @file The contract of every optimizer: PyTorch's trace, the same bits again, convergence, and honest slots. */
import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { descend, quadratic, rosenbrock, startAt, updater } from "../../test/support/descend.ts";
import { described, torchNn } from "../../test/support/torch-nn.ts";
import { input, type Value } from "../graph/value.ts";
import { optimizerNamed, type NamedOptimizerOptions } from "./optimizers.ts";

const rows = torchNn.optimizers.map((row) => [described(row.optimizer, row.options), row] as const);

describe("traces are PyTorch's", () => {
  it.each(rows)("%s", (_, row) => {
    const trace = descend(
      optimizerNamed(row.optimizer, row.options),
      rosenbrock,
      torchNn.start,
      row.trace.length,
    );
    trace.forEach((x, update) => {
      expect(gap(x, row.trace[update]!)).toBeLessThan(1e-12);
    });
  });
});

it("amsgrad is the option of adam by another name", () => {
  const row = torchNn.optimizers.find(({ options }) => "amsgrad" in options)!;
  const trace = descend(optimizerNamed("amsgrad", row.options), rosenbrock, torchNn.start, 24);
  expect(gap(trace.at(-1)!, row.trace.at(-1)!)).toBeLessThan(1e-12);
});

describe("repeated, the bits are the same", () => {
  it.each(rows)("%s", (_, { optimizer, options }) => {
    const run = () => descend(optimizerNamed(optimizer, options), rosenbrock, torchNn.start, 24);
    expect(run()).toEqual(run());
  });
});

describe("continued from a state in the middle, the bits are the same", () => {
  it.each(rows)("%s", (_, row) => {
    const optimizer = optimizerNamed(row.optimizer, row.options);
    const whole = descend(optimizer, rosenbrock, torchNn.start, 8);
    let state = startAt(optimizer, torchNn.start);
    for (let update = 1; update <= 8; update++) {
      const copy = JSON.parse(JSON.stringify(state)) as typeof state;
      state = updater(optimizer, 3)(copy, rosenbrock(copy.x), update);
    }
    expect(state.x).toEqual(whole.at(-1));
  });
});

describe("a convex quadratic is descended to its minimum", () => {
  // ½ (x² + 10 y²) from (1, −1): each optimizer with a learning rate that suits it
  it.each<[string, NamedOptimizerOptions, number, number]>([
    ["sgd", { learningRate: 0.15 }, 200, 1e-12],
    ["sgd", { learningRate: 0.1, momentum: 0.7 }, 200, 1e-12],
    ["sgd", { learningRate: 0.1, momentum: 0.7, nesterov: true }, 200, 1e-12],
    ["sgd", { learningRate: 0.3, momentum: 0.7, dampening: 0.7 }, 200, 1e-12],
    ["rmsprop", { learningRate: 1e-3 }, 2000, 2e-3],
    ["rmsprop", { learningRate: 1e-3, momentum: 0.5, centered: true }, 2000, 2e-2],
    ["adagrad", { learningRate: 0.5 }, 200, 1e-12],
    ["adadelta", {}, 2000, 0.05], // ends in a cycle around the minimum
    ["adam", { learningRate: 0.05 }, 1000, 1e-6],
    ["amsgrad", { learningRate: 0.05 }, 1000, 1e-6],
    ["adamW", { learningRate: 0.05, weightDecay: 0 }, 1000, 1e-6],
  ])("%s %o: %i updates to %f", (name, options, updates, bound) => {
    const optimizer = optimizerNamed(name, options);
    const end = descend(optimizer, quadratic([1, 10]), [1, -1], updates).at(-1)!;
    expect(Math.hypot(...end)).toBeLessThan(bound);
  });
});

describe("weight decay moves the minimum as the penalty does", () => {
  // minimum of ½ h (x − 1)² + ½ λ x²: x = h / (h + λ)
  it.each(["sgd", "adagrad", "adam"])("%s", (name) => {
    const optimizer = optimizerNamed(name, { learningRate: 0.1, weightDecay: 0.5 });
    const end = descend(optimizer, ([x]) => [2 * (x! - 1)], [0], 1000).at(-1)!;
    expect(end[0]).toBeCloseTo(2 / 2.5, 6);
  });
});

describe("slots and coefficients are those that the update reads and makes", () => {
  it.each(rows)("%s", (_, { optimizer: name, options }) => {
    const optimizer = optimizerNamed(name, options);
    const read = new Set<string>();
    const watched = (names: readonly string[], shape: readonly number[]) =>
      Object.fromEntries(names.map((n) => [n, input(n, "float32", shape)]));
    const spied = (values: Record<string, Value>) =>
      new Proxy(values, {
        get: (target, key: string) => {
          // reading a slot that is not there gives undefined, which no operator takes
          if (key in target) read.add(key);
          return target[key];
        },
      });
    const slots = Object.keys(optimizer.slots as object);
    const coefficients = Object.keys(optimizer.coefficients({ update: 2, learningRate: 0.1 }));
    const next = optimizer.update({
      parameter: input("p", "float32", [4, 3]),
      gradient: input("g", "float32", [4, 3]),
      slots: spied(watched(slots, [4, 3])),
      coefficients: spied(watched(coefficients, [])),
    });
    expect([...read].sort()).toEqual([...slots, ...coefficients].sort());
    expect(Object.keys(next.slots as object)).toEqual(slots);
    for (const value of [next.parameter, ...Object.values(next.slots as Record<string, Value>)])
      expect(value).toMatchObject({ dtype: "float32", shape: [4, 3] });
  });
});

describe("what is wrong is refused", () => {
  it.each<[string, NamedOptimizerOptions, string]>([
    ["sgd", { learningRate: -0.1 }, "learningRate must be a positive number, got -0.1"],
    ["sgd", { learningRate: NaN }, "learningRate must be a positive number, got NaN"],
    ["sgd", { momentum: 1 }, "momentum must be at least 0 and below 1, got 1"],
    ["sgd", { dampening: -0.5 }, "dampening must be at least 0 and below 1, got -0.5"],
    ["sgd", { weightDecay: -1 }, "weightDecay must be a number of at least 0, got -1"],
    [
      "sgd",
      { nesterov: true },
      "nesterov needs a momentum above 0 and dampening 0, got momentum 0",
    ],
    ["sgd", { nesterov: true, momentum: 0.9, dampening: 0.1 }, "and dampening 0.1"],
    ["rmsprop", { alpha: 1 }, "alpha must be at least 0 and below 1, got 1"],
    ["rmsprop", { momentum: -0.1 }, "momentum must be at least 0 and below 1, got -0.1"],
    [
      "adagrad",
      { learningRateDecay: -1 },
      "learningRateDecay must be a number of at least 0, got -1",
    ],
    ["adagrad", { initialAccumulator: -1 }, "initialAccumulator must be a number of at least 0"],
    ["adadelta", { epsilon: 0 }, "epsilon must be a positive number, got 0"],
    ["adadelta", { rho: 1.1 }, "rho must be at least 0 and below 1, got 1.1"],
    ["adam", { beta1: 1 }, "beta1 must be at least 0 and below 1, got 1"],
    ["adam", { beta2: -0.1 }, "beta2 must be at least 0 and below 1, got -0.1"],
    ["adamW", { epsilon: -1 }, "epsilon must be a number of at least 0, got -1"],
    ["adamW", { weightDecay: NaN }, "weightDecay must be a number of at least 0, got NaN"],
    [
      "adam",
      { momentum: 0.9 },
      'option of adam must be one of learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, biasCorrection; got "momentum"',
    ],
    [
      "lion",
      {},
      'optimizer must be one of sgd, rmsprop, adagrad, adadelta, adam, amsgrad, adamW; got "lion"',
    ],
  ])("%s %o", (name, options, message) => {
    expect(() => optimizerNamed(name, options)).toThrow(message);
  });

  it("an option without a value takes its default", () => {
    const { options } = optimizerNamed("sgd", { learningRate: undefined, momentum: 0.5 });
    expect(options).toMatchObject({ learningRate: 0.01, momentum: 0.5, nesterov: false });
  });
});
