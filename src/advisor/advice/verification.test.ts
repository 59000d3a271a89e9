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

/** The same with the seeds of a verification. */
const againOf = (...of: Parameters<typeof runsOf>): RacedRun[] =>
  runsOf(...of).map((run) => ({ ...run, seed: 101 + run.seed, purpose: "verification" }));

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
      runs: [...againOf(64, ...own), ...againOf(32, ...other)],
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
  const { reasons, ...taken } = after([12, 13, 14], [6, 7, 8], [runsOf(64, 9, 9), runsOf(32, 8)]);
  expect(taken).toMatchObject({ batchSize: 32, confident: false, range: [32, 64] });
  const seconds = {
    value: expect.closeTo((8 * 6 * 7 * 8) ** (1 / 4), 9) as number,
    low: 6,
    high: 8,
  };
  expect(reasons).toEqual([{ kind: "inPlaceOf", batchSize: 64, seconds }]);
});

it("compares seed by seed, so that three easy ones do not decide", () => {
  // 32 is slower for each seed that both had but one; 64 alone had hard ones in the search.
  const searched = [runsOf(64, 50, 60, 80, 300, 400), runsOf(32, 60, 70, 95)];
  expect(after([20, 20, 20], [21, 21, 15], searched).batchSize).toBe(64);
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
