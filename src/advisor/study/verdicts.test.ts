/** @file Intervals against tables and closed forms, and what follows from them. */
import { describe, expect, it } from "vitest";
import { above, allOf, below, intervalOf, shareOf, slopeOf, within } from "./verdicts.ts";

describe("intervals", () => {
  it("are x̄ ± t s/√n: 1, 2, 3 have t = 4.302653 (tables of Student's t, 2 degrees) and s = 1", () => {
    const { mean, low, high } = intervalOf([1, 2, 3])!;
    expect(mean).toBe(2);
    expect(high - 2).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(2 - low).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
  });

  it("do not exist for one value, nor for one that is not finite", () => {
    expect(intervalOf([3])).toBeNull();
    expect(intervalOf([3, NaN, 4])).toBeNull();
  });

  it("of shares are Wilson's: 0 of 24 reaches up to z²/(24 + z²)", () => {
    const { low, high } = shareOf(0, 24);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(1.959964 ** 2 / (24 + 1.959964 ** 2), 6);
    // At a half it is ½ ± z / (2 √(n + z²)).
    expect(shareOf(10, 20).low).toBeCloseTo(
      0.5 - 1.959964 / (2 * Math.sqrt(20 + 1.959964 ** 2)),
      6,
    );
  });
});

describe("verdicts", () => {
  const wide = { mean: 1, low: -1, high: 3 };
  const right = { mean: 2, low: 1, high: 3 };

  it("follow from where the whole interval lies", () => {
    expect([above(right, 0), above(right, 4), above(right, 2), above(null, 0)]).toEqual([
      "holds",
      "does not hold",
      "cannot tell",
      "cannot tell",
    ]);
    expect([below(right, 4), below(right, 0), below(wide, 0), below(null, 0)]).toEqual([
      "holds",
      "does not hold",
      "cannot tell",
      "cannot tell",
    ]);
    expect(within(right, -2, 0)).toBe("does not hold");
    expect([within(right, 0, 4), within(right, 5, 6), within(right, 2, 6)]).toEqual([
      "holds",
      "does not hold",
      "cannot tell",
    ]);
  });

  it("of parts: one that does not hold decides, one that cannot be told leaves it open", () => {
    expect(allOf("holds", "holds")).toBe("holds");
    expect(allOf("holds", "cannot tell")).toBe("cannot tell");
    expect(allOf("cannot tell", "does not hold", "holds")).toBe("does not hold");
  });

  it("fit slopes by least squares", () => {
    expect(
      slopeOf([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
    ).toBeCloseTo(2, 12);
    expect(
      slopeOf([
        [0, 0],
        [1, 1],
        [2, 0],
      ]),
    ).toBeCloseTo(0, 12);
  });
});
