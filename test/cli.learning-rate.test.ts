/** @file `minibatch train --learning-rate auto`: found, said, stored, and the same when the run goes on. */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LearningRateSearch } from "../src/advisor/race.ts";
import type { RunRecord } from "../src/cli/run-record.ts";
import { readRun, readRunCheckpoint } from "../src/runs.node.ts";
import { callIn, minibatchIn } from "./support/cli.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minibatch-rate-"));
  vi.stubEnv("MINIBATCH_CACHE", join(folder, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const train = (...args: readonly string[]) =>
  minibatchIn(folder, "train", ...args, "--learning-rate", "auto", "--seed", "1");
const storedIn = (run: string) =>
  readRun(join(folder, run)).run.settings as unknown as {
    readonly options: { readonly learningRate: string };
    readonly learningRateSearch: LearningRateSearch;
  };

/** y = 2a − b on a grid, so that the best rate of a linear model is far from where it diverges. */
function writeTable(): string {
  const rows = Array.from({ length: 600 }, (_, i) => [(i % 25) / 25, Math.floor(i / 25) / 24]);
  const lines = rows.map(([a = 0, b = 0]) => `${a},${b},${2 * a - b}`);
  writeFileSync(join(folder, "plane.csv"), ["a,b,y", ...lines].join("\n"));
  return "plane.csv";
}

describe("--learning-rate auto", () => {
  it("is found by trials, and says so; the run folder holds them", async () => {
    const { code, stdout, stderr } = await train("digits", "--updates", "5", "--json");
    expect(code).toBe(0);
    const { learningRate } = JSON.parse(stdout) as RunRecord;
    const { options, learningRateSearch: search } = storedIn("runs/digits-1");
    const losses = search.trials.map(({ loss }) => loss ?? Infinity);
    const best = search.trials[losses.indexOf(Math.min(...losses))];
    expect(learningRate).toBe(best?.learningRate);
    expect(options.learningRate).toBe(String(learningRate));
    expect(search.trials.length).toBeGreaterThan(3);
    expect(stderr).toContain(
      `\nlearning rate ${learningRate}, best of ${search.trials.length} tried\n`,
    );
  });

  it("is the same for a table in memory and one that is cached on disk", async () => {
    const args = [writeTable(), "--target", "y", "--model", "linear", "--updates", "40", "--json"];
    const inMemory = await train(...args);
    const stored = await train(...args, "--memory", "64kB");
    const [a, b] = [inMemory, stored].map(({ stdout }) => JSON.parse(stdout) as RunRecord);
    expect(stored.stderr).toContain("caching plane.csv on disk");
    expect(a!.learningRate).toBe(b!.learningRate);
    expect(b!.trainLoss).toBeLessThan(0.01); // of a variance of 1, without noise
  });

  it("is not sought again by --resume, which ends with the same bits", async () => {
    await train("digits", "--epochs", "1");
    const searched = storedIn("runs/digits-1");
    const more = await minibatchIn(
      folder,
      ...["train", "--resume", "runs/digits-1", "--epochs", "2", "--json"],
    );
    await train("digits", "--epochs", "2");
    const [resumed, whole] = ["runs/digits-1", "runs/digits-2"].map((run) =>
      readRunCheckpoint(join(folder, run))!,
    );
    expect(more.code).toBe(0);
    expect(more.stderr).not.toContain("tried");
    expect(resumed!.parameters).toEqual(whole!.parameters);
    expect(storedIn("runs/digits-1")).toEqual({
      ...searched,
      options: expect.anything() as object,
    });
    expect(storedIn("runs/digits-1").options.learningRate).toBe(searched.options.learningRate);
  });

  it("leaves no folder behind when it is stopped while it seeks", async () => {
    const { child, says, outcome } = callIn(
      folder,
      ...["train", "digits", "--learning-rate", "auto", "--model", "mlp:1500,1500", "--seed", "1"],
    );
    await says("optimizer sgd, seed 1");
    child.kill("SIGINT");
    const { code, stdout } = await outcome;
    const runs = join(folder, "runs");
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  });
});
