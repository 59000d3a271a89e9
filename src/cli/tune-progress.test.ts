/** @file What is said of the stages of advice: pilots have no target yet. */
import { expect, it } from "vitest";
import type { RacedRun } from "../advisor/advice/advice.ts";
import type { Progress } from "./progress.ts";
import { runText, TuneProgress } from "./tune-progress.ts";

const run: RacedRun = {
  ...{ batchSize: 32, learningRate: 0.1, threads: 1, seed: 1, purpose: "search" },
  ...{ reached: false, updates: 200, examples: 6400, seconds: 0.002, clockSeconds: 0.003 },
  diverged: false,
};

const nothing = () => undefined;

it("runs without a target are not said to have missed it", () => {
  const notes: string[] = [];
  const progress: Progress = {
    note: (text) => notes.push(text),
    ...{ lane: nothing, work: nothing, end: nothing, clear: nothing },
  };
  const shown = new TuneProgress(progress);
  shown.take({ type: "stage", stage: "search" });
  shown.take({ type: "run", run });
  shown.end();
  expect(notes).toEqual(["search: 1 run, none reached a target"]);
  expect(runText(run)).toMatch(/: ended after 200 updates, 2\.0\sms$/);
  expect(runText({ ...run, reached: true })).toMatch(/: target after 200 updates/);
});
