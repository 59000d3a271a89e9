import { describe, expect, it } from "vitest";
import { targetFrom } from "./pilot-target.ts";

/** Mean losses of 20 parts around `mean`, whose standard error is `error`. */
const parts = (mean: number, error: number): readonly number[] => {
  // ±d by turns: s² = 20 d² / 19, and the error is s / √20.
  const d = error * Math.sqrt(19);
  return Array.from({ length: 20 }, (_, part) => mean + (part % 2 === 0 ? d : -d));
};
const constant = { loss: 1, losses: parts(1, 0) };
const valueOf = (...args: Parameters<typeof targetFrom>) => targetFrom(...args).target?.value;

describe("targetFrom", () => {
  it("is 5 % above what the worst pilot came to, or one standard error where that is more", () => {
    expect(valueOf([0.4, 0.5], [parts(0.4, 0.01), parts(0.5, 0.01)], constant)).toBe(0.525);
    expect(valueOf([0.4, 0.5], [parts(0.4, 0.01), parts(0.5, 0.1)], constant)).toBe(0.6);
  });

  it("is half-way to the constant where that is not a standard error below it", () => {
    expect(valueOf([0.5, 0.7], [parts(0.5, 0.155), parts(0.7, 0.155)], constant)).toBe(0.85);
  });

  it("goes by parts, so that what is hard for the constant too is not in the error", () => {
    const hard = { loss: 1, losses: parts(1, 0.5) };
    expect(valueOf([0.9], [parts(0.9, 0.5)], hard)).toBe(0.95);
    expect(valueOf([0.9], [parts(0.9, 0.5)], constant)).toBeUndefined();
  });

  it("asks for two standard errors of the mean over the pilots, not of the worst of them", () => {
    const of = (error: number) => [parts(0.5, error), parts(0.7, error)];
    // 0.4 below the constant: twice 0.2.
    expect(targetFrom([0.5, 0.7], of(0.199), constant).target).toBeDefined();
    const { nothing } = targetFrom([0.5, 0.7], of(0.201), constant);
    expect(nothing).toMatchObject({ loss: 0.6, constant: 1 });
    expect(nothing!.standardError).toBeCloseTo(0.201, 9);
  });

  it("says that it is little, below three standard errors", () => {
    const littleOf = (error: number) => {
      const set = targetFrom([0.4], [parts(0.4, error)], constant);
      return set.target && set.little;
    };
    expect(littleOf(0.201)?.standardError).toBeCloseTo(0.201, 9);
    expect(littleOf(0.199)).toBeUndefined();
  });

  it("is none where a pilot is no better than the constant, and says so of that one", () => {
    const { nothing } = targetFrom([0.2, 1.01], [parts(0.2, 0.01), parts(1.01, 0.02)], constant);
    expect(nothing).toMatchObject({ loss: 1.01, constant: 1 });
  });
});
