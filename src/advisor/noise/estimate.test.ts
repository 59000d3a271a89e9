import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generator } from "../../data/rng.ts";
import { combination, momentsOf, ratio, type Moments } from "./estimate.ts";
import { studentQuantile } from "./student.ts";

const user = 8;

describe("moments", () => {
  it("are the mean and the covariance of the mean", () => {
    // by hand: deviations −1, 0, 1 and 2, −4, 2; products −2 + 0 + 2 = 0
    const { means, covariance, degrees } = momentsOf([
      [1, 2, 3],
      [7, 1, 7],
    ]);
    expect(means).toEqual([2, 5]);
    expect(covariance).toEqual([
      [1 / 3, 0],
      [0, 4],
    ]);
    expect(degrees).toEqual([2, 2]);
  });

  it("of values with one far out have fewer degrees of freedom", () => {
    const even = Array.from({ length: 20 }, (_, i) => Math.sin(i));
    const tailed = even.map((value, i) => (i === 7 ? 50 : value));
    // κ = (m − 2) + 1 / (m − 1) → 18.05 for one of twenty: 2 / ν = 2/19 + 15.05/20
    expect(momentsOf([even, tailed]).degrees).toEqual([19, 2]);
  });

  it("of equal values have no variance at all", () => {
    const { means, covariance } = momentsOf([Array.from({ length: 7 }, () => 0.1)]);
    expect([means, covariance]).toEqual([[0.1], [[0]]]);
  });
});

describe("a combination", () => {
  it("ends away from zero at x exp(t s / x), and at x + t s where it cannot be told from zero", () => {
    const t = 2.042272; // 30 degrees of freedom, by tables
    const of = (mean: number) =>
      combination({ means: [mean], covariance: [[1]], degrees: [30] }, [1]);
    expect(of(5).low).toBeCloseTo(5 - t, 5);
    expect(of(5).high).toBeCloseTo(5 * Math.exp(t / 5), 5);
    expect(of(-5).low).toBeCloseTo(-5 * Math.exp(t / 5), 5);
    expect(of(-5).high).toBeCloseTo(t - 5, 5);
    expect(of(1).high).toBeCloseTo(1 + t, 5);
  });
});

describe("the ratio", () => {
  it("of positive quantities is never below 0, by either equation", () => {
    const covariance = (yy: number) => [
      [4, 0],
      [0, yy],
    ];
    for (const yy of [0, 1e-4])
      expect(
        ratio({ means: [1, 1], covariance: covariance(yy), degrees: [9, 9] }, [1], [0, 1]).low,
      ).toBe(0);
  });

  const quantity = fc.record({
    x: fc.double({ min: 0.1, max: 10, noNaN: true }),
    y: fc.double({ min: -1, max: 10, noNaN: true }),
    sx: fc.double({ min: 0.01, max: 3, noNaN: true }),
    sy: fc.double({ min: 0.01, max: 3, noNaN: true }),
    r: fc.double({ min: -0.95, max: 0.95, noNaN: true }),
  });

  it("has in its interval all that Fieller's inequality allows, and nothing else", () => {
    fc.assert(
      fc.property(quantity, ({ x, y, sx, sy, r }) => {
        const moments: Moments = {
          means: [x, y],
          covariance: [
            [sx ** 2, r * sx * sy],
            [r * sx * sy, sy ** 2],
          ],
          degrees: [10, 10],
        };
        const { value, low, high } = ratio(moments, [1], [0, 1]);
        const t = studentQuantile(10);
        const allowed = (rho: number) =>
          (x - rho * y) ** 2 <= t * t * (sx ** 2 - 2 * rho * r * sx * sy + (rho * sy) ** 2);
        expect(value).toBe(y > 0 ? x / y : Infinity);
        for (let k = -60; k <= 60; k++) {
          const rho = 10 ** (k / 10);
          const near = (end: number) => Math.abs(rho - end) < 1e-6 * Math.abs(end);
          if (near(low) || near(high)) continue;
          if (allowed(rho)) expect(low <= rho && rho <= high).toBe(true);
          else if (y > t * sy) expect(low <= rho && rho <= high).toBe(false);
        }
      }),
    );
  });

  it("of a quantity that is known divides the interval of the other", () => {
    const columns = [
      [1, 2, 4, 3],
      [2, 2, 2, 2],
    ];
    const alone = combination(momentsOf(columns), [1]);
    expect(ratio(momentsOf(columns), [1], [0, 1])).toEqual({
      value: alone.value / 2,
      low: alone.low / 2,
      high: alone.high / 2,
    });
  });

  it("has no upper end where the denominator cannot be told from zero", () => {
    const moments: Moments = {
      means: [5, 0.1],
      covariance: [
        [0.01, 0],
        [0, 1],
      ],
      degrees: [30, 30],
    };
    const { low, high } = ratio(moments, [1], [0, 1]);
    expect(high).toBe(Infinity);
    expect(low).toBeGreaterThan(1);
    expect(ratio({ ...moments, means: [5, -0.1] }, [1], [0, 1]).value).toBe(Infinity);
    expect(ratio({ ...moments, means: [5, -9] }, [1], [0, 1])).toEqual({
      value: Infinity,
      low: 0,
      high: Infinity,
    });
  });
});

describe("intervals over 2000 seeded repetitions hold in 95 % of them, give or take 1.5 %", () => {
  const repetitions = 2000;
  const count = 16;
  const covered = (
    draw: (random: () => number) => [number, number],
    truth: number,
    of: "mean" | "ratio",
  ) => {
    let hits = 0;
    for (let seed = 0; seed < repetitions; seed++) {
      const { normal } = generator(seed, user, 5);
      const pairs = Array.from({ length: count }, () => draw(normal));
      const moments = momentsOf([pairs.map(([x]) => x), pairs.map(([, y]) => y)]);
      const { low, high } = of === "mean" ? combination(moments, [1]) : ratio(moments, [1], [0, 1]);
      if (low <= truth && truth <= high) hits++;
    }
    return hits / repetitions;
  };

  it("for a mean", () => {
    const share = covered((normal) => [10 + normal(), 0], 10, "mean");
    expect(Math.abs(share - 0.95)).toBeLessThan(0.015);
  });

  it("for a ratio of means that depend on each other, one of them poorly known", () => {
    const draw = (normal: () => number): [number, number] => {
      const shared = normal();
      return [10 + 2 * shared + normal(), 1 + 0.5 * shared + normal()];
    };
    expect(Math.abs(covered(draw, 10, "ratio") - 0.95)).toBeLessThan(0.015);
  });
});
