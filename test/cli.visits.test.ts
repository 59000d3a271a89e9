/** @file `--shuffle` and `--raw` through the real program: the run is the one that the library makes of the same. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  blockShuffled,
  dense,
  relu,
  sequential,
  sgd,
  train,
  type TrainOptions,
} from "../src/index.ts";
import { moons } from "../src/datasets.ts";
import { readRunCheckpoint } from "../src/runs.node.ts";
import { minibatchIn } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";

const { folder, write } = testFolder();
const run = (...args: readonly string[]) => minibatchIn(folder, ...args);
const quick = ["--model", "mlp:4", "--learning-rate", "0.1", "--seed", "7", "--quiet"];
const parametersOf = (out: string) => readRunCheckpoint(join(folder, out))!.parameters;

describe("--shuffle", () => {
  const byLibrary = async (options: TrainOptions) => {
    const { training, test } = await moons();
    const { model } = await train(sequential([dense(4), relu(), dense(2)]), training, {
      ...{ optimizer: sgd({ learningRate: 0.1 }), seed: 7, epochs: 2, validation: test },
      ...options,
    }).result;
    return model.parameters;
  };

  it.each<readonly [string, TrainOptions]>([
    ["yes", {}],
    ["no", { shuffle: false }],
    ["150", { sampler: blockShuffled({ block: 2, window: 150 }) }],
  ])("%s", async (how, options) => {
    const out = `moons-${how}`;
    const outcome = await run(
      "train",
      "moons",
      ...quick,
      "--shuffle",
      how,
      "--epochs",
      "1",
      "--out",
      out,
    );
    expect(outcome.code, outcome.stderr).toBe(0);
    // The order is part of the run that goes on.
    expect((await run("train", "--resume", out, "--epochs", "2", "--quiet")).code).toBe(0);
    expect(parametersOf(out)).toEqual(await byLibrary(options));
    const other = await run("train", "--resume", out, "--epochs", "3", "--shuffle", "no");
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("--shuffle does not go with --resume");
  });

  it.each(["maybe", "1", "0.5", "-3", ""])("refuses %j", async (how) => {
    const { code, stderr } = await run("train", "moons", `--shuffle=${how}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^minibatch: --shuffle must be .*\n$/);
  });
});

describe("--raw", () => {
  const [examples, width] = [60, 6];
  const x = Float32Array.from({ length: examples * width }, (_, i) => Math.sin(i * i));
  const y = Uint8Array.from({ length: examples }, (_, i) => i % 3);
  const bytes = new Uint8Array(x.buffer);
  const target = write("y.u8", y);

  it("gives a file its type and the shape of its rows", async () => {
    const plain = write("x.bin", bytes);
    const named = write("x.f32", bytes);
    const how = ["--target", target, ...quick, "--epochs", "1", "--batch-size", "full"];
    const files = [
      [plain, "float32:3x2"],
      [named, "3x2"],
      [named, "float32:3x2"],
    ] as const;
    const found = [];
    for (const [i, [file, raw]] of files.entries()) {
      const outcome = await run("train", file, "--raw", raw, ...how, "--out", `raw-${i}`);
      expect(outcome.code, outcome.stderr).toBe(0);
      found.push(parametersOf(`raw-${i}`));
    }
    expect(found[0]!["0.weight"]!.shape).toEqual([4, width]);
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    const predicted = [];
    for (const args of [[plain, "--raw", "float32"], [named]])
      predicted.push((await run("predict", "raw-0", ...args, "--quiet")).stdout);
    expect(predicted[0]!.trim().split("\n")).toHaveLength(examples + 1);
    expect(predicted[1]).toBe(predicted[0]);
  });

  it("is asked for where rows cannot be told apart", async () => {
    const file = write("flat.f32", bytes);
    const { code, stderr } = await run("train", file, "--target", target);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `minibatch: ${file} has ${examples * width} examples and ${target} ${examples} targets; expected as many of both, or give --raw, the type and shape of a row\n`,
    );
  });

  it.each(["float:3x2", "x3", "3x", "float32:", "float32 3x2", "3,2"])(
    "refuses %j",
    async (raw) => {
      const { code, stderr } = await run("train", target, "--raw", raw);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^minibatch: --raw must be the type .* such as float32:28x28.*\n$/);
    },
  );
});
