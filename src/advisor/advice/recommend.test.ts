import { describe, expect, it } from "vitest";
import type { PredictionPoint } from "./advice.ts";
import { recommend } from "./recommend.ts";

/** A batch size of so many seconds, that may be as few as `low`. */
const point = (batchSize: number, value: number, low = value): PredictionPoint => {
  const seconds = { value, low, high: 2 * value };
  return {
    ...{ batchSize, learningRate: 0.1, threads: 1, secondsPerUpdate: 1 },
    ...{ updates: seconds, seconds, examples: seconds },
  };
};
const best = point(32, 10);
const kindsOf = (points: readonly PredictionPoint[], raced: number[], tried = raced) => {
  const { confident, reasons } = recommend(best, points, raced, { goal: "time", tried });
  const rivals = reasons.flatMap((reason) =>
    reason.kind === "intervalsOverlap" ? reason.rivals : [],
  );
  return { confident, rivals };
};

describe("a recommendation", () => {
  it("has as rivals what was not tried and may take less than 7 in place of 10 seconds", () => {
    const points = [point(8, 12), point(16, 11, 6.9), best, point(64, 11, 7.1), point(128, 20)];
    expect(kindsOf(points, [8, 32, 128])).toEqual({ confident: false, rivals: [16] });
    expect(kindsOf(points, [8, 16, 32])).toEqual({ confident: true, rivals: [] });
  });

  it("has none beyond a batch size that did not arrive", () => {
    const points = [point(8, 12), point(16, 11), best, point(64, 15), point(128, 11, 1)];
    expect(kindsOf(points, [8, 16, 32]).rivals).toEqual([128]);
    expect(kindsOf(points, [8, 16, 32], [8, 16, 32, 64]).rivals).toEqual([]);
  });
});
