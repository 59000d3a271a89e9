/** What the terminal program does, seen from outside. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Race } from "../src/advisor/race.ts";
import type { RunRecord } from "../src/cli/run-record.ts";
import { readRun } from "../src/runs.node.ts";
import { call, callOnTerminal, minibatch, type Outcome } from "./support/cli.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "minibatch-cli-"));
const lines = (text: string): readonly string[] => text.split("\n");
const escape = "\u001b";

it("train and predict take binary cross entropy for two classes", async () => {
  const out = folder();
  const options = ["--optimizer", "adam", "--learning-rate", "0.02", "--epochs", "40"];
  const bce = ["--loss", "binary-cross-entropy", "--seed", "1", "--quiet"];
  const { code, stdout } = await minibatch(
    "train",
    "moons",
    ...options,
    ...bce,
    "--out",
    out,
    "--json",
  );
  expect(code).toBe(0);
  const { model, validationMetric } = JSON.parse(stdout) as RunRecord;
  expect(model.text).toBe("dense(128) relu dense(1)");
  expect(validationMetric).toBeGreaterThan(0.95);
  const predicted = await minibatch("predict", out, "moons");
  // Rows of both probabilities; the class is the likelier one, and as often right as in training.
  const rows = lines(predicted.stdout.trim())
    .slice(1)
    .map((line) => line.split(",").map(Number));
  expect(rows).toHaveLength(200);
  for (const [, answer, no, yes] of rows) {
    expect(no! + yes!).toBeCloseTo(1, 5);
    expect(answer).toBe(yes! > no! ? 1 : 0);
  }
  expect(predicted.stderr).toContain(`accuracy ${100 * validationMetric!}% on 200 rows`);
});

describe("compare", () => {
  const out = folder();
  let shown: Outcome;
  beforeAll(async () => {
    shown = await minibatch(
      ...["compare", "digits", "--epochs", "1", "--seed", "1", "--learning-rate", "0.1"],
      ...["--batch-sizes", "1,64,full", "--target", "0.5", "--out", out],
    );
  });

  it("ends with 0 and a table in 80 columns without colours", () => {
    expect(shown.code).toBe(0);
    expect(shown.stdout + shown.stderr).not.toContain(escape);
    expect(Math.max(...lines(shown.stdout).map(({ length }) => length))).toBeLessThanOrEqual(80);
    for (const quantity of [
      ...["batch size", "regime", "learning rate", "updates", "examples", "epochs"],
      ...["seconds of training", "seconds to 50% accuracy", "training loss", "validation loss"],
      ...["accuracy", "examples/s", "peak memory", "gradient noise", "cosine", "jitter"],
    ])
      expect(shown.stdout).toMatch(new RegExp(`^${quantity}`, "m"));
    expect(shown.stdout).toMatch(/^updates +1,437 +23 +1$/m); // ⌈1437 / B⌉
  });

  it("tells its progress on standard error, run by run", () => {
    expect(shown.stderr).toMatch(/^digits: 1,437 examples to train on, 360 to validate on$/m);
    for (const run of ["batch size 1", "batch size 64", "full batch"])
      expect(shown.stderr).toMatch(new RegExp(`^${run}: 1.00/1 epoch, .*loss .*accuracy`, "m"));
  });

  it("writes the report and names it, and leaves nothing else", () => {
    const report = join(out, "report.html");
    expect(shown.stdout).toContain(`\nreport: ${report}\n`);
    expect(readFileSync(report, "utf8")).toMatch(/^<!doctype html>/);
    expect(readFileSync(report, "utf8")).toContain("minibatch compare digits --epochs 1");
    expect(readdirSync(out)).toEqual(["report.html"]);
  });

  it("prints one JSON document and nothing else with --json", async () => {
    const args = ["--updates", "20", "--seed", "3", "--learning-rate", "0.1", "--target", "0.9"];
    const { code, stdout, stderr } = await minibatch(
      ...["compare", "iris", ...args, "--batch-size", "1,full", "--json", "--quiet"],
      ...["--no-report", "--model", "mlp:8", "--seeds", "2"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const race = JSON.parse(stdout) as Race;
    expect(race).toMatchObject({
      data: { name: "iris", training: 120, validation: 30, task: "classification" },
      model: { text: "dense(8) relu dense(3)", parameters: 67 }, // 4·8 + 8 + 8·3 + 3
      loss: "crossEntropy",
      metric: { name: "accuracy", better: "higher" },
      optimizer: "sgd",
      dtype: "float32",
      seed: 3,
      budget: { epochs: null, updates: 20, examples: null, seconds: null },
      target: { metric: "accuracy", value: 0.9, better: "higher" },
      complete: true,
    });
    expect(race.runs.map(({ batchSize, seed }) => [batchSize, seed])).toEqual([
      [1, 3],
      [120, 3],
      [1, 4],
      [120, 4],
    ]);
    for (const run of race.runs) {
      expect(run).toMatchObject({ updates: 20, examples: 20 * run.batchSize, learningRate: 0.1 });
      expect(run.memoryBytes).toBeGreaterThan(1e6);
      expect(run.gradientNoise?.updates.at(-1)).toBe(20);
      expect(run.target).toHaveProperty("reached");
    }
  });

  it("finds learning rates, says so, and repeats itself with its seed", async () => {
    const args = ["compare", "moons", "--updates", "30", "--batch-sizes", "8", "--model", "mlp:4"];
    const options = ["--seed", "7", "--json", "--no-report", "--no-plane"];
    const [first, second] = await Promise.all([
      minibatch(...args, ...options),
      minibatch(...args, ...options),
    ]);
    expect(first.stderr).toMatch(/^batch size 8: learning rate [\d.]+, best of \d+ tried$/m);
    const runs = [first, second].map(({ stdout }) => (JSON.parse(stdout) as Race).runs[0]);
    expect(runs[0]?.trainLoss).toBe(runs[1]?.trainLoss);
    expect(runs[0]?.learningRate).toBe(runs[1]?.learningRate);
  });

  it("compares both engines on the same updates", async () => {
    const { code, stdout } = await minibatch(
      ...["compare", "moons", "--engine", "onnx,loops", "--updates", "10", "--dtype", "float64"],
      ...["--batch-sizes", "1,16", "--model", "mlp:4", "--learning-rate", "0.1", "--no-report"],
    );
    expect(code).toBe(0);
    const difference = /^largest parameter difference +(\S.*\S) {3,}(\S.*)$/m.exec(stdout);
    expect(difference?.slice(1)).toHaveLength(2);
    for (const text of difference?.slice(1) ?? [])
      expect(text).toMatch(/^(0|.* 10⁻¹[⁰¹²³⁴⁵⁶⁷⁸⁹])$/);
    expect(stdout).toMatch(/^times as long +[\d.]+ +[\d.]+$/m);
  });

  it("fails when every run diverges, and shows what it has", async () => {
    const { code, stdout, stderr } = await minibatch(
      ...["compare", "linear", "--learning-rate", "1e9", "--updates", "50", "--no-report"],
      ...["--batch-sizes", "1,full", "--quiet"],
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ended +diverged +diverged$/m);
    expect(stderr).toMatch(/^minibatch: every run diverged/);
  });

  it("goes on when nobody reads its output", async () => {
    const to = folder();
    const running = call(
      ...["compare", "iris", "--updates", "5", "--learning-rate", "0.1", "--out", to],
    );
    running.child.stdout?.destroy();
    expect((await running.outcome).code).toBe(0);
    expect(existsSync(join(to, "report.html"))).toBe(true);
  });
});

describe("train", () => {
  it("stops at the target, and says when that was", async () => {
    const out = folder();
    const { code, stdout } = await minibatch(
      ...["train", "digits", "--batch-size", "16", "--learning-rate", "0.5", "--epochs", "20"],
      ...["--target", "0.9", "--seed", "1", "--out", out],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^to 90% accuracy +\S+ m?s, [\d,]+ updates$/m);
    expect(stdout).toMatch(/^ended +at the target$/m);
    const { results } = readRun(out).run;
    const record = results as unknown as RunRecord;
    const events = lines(readFileSync(join(out, "history.jsonl"), "utf8").trim()).map(
      (line) => JSON.parse(line) as { type: string; updates?: number; reason?: string },
    );
    expect(events[0]).toMatchObject({ type: "start", batchSize: 16, parameters: 9610 });
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "target" });
    expect(events.find(({ type }) => type === "target")?.updates).toBe(record.target?.updates);
    expect(record.validationMetric).toBeGreaterThanOrEqual(0.9);
    expect(record.updates).toBeLessThan(20 * 90);
  });

  it("prints its record as JSON", async () => {
    const { code, stdout, stderr } = await minibatch(
      ...["train", "iris", "--updates", "10", "--batch-size", "full", "--seed", "2", "--json"],
      ...["--optimizer", "adam", "--quiet", "--no-out"],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const record = JSON.parse(stdout) as RunRecord;
    expect(record).toMatchObject({
      data: { name: "iris" },
      seed: 2,
      batchSize: 120,
      learningRate: 0.001, // Adam's default
      regime: "full batch",
      engine: "onnx",
      updates: 10,
      examples: 1200,
      epochs: 10,
      target: null,
      ended: "budget",
    });
    expect(record.history.updates.loss).toHaveLength(10);
    expect(record.history.loss).toHaveLength(10);
  });

  it("ends with 1 and the reason when it diverges", async () => {
    const { code, stdout, stderr } = await minibatch(
      ...["train", "linear", "--learning-rate", "1e9", "--updates", "50", "--quiet", "--no-out"],
    );
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^minibatch: training diverged at update \d+: .*\ntry .*\n$/);
  });
});

describe("when it is stopped", () => {
  it("by Ctrl-C, compare keeps what it has and ends with 130", async () => {
    const out = folder();
    const running = call(
      ...["compare", "digits", "--seconds", "8", "--batch-sizes", "32,full", "--out", out],
      ...["--learning-rate", "0.1"],
    );
    await running.says(/^batch size 32: /m);
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("stopping: what is done by now is kept");
    expect(stdout).toMatch(/^ended +stopped$/m);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain('"complete":false');
    expect(page).toContain('"status":"aborted"');
  });

  it("by Ctrl-C while compare looks for learning rates, it names those that it found", async () => {
    const running = call(
      ...["compare", "digits", "--batch-sizes", "32,1", "--learning-rate", "auto", "--no-report"],
    );
    await running.says(/^batch size 32: learning rate/m);
    running.child.kill("SIGINT");
    const { code, stdout } = await running.outcome;
    expect(code).toBe(130);
    expect(stdout).toMatch(
      /^stopped before the first run; learning rates found by then:\n--batch-sizes 32 --learning-rate [\d.]+\n$/,
    );
  });

  const hasScript = spawnSync("script", ["--version"]).status === 0;
  it.runIf(hasScript)("by a terminal that is closed, compare writes its report", async () => {
    const out = folder();
    const command = `compare digits --seconds 8 --batch-sizes 32,full --learning-rate 0.1 --out ${out}`;
    const terminal = callOnTerminal(...command.split(" "));
    await terminal.shows("accuracy");
    terminal.close();
    await terminal.ended;
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page.includes('"complete":false')).toBe(true);
  });

  it("not by a hang-up where there is no terminal, as under nohup", async () => {
    const running = call("train", "digits", "--seconds", "2", "--no-out", "--json");
    await running.says(/^batch size 32: /m);
    running.child.kill("SIGHUP");
    const { code, stdout } = await running.outcome;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ended: "budget" });
  });

  it("by SIGTERM, train keeps what it has and ends with 143", async () => {
    const out = folder();
    const running = call("train", "digits", "--seconds", "8", "--out", out, "--json");
    await running.says(/^batch size 32: /m);
    running.child.kill("SIGTERM");
    const { code, stdout } = await running.outcome;
    expect(code).toBe(143);
    const record = JSON.parse(stdout) as RunRecord;
    expect(record.ended).toBe("aborted");
    expect(record.updates).toBeGreaterThan(0);
    expect(readRun(out).run).toMatchObject({
      status: "stopped",
      results: { ended: "aborted", updates: record.updates },
    });
  });
});
