import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driftingMean, progressMean } from "./progress-mean.ts";

const scale = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

describe("a mean that drifts", () => {
  it("has the standard error of successive differences: 1, 2, 4 have √(5 / 12)", () => {
    // (1² + 2²) / (2 · 2 · 3); ⌊2 · 2² / (3 · 3 − 4)⌋ = 1 degree of freedom, whose t is 12.7062 by tables
    const { value, low, high } = driftingMean([1, 2, 4]);
    expect(value).toBeCloseTo(7 / 3, 12);
    expect(high - value).toBeCloseTo(12.7062 * Math.sqrt(5 / 12), 3);
    expect(value - low).toBeCloseTo(12.7062 * Math.sqrt(5 / 12), 3);
  });
});

describe("the mean noise scale of a run", () => {
  it("of one scale is that scale, without error", () => {
    const { value, low, high } = progressMean([7, 7, 7, 7], 32);
    for (const end of [value, low, high]) expect(end).toBeCloseTo(7, 10);
  });

  it("makes T updates worth Σ 1 / (1 + b / B) of the best ones", () => {
    fc.assert(
      fc.property(
        fc.array(scale, { minLength: 3, maxLength: 9 }),
        fc.integer({ min: 1, max: 4096 }),
        (scales, B) => {
          const { value, low, high } = progressMean(scales, B);
          const best = scales.reduce((sum, b) => sum + 1 / (1 + b / B), 0); // S_min for T = J
          expect(best * (1 + value / B)).toBeCloseTo(scales.length, 8);
          expect(value).toBeGreaterThanOrEqual(Math.min(...scales) * (1 - 1e-9));
          expect(value).toBeLessThanOrEqual(Math.max(...scales) * (1 + 1e-9));
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
        },
      ),
    );
  });

  it("does not break on a gradient that cannot be told from zero, nor on negative curvature", () => {
    // w = 1/2, 0, 1/2 and 1: the mean is 1/2, so B_crit = B
    expect(progressMean([10, Infinity, 10, -3], 10).value).toBeCloseTo(10, 12);
    expect(progressMean([Infinity, Infinity, Infinity], 10).value).toBe(Infinity);
  });
});
