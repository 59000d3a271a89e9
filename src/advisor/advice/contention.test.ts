import { describe, expect, it } from "vitest";
import type { RacedRun } from "./advice.ts";
import { inContention } from "./contention.ts";

const runs = (batchSize: number, ...seconds: number[]): RacedRun[] =>
  seconds.map((each, seed) => ({
    ...{ batchSize, learningRate: 0.1, threads: 1, seed, purpose: "search", reached: true },
    ...{ updates: each, examples: each * batchSize, diverged: false },
    ...{ seconds: each, clockSeconds: each },
  }));

describe("inContention", () => {
  it("is empty for nothing", () => {
    const none: RacedRun[][] = [];
    expect(inContention(none)).toEqual([]);
  });

  it("keeps those that two standard errors of the difference do not tell from the least", () => {
    // One run each: the usual spread of 0.1 in the logarithm, two standard errors are 0.28, a factor of 1.33.
    const [a, b, c] = [runs(32, 100), runs(64, 130), runs(128, 136)];
    expect(inContention([a, b, c])).toEqual([a, b]);
  });

  it("tells more from more seeds", () => {
    const many = (batchSize: number, around: number) =>
      runs(batchSize, ...[0.95, 1, 1.05, 0.98, 1.02, 1, 0.97, 1.03].map((by) => by * around));
    const [a, b] = [many(32, 100), many(64, 130)];
    expect(inContention([b, a])).toEqual([a]);
  });
});
