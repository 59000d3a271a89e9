/** The running mean of curves that jump. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTangled, runningMean } from "./smooth.ts";
import type { Point } from "./statistics.ts";

describe("runningMean", () => {
  it("is the mean of the points within reach", () => {
    const points = [0, 9, 3, 6, 0].map((y, x) => ({ x, y }));
    expect(runningMean(points, 1)).toEqual([
      { x: 0, y: 4.5 },
      { x: 1, y: 4 },
      { x: 2, y: 6 },
      { x: 3, y: 3 },
      { x: 4, y: 3 },
    ]);
  });

  it("is that of a plain sum over all points", () => {
    const ascending = fc
      .array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -99, max: 99 })), {
        minLength: 1,
      })
      .map((steps) => {
        let x = 0;
        return steps.map(([step, y]): Point => ({ x: (x += step), y }));
      });
    fc.assert(
      fc.property(ascending, fc.nat({ max: 60 }), (points, reach) => {
        const smooth = runningMean(points, reach);
        smooth.forEach(({ x, y }, i) => {
          const near = points.filter((point) => Math.abs(point.x - x) <= reach);
          expect(x).toBe(points[i]!.x);
          expect(y).toBeCloseTo(near.reduce((sum, point) => sum + point.y, 0) / near.length, 9);
        });
      }),
    );
  });
});

describe("isTangled", () => {
  it("tells a curve that goes up and down from one that goes somewhere", () => {
    const falling = Array.from({ length: 40 }, (_, i) => Math.exp(-i / 10) + 0.01 * (i % 2));
    expect(isTangled(falling)).toBe(false);
    expect(isTangled(falling.map((y, i) => y + (i % 2)))).toBe(true);
    expect(isTangled([0, 1, 0, 1, 0, 1])).toBe(false);
    expect(isTangled(Array.from({ length: 40 }, () => 1))).toBe(false);
  });
});
