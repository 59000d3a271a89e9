import { describe, expect, it } from "vitest";
import { climb, rootsOfTwo, type Trial } from "./climb.ts";

/** Trials of a score that is least at `best`, and where rates from `unstable` on diverge. */
function trials(best: number, unstable = Infinity, reach = Infinity) {
  const tried: number[] = [];
  const attempt = (learningRate: number): Promise<Trial> => {
    tried.push(learningRate);
    const diverged = learningRate >= unstable;
    const score = Math.abs(Math.log(learningRate / best));
    return Promise.resolve({
      learningRate,
      diverged,
      score: diverged || score > reach ? Infinity : score,
    });
  };
  return { tried, attempt };
}

describe("climb", () => {
  it.each([0.01, 0.3, 0.8, 5])("comes within √2 of the best rate %d from 0.1", async (best) => {
    const found = await climb(0.1, trials(best).attempt);
    expect(Math.abs(Math.log2(found!.learningRate / best))).toBeLessThanOrEqual(0.26);
  });

  it("gets there from the lowest rate of a range test", async () => {
    const found = await climb(2.5e-6, trials(1).attempt);
    expect(Math.abs(Math.log2(found!.learningRate))).toBeLessThanOrEqual(0.26);
  });

  it("goes down from a rate that diverges", async () => {
    const found = await climb(10, trials(0.05, 0.2).attempt);
    expect(Math.abs(Math.log2(found!.learningRate / 0.05))).toBeLessThanOrEqual(0.26);
  });

  it("looks on both sides of a rate that does not arrive", async () => {
    for (const best of [0.01, 1]) {
      const found = await climb(0.1, trials(best, Infinity, 1).attempt);
      expect(Math.abs(Math.log2(found!.learningRate / best))).toBeLessThanOrEqual(0.26);
    }
  });

  it("tries half of a rate that a part of its runs survived, then twice as much", async () => {
    const tried: number[] = [];
    await climb(1, (learningRate): Promise<Trial> => {
      tried.push(learningRate);
      const arrives = learningRate < 0.3;
      return Promise.resolve({ learningRate, diverged: false, partly: true, score: arrives ? 1 : Infinity }); // prettier-ignore
    });
    expect(tried.slice(0, 4)).toEqual([1, 0.5, 2, 0.25]);
  });

  it("looks between a rate that diverged and one that was too slow", async () => {
    const { tried, attempt } = trials(1, 1.9, Math.log(1.9));
    expect((await climb(2, attempt))!.learningRate).toBeCloseTo(1, 1);
    expect(tried.slice(0, 3)).toEqual([2, 0.5, 1]);
  });

  it("goes by √2 alone where the first rate is near the best: three trials are enough there", async () => {
    const near = trials(1);
    expect((await climb(1, near.attempt, rootsOfTwo))!.learningRate).toBe(1);
    expect(near.tried).toEqual([1, 1.41, 0.707]);
    const far = trials(0.1);
    expect((await climb(1, far.attempt, rootsOfTwo))!.learningRate).toBeCloseTo(0.1, 1);
    const above = trials(8);
    expect((await climb(1, above.attempt, rootsOfTwo))!.learningRate).toBeCloseTo(8, 0);
  });

  it("has no answer where nothing arrives, after five trials, or where it is stopped", async () => {
    const { tried, attempt } = trials(1, 0);
    expect(await climb(1, attempt)).toBeUndefined();
    expect(tried).toEqual([1, 0.25, 0.0625, 0.0156, 0.00391]);
    expect(await climb(1, () => Promise.resolve(undefined))).toBeUndefined();
  });
});
