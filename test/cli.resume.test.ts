/** `minibatch train` keeps its runs in folders, and goes on with them. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunRecord } from "../src/cli/run-record.ts";
import { createRun, readEvents, readRun, readRunCheckpoint } from "../src/runs.node.ts";
import { callIn, minibatchIn } from "./support/cli.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "minibatch-resume-"));
let folder: string;
beforeEach(() => {
  folder = newFolder();
});

const run = (...args: readonly string[]) => minibatchIn(folder, ...args);
const train = (...args: readonly string[]) => run("train", ...args);

/** Events in the history of a run; 0 before there is one. */
const toldIn = (path: string): number => readEvents(join(folder, path)).length;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** What must be the same in two runs: all but the times. */
function bitsOf(path: string) {
  const { parameters, slots, position, history } = readRunCheckpoint(path)!;
  const { updates, epochs, evaluations } = history;
  const evaluated = evaluations.map(({ seconds: _, ...evaluation }) => evaluation);
  return { parameters, slots, position, updates, epochs, evaluated };
}

describe("a run folder", () => {
  it("is made below runs, with the name of the data and the next number", async () => {
    const args = ["iris", "--updates", "5", "--seed", "1"];
    for (const number of [1, 2]) {
      const { code, stdout, stderr } = await train(...args);
      expect(code).toBe(0);
      expect(stderr).toContain(`\nrun folder runs/iris-${number}\n`);
      expect(stdout).toContain(`\nrun: runs/iris-${number}\n`);
    }
    expect(readdirSync(join(folder, "runs")).sort()).toEqual(["iris-1", "iris-2"]);
    expect(bitsOf(join(folder, "runs/iris-1"))).toEqual(bitsOf(join(folder, "runs/iris-2")));
    expect(readRun(join(folder, "runs/iris-1")).run).toMatchObject({
      status: "done",
      command: "minibatch train iris --updates 5 --seed 1",
      data: { name: "iris", training: 120, validation: 30 },
      settings: { data: "iris", options: { updates: "5", seed: "1", batchSize: "32" } },
      results: { updates: 5, ended: "budget" },
    });
  });

  it("is made for none with --no-out", async () => {
    const { code, stdout, stderr } = await train("iris", "--updates", "5", "--no-out");
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(/^run/m);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that holds a run is refused for another", async () => {
    const args = ["iris", "--updates", "5", "--out", "mine", "--quiet"];
    expect((await train(...args)).code).toBe(0);
    const { code, stdout, stderr } = await train(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      "minibatch: --out: mine holds a run already; go on with it by --resume mine, give another --out, or remove it: minibatch runs remove mine\n",
    );
  });

  it("that another process writes to is refused, with its number", async () => {
    const running = callIn(folder, "train", "digits", "--seconds", "30", "--seed", "1");
    await until(() => toldIn("runs/digits-1") > 0);
    const { code, stderr } = await train("--resume", "runs/digits-1");
    expect(code).toBe(2);
    expect(stderr).toContain(`digits-1 is in use: process ${running.child.pid} writes to it`);
    running.child.kill("SIGKILL");
    await running.outcome;
    expect(readRun(join(folder, "runs/digits-1"))).toMatchObject({
      run: { status: "running" },
      writer: undefined,
    });
  });
});

it("a folder that vanishes ends the run, and says what was in it", async () => {
  const endless = ["digits", "--seconds", "600", "--checkpoint-every", "0.05", "--quiet"];
  const running = callIn(folder, "train", ...endless, "--out", "mine");
  const path = join(folder, "mine");
  await until(() => existsSync(join(path, "checkpoint.safetensors")));
  // Moved away first: the run may write a new file while the others are removed.
  const moved = join(folder, "moved");
  renameSync(path, moved);
  rmSync(moved, { recursive: true });
  const { code, stdout, stderr } = await running.outcome;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^minibatch: mine(\/[\w.]+)? cannot be written: the folder has vanished\nthe checkpoint of update \d+ was in it\n$/,
  );
});

describe("--resume", () => {
  const args = ["digits", "--batch-size", "1", "--epochs", "20", "--optimizer", "adam"];
  const more = ["--learning-rate", "0.001", "--seed", "4", "--target", "valLoss=0"];
  const command = [...args, ...more];
  const undisturbed = newFolder();
  beforeAll(async () => {
    const { code } = await minibatchIn(undisturbed, "train", ...command);
    expect(code).toBe(0);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("after %s ends as a run that was not stopped", async (signal, exitCode) => {
    const running = callIn(folder, "train", ...command);
    await until(() => toldIn("runs/digits-1") > 5);
    running.child.kill(signal);
    const stopped = await running.outcome;
    expect(stopped.code).toBe(exitCode);
    expect(stopped.stderr).toMatch(/^go on with: minibatch train --resume runs\/digits-1$/m);
    expect(stopped.stdout).toMatch(/^ended +stopped$/m);
    const path = join(folder, "runs/digits-1");
    const { updates } = readRunCheckpoint(path)!.position;
    expect(readRun(path).run.results).toMatchObject({ ended: "aborted", updates });

    const { code, stdout, stderr } = await train("--resume", "runs/digits-1");
    expect(code).toBe(0);
    const said = updates.toLocaleString("en");
    expect(stderr).toMatch(
      new RegExp(
        `^going on with runs/digits-1 after ${said} updates, .* seconds of training$`,
        "m",
      ),
    );
    expect(stdout).toMatch(/^updates +28,740$/m);
    const whole = join(undisturbed, "runs/digits-1");
    expect(bitsOf(path)).toEqual(bitsOf(whole));
    const losses = (of: string) =>
      readEvents(of)
        .filter(({ type }) => type === "epoch" || type === "evaluation")
        .map(({ type, updates: at, loss }) => [type, at, loss]);
    expect(losses(path)).toEqual(losses(whole));
    const { trainLoss, validationMetric } = readRun(whole).run.results as unknown as RunRecord;
    expect(readRun(path).run.results).toMatchObject({
      trainLoss,
      validationMetric,
      updates: 28740,
    });
    expect(readRun(path).run.resumed).toMatchObject([{ updates }]);
  });

  it("gives a finished run more, and says when there is nothing to do", async () => {
    const short = ["iris", "--seed", "2", "--epochs"];
    await train(...short, "6", "--out", "whole", "--quiet");
    await train(...short, "4", "--out", "part", "--quiet");
    const nothing = await train("--resume", "part");
    expect(nothing.code).toBe(0);
    expect(nothing.stderr).toContain(
      "\npart is finished: its budget was 4 epochs; to go on give it more, such as --epochs 8\n",
    );
    expect(nothing.stdout).toMatch(/^epochs +4$/m);
    const given = await train("--resume", "part", "--epochs", "6", "--json", "--quiet");
    expect(given.stderr).toBe("");
    const record = JSON.parse(given.stdout) as RunRecord;
    expect(record).toMatchObject({ epochs: 6, ended: "budget" });
    expect(record.history.updates.loss).toHaveLength(24);
    expect(bitsOf(join(folder, "part"))).toEqual(bitsOf(join(folder, "whole")));
    expect(readRun(join(folder, "part")).run.settings).toMatchObject({ options: { epochs: "6" } });
  });

  it("goes on from the checkpoint before when the last is damaged, and fails when both are", async () => {
    await train("iris", "--seed", "2", "--epochs", "4", "--out", "mine", "--quiet");
    await train("--resume", "mine", "--epochs", "6", "--quiet");
    truncateSync(join(folder, "mine/checkpoint.safetensors"), 999);
    const { code, stderr } = await train("--resume", "mine", "--epochs", "8");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^minibatch: .*mine\/checkpoint\.safetensors is cut or damaged: .*; going on from .*mine\/checkpoint\.previous\.safetensors, of update 16$/m,
    );
    await train("iris", "--seed", "2", "--epochs", "8", "--out", "whole", "--quiet");
    expect(bitsOf(join(folder, "mine"))).toEqual(bitsOf(join(folder, "whole")));
    for (const name of readdirSync(join(folder, "mine")).filter((file) =>
      file.startsWith("checkpoint"),
    ))
      truncateSync(join(folder, "mine", name), 99);
    const failed = await train("--resume", "mine", "--epochs", "9");
    expect(failed.code).toBe(2);
    expect(failed.stderr).toMatch(
      /^minibatch: no checkpoint of the run in .*mine is good.*\n.*\n$/,
    );
  });

  it("takes the name of a run in runs, and refuses data that is of another kind", async () => {
    await train("iris", "--epochs", "1", "--quiet");
    const { code, stdout } = await train("--resume", "iris-1", "--epochs", "2", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as RunRecord).updates).toBe(8); // 2 × ⌈120 / 32⌉
    expect((await train("plants.csv", "--resume", "iris-1")).stderr).toBe(
      "minibatch: runs/iris-1 was started with iris, and does not go on with plants.csv; leave plants.csv out, or start a new run\n",
    );
  });

  it("refuses a run that a program made", async () => {
    const other = createRun(join(folder, "other"));
    other.finish("done");
    other.close();
    expect((await train("--resume", "other")).stderr).toBe(
      "minibatch: other was not made by minibatch train; go on with it by the program that made it\n",
    );
  });

  it("goes back in a run that diverged", async () => {
    const diverged = await train(
      ...["linear", "--learning-rate", "1.5", "--epochs", "40", "--batch-size", "full"],
      ...["--checkpoint-every", "1e-9", "--seed", "1", "--out", "mine"],
    );
    expect(diverged.code).toBe(1);
    expect(diverged.stderr).toMatch(
      /^minibatch: training diverged at update \d+: .*; the last checkpoint is of update \d+\ntry .*; or go back with: minibatch train --resume mine --on-divergence rollback\n$/m,
    );
    expect(readRun(join(folder, "mine")).run.status).toBe("diverged");
    const again = await train("--resume", "mine", "--on-divergence", "rollback");
    expect(again.stderr).toMatch(
      /^diverged at update .*: back to update .*, learning rates times 0.5 /m,
    );
  });
});

describe("data in a file", () => {
  const rows = (slope: number) =>
    Array.from({ length: 60 }, (_, i) => `${i},${i % 7},${slope * i + (i % 7)}`);
  const table = (slope = 2) => `a,b,c\n${rows(slope).join("\n")}\n`;
  const args = ["data.csv", "--target", "c", "--epochs", "3", "--seed", "1", "--quiet"];
  const resume = ["--resume", "runs/data-1", "--epochs", "5", "--quiet"];

  it("is found again from another folder, and where it was moved to", async () => {
    writeFileSync(join(folder, "data.csv"), table());
    expect((await train(...args)).code).toBe(0);
    const other = newFolder();
    const path = join(folder, "runs/data-1");
    const { code, stderr } = await minibatchIn(other, "train", "--resume", path, "--quiet");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    renameSync(join(folder, "data.csv"), join(folder, "moved.csv"));
    expect((await train(...resume)).code).toBe(2);
    const moved = await train("moved.csv", ...resume);
    expect({ code: moved.code, stderr: moved.stderr }).toEqual({ code: 0, stderr: "" });
    expect(readRunCheckpoint(path)?.position.epoch).toBe(5);
  });

  it("that was in memory stays there", async () => {
    writeFileSync(join(folder, "data.csv"), table());
    await train(...args);
    const { code, stderr } = await train(...resume, "--memory", "1MB");
    expect(code).toBe(2);
    expect(stderr).toBe(
      "minibatch: --memory: runs/data-1 was started with its data in memory, and goes on so; leave it out, or start a new run\n",
    );
  });

  it("that has changed is refused, and nothing changes", async () => {
    writeFileSync(join(folder, "data.csv"), table());
    await train(...args);
    const history = () => readFileSync(join(folder, "runs/data-1/history.jsonl"), "utf8");
    const before = history();
    writeFileSync(join(folder, "data.csv"), table(3));
    const { code, stderr } = await train(...resume);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^minibatch: --resume: the training data has changed since the checkpoint of update \d+ was taken; give what the run was started with, or start a new one\n$/,
    );
    expect(history()).toBe(before);
  });
});
