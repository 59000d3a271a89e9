/** @file `minibatch tune`: advice from the terminal, seen from outside. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Advice } from "../src/advisor/advice/advice.ts";
import { callIn, minibatchIn } from "./support/cli.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minibatch-tune-"));
});

const tune = (...args: readonly string[]) => minibatchIn(folder, "tune", ...args);

describe("tune", () => {
  it("prints the advice as one JSON document and nothing else, and writes the page", async () => {
    const { code, stdout } = await tune(
      ...["digits", "--target", "accuracy=0.9", "--seed", "1", "--json", "--no-verify"],
    );
    expect(code).toBe(0);
    const advice = JSON.parse(stdout) as Advice;
    expect(advice).toMatchObject({
      goal: "time",
      prediction: { target: { monitor: "accuracy", value: 0.9, origin: "given" } },
      verification: null,
      data: { name: "digits", training: 1437, validation: 360 },
      model: { parameters: 64 * 128 + 128 + 128 * 10 + 10 },
      seed: 1,
      complete: true,
    });
    for (const part of ["recommendation", "noise", "throughput", "memory"])
      expect(advice).toHaveProperty(part);
    const { batchSize, learningRate, threads, reasons } = advice.recommendation;
    expect(batchSize).toBeGreaterThanOrEqual(1);
    expect(batchSize).toBeLessThanOrEqual(1437);
    expect(learningRate).toBeGreaterThan(0);
    expect(threads).toBeGreaterThanOrEqual(1);
    expect(reasons).not.toEqual([]);
    // What is recommended is one of the batch sizes that were weighed, and none of them is expected to take much less time.
    const seconds = advice.prediction.points.map((point) => point.seconds.value);
    const chosen = advice.prediction.points.find((point) => point.batchSize === batchSize);
    expect(chosen?.seconds.value).toBeLessThanOrEqual(1.1 * Math.min(...seconds));
    expect(readdirSync(folder)).toEqual(["tune.html"]);
    expect(readFileSync(join(folder, "tune.html"), "utf8")).toContain("minibatch tune digits");
  });

  it("ends with 1 and one line when nothing can be recommended", async () => {
    // Nobody can tell the classes: the labels are in no relation to the inputs.
    const rows = Array.from({ length: 240 }, (_, i) => `${Math.sin(i * i)},${(i * 7) % 3}`);
    writeFileSync(join(folder, "random.csv"), ["x,y", ...rows].join("\n"));
    const { code, stdout, stderr } = await tune(
      ...["random.csv", "--target", "y", "--target", "accuracy=0.99", "--task", "classification"],
      ...["--model", "linear", "--epochs", "2", "--seed", "1", "--quiet", "--no-report"],
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^minibatch: no recommendation: [^\n]+\n$/);
  });

  it("keeps what it has when it is stopped", async () => {
    const { child, says, outcome } = callIn(folder, "tune", "digits", "--seed", "1", "--json");
    await says("speed: ");
    child.kill("SIGINT");
    const { code, stdout, stderr } = await outcome;
    expect(code).toBe(130);
    expect(stderr).toContain("stopping: what is done by now is kept");
    const advice = JSON.parse(stdout) as Advice;
    expect(advice.complete).toBe(false);
    expect(advice.throughput.points.length).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual(["tune.html"]);
  });
});

describe("a wrong call of tune", () => {
  it.each([
    ["--goal speed", '--goal must be one of time, examples, memory; got "speed"'],
    [
      "--learning-rate 0.1",
      '--learning-rate can only be auto here: it is found for each batch size; got "0.1"',
    ],
    [
      "--no-verify --seeds 2",
      "--seeds are those of the races after the advice: not with --no-verify",
    ],
    ["--memory lots", '--memory must be an amount of memory such as 512MB or 2GiB, got "lots"'],
    ["--max-batch-size 0", '--max-batch-size must be a whole number of at least 1, got "0"'],
    ["--epochs 1.5", '--epochs must be a whole number of at least 1, got "1.5"'],
    ["--batch-size 3", "unknown option --batch-size; see minibatch tune --help"],
    ["--target f1=0.9", '--target must be one of valLoss, accuracy; got "f1"'],
  ])("%s: one line, exit code 2, nothing done", async (options, message) => {
    const { code, stdout, stderr } = await tune("digits", ...options.split(" "));
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: `minibatch: ${message}\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
