import { expect, it } from "vitest";
import type { RacedRun, Recommendation, Verification } from "./advice.ts";
import type { Candidate } from "./choose-next.ts";
import { afterVerification } from "./verification.ts";

const estimate = (value: number) => ({ value, low: value, high: value });

const candidate = (batchSize: number): Candidate => ({
  ...{ batchSize, learningRate: 0.1, threads: 1, secondsPerUpdate: 1, bytes: batchSize },
  ...{ updates: estimate(10), seconds: estimate(10), examples: estimate(10 * batchSize) },
});

const runsOf = (batchSize: number, ...updates: readonly number[]): RacedRun[] =>
  updates.map((each, seed) => ({
    ...{ batchSize, learningRate: 0.1, threads: 1, seed, purpose: "search", diverged: false },
    ...{ reached: each < Infinity, updates: each, examples: batchSize * each },
    ...{ seconds: each, clockSeconds: each },
  }));

const recommendation: Recommendation = {
  ...{ batchSize: 64, learningRate: 0.1, threads: 1, confident: true, range: [64, 64] },
  reasons: [],
};

/** What becomes of 64 when it took `own` updates and 32 took `other` in the verification, beside what the search had seen. */
const after = (own: readonly number[], other: readonly number[], searched: readonly RacedRun[][]) =>
  afterVerification(
    recommendation,
    {
      verdict: "did not hold",
      reasons: own.includes(Infinity) ? [{ kind: "notAgain", batchSize: 64 }] : [],
      points: [],
      runs: [...runsOf(64, ...own), ...runsOf(32, ...other)],
    },
    "time",
    {
      predicted: [candidate(32), candidate(64), candidate(128)],
      raced: new Map(searched.map((runs) => [runs[0]!.batchSize, runs])),
    },
  );

it("keeps what the search and the verification together say is best, less sure", () => {
  const searched = [runsOf(64, 5, 5, 6, 6, 7), runsOf(32, 8, 9, 9, 10, 10)];
  expect(after([12, 13, 14], [6, 7, 8], searched)).toEqual({ ...recommendation, confident: false });
});

it("takes what is better by all runs", () => {
  expect(after([12, 13, 14], [6, 7, 8], [runsOf(64, 9, 9), runsOf(32, 8)])).toMatchObject({
    ...{ batchSize: 32, confident: false, range: [32, 64] },
    reasons: [{ kind: "inPlaceOf", batchSize: 64, seconds: { value: 7.5, low: 6, high: 8 } }],
  });
});

it("leaves what did not arrive again, whatever the search had seen", () => {
  expect(after([Infinity, 5, 5], [6, 7, 8], [runsOf(64, 5, 5), runsOf(32, 8)]).batchSize).toBe(32);
});

it("no longer calls what was raced not raced", () => {
  const verification: Verification = {
    ...{ verdict: "held", reasons: [], points: [] },
    runs: [...runsOf(32, 9), ...runsOf(64, 8), ...runsOf(128, 9)],
  };
  const rivalsAfter = (rivals: readonly number[]) =>
    afterVerification(
      { ...recommendation, reasons: [{ kind: "intervalsOverlap", rivals }] },
      verification,
      "time",
      { predicted: [], raced: new Map() },
    ).reasons;
  expect(rivalsAfter([16, 32, 128])).toEqual([{ kind: "intervalsOverlap", rivals: [16] }]);
  expect(rivalsAfter([32, 128])).toEqual([]);
  expect(rivalsAfter([])).toEqual([{ kind: "intervalsOverlap", rivals: [] }]);
});
