import { describe, expect, it } from "vitest";
import type { PredictionPoint, RacedRun } from "./advice.ts";
import { verify } from "./verdict.ts";

const point = (batchSize: number, value: number): PredictionPoint => {
  const around = { value, low: value / 1.5, high: value * 1.5 };
  return {
    ...{ batchSize, learningRate: 0.1, threads: 1, secondsPerUpdate: 1 },
    ...{ updates: around, seconds: around, examples: around },
  };
};
/** Runs of one batch size; Infinity did not arrive. */
const runs = (batchSize: number, ...seconds: number[]): RacedRun[] =>
  seconds.map((each, seed) => ({
    ...{ batchSize, learningRate: 0.1, threads: 1, seed, purpose: "verification" },
    ...{ reached: each < Infinity, updates: each, examples: each, diverged: false },
    ...{ seconds: each, clockSeconds: each },
  }));
const points = [point(16, 12), point(32, 10), point(64, 11)];
const judge = (...made: RacedRun[][]) => verify(32, points, made.flat());

describe("verify", () => {
  it("holds when the time was as predicted and no neighbour was clearly faster", () => {
    const { verdict, points: raced } = judge(
      runs(16, 11, 12, 13),
      runs(32, 9, 10, 11),
      runs(64, 12, 13, 14),
    );
    expect(verdict).toBe("held");
    expect(raced[1]!.measured).toEqual({ value: 10, low: 9, high: 11 });
  });

  it("does not hold when a neighbour was faster with every seed, or the time was not as predicted", () => {
    expect(judge(runs(16, 12), runs(32, 10, 11, 12), runs(64, 7, 8, 9)).verdict).toBe(
      "did not hold",
    );
    expect(judge(runs(16, 30), runs(32, 20, 21, 22), runs(64, 30)).verdict).toBe("did not hold");
  });

  it("cannot tell when seeds overlap, or a run did not arrive", () => {
    expect(judge(runs(16, 12), runs(32, 8, 10, 12), runs(64, 7, 8, 9)).verdict).toBe("cannot tell");
    expect(judge(runs(16, 12), runs(32, 9, Infinity, 11), runs(64, 12)).verdict).toBe(
      "cannot tell",
    );
  });

  it("holds against a faster neighbour that is no choice by the goal", () => {
    const made = [runs(16, 12), runs(32, 10), runs(64, 7)].flat();
    expect(verify(32, points, made).verdict).toBe("did not hold");
    const { verdict, reason } = verify(32, points, made, points.slice(0, 2));
    expect(verdict).toBe("held");
    expect(reason).toContain("no neighbour that is as good by the goal was clearly faster");
  });

  it("names a neighbour that was not as predicted", () => {
    const { verdict, reason } = judge(runs(16, 40), runs(32, 10), runs(64, 11));
    expect(verdict).toBe("held");
    expect(reason).toContain("batch size 16 took 40 s, which was predicted as 8 to 18 s");
  });
});
