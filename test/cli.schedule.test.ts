/** @file `--schedule` and `--warmup` of train and compare. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Race } from "../src/advisor/race.ts";
import type { RunRecord } from "../src/cli/run-record.ts";
import { schedules, type Schedule } from "../src/index.ts";
import { readRun, readRunCheckpoint } from "../src/runs.node.ts";
import { minibatchIn } from "./support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "minibatch-schedule-"));
const run = (...args: readonly string[]) => minibatchIn(folder, ...args);
const iris = ["train", "iris", "--seed", "1", "--learning-rate", "0.3", "--quiet"];

/** Rates of the updates of iris in batches of 32: 120 examples, the last batch of an epoch has 24. */
function ratesOf(schedule: Schedule, epochs: number): number[] {
  const at = (examples: number) =>
    schedule.learningRate({ examples, examplesPerEpoch: 120, totalExamples: 120 * epochs });
  return Array.from({ length: 4 * epochs }, (_, i) => at(120 * Math.floor(i / 4) + 32 * (i % 4)));
}

const warmCosine = schedules.warmup(schedules.cosine(0.3), { over: { epochs: 2 } });

describe("train --schedule", () => {
  it("is what every update learns at, and stands in the record", async () => {
    const asked = ["--schedule", "cosine", "--warmup", "2", "--epochs", "6", "--json"];
    const { code, stdout } = await run(...iris, ...asked, "--out", "warm");
    expect(code).toBe(0);
    const record = JSON.parse(stdout) as RunRecord;
    expect(Object.values(record.history.updates.learningRate)).toEqual(ratesOf(warmCosine, 6));
    expect(record).toMatchObject({
      optimizer: "sgd, schedule cosine, warm-up 2 epochs",
      learningRate: 0.3,
    });
    expect(readRun(join(folder, "warm")).run.settings).toMatchObject({
      options: { schedule: "cosine", warmup: "2", learningRate: "0.3" },
    });
  });

  it("goes on where it was, and ends with the bits of a run that was never stopped", async () => {
    const asked = ["--schedule", "one-cycle", "--epochs", "400", "--batch-size", "4"];
    await run(...iris, ...asked, "--out", "whole");
    // The schedule is that of 400 epochs; the seconds end the run in the midst of them.
    await run(...iris, ...asked, "--seconds", "0.02", "--out", "parts");
    const bits = (name: string) => {
      const { parameters, position, history } = readRunCheckpoint(join(folder, name))!;
      return { parameters, position, updates: history.updates };
    };
    expect(bits("parts").position.updates).toBeLessThan(400 * 30);
    const { code, stderr } = await run("train", "--resume", "parts", "--epochs", "400");
    expect(code).toBe(0);
    expect(stderr).toContain("schedule one-cycle: as in a run of 400 epochs from the start\n");
    expect(bits("parts")).toEqual(bits("whole"));
  });

  it.each([
    [["train", "iris", "--schedule", "cosine", "--seconds", "1"], "--schedule cosine takes the wh"],
    [["compare", "iris", "--schedule", "linear"], "--schedule linear takes the whole run, and"],
    [["compare", "iris", "--schedule", "plateau"], "--schedule plateau goes with minibatch train"],
    [["train", "iris", "--schedule", "steps:3"], "--schedule must be one of constant, cosine, "],
    [["train", "--resume", "warm", "--schedule", "step:1"], "--schedule does not go with --resume"],
    [["train", "--resume", "warm", "--warmup", "1"], "--warmup does not go with --resume"],
    [["tune", "iris", "--schedule", "cosine"], "unknown option --schedule"],
  ])("%j is refused", async (args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(`minibatch: ${message}`);
    expect(stderr.trimEnd().split("\n").length).toBeLessThanOrEqual(2);
  });
});

it("compare --schedule gives it to every run", async () => {
  const asked = ["compare", "iris", "--seed", "1", "--learning-rate", "0.3", "--epochs", "6"];
  const shown = ["--batch-sizes", "32", "--no-plane", "--no-report", "--json"];
  const raced = await run(...asked, ...shown, "--schedule", "cosine", "--warmup", "2");
  expect(raced.stderr).toContain("optimizer sgd, schedule cosine, warm-up 2 epochs, seed 1\n");
  const race = JSON.parse(raced.stdout) as Race;
  expect(race.optimizer).toBe("sgd, warmup(cosine) schedule");
  // The same run by train: its losses after every update are those of its schedule.
  const alone = await run(
    ...iris,
    "--schedule",
    "cosine",
    "--warmup",
    "2",
    "--epochs",
    "6",
    "--json",
  );
  const { trainLoss, validationLoss } = JSON.parse(alone.stdout) as RunRecord;
  expect(race.runs[0]!.trainLoss).toBeCloseTo(trainLoss, 12);
  expect(race.runs[0]!.validationLoss).toBeCloseTo(validationLoss!, 12);
});
