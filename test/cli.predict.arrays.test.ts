/** @file `minibatch predict` through the real program, on what is no table. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import type { PredictSummary } from "../src/cli/predict/summary.ts";
import { dense, fromArrays, sequential, train } from "../src/index.ts";
import { minibatch } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";
import { idxBytes } from "./support/idx.ts";
import { knownModel } from "./support/known-model.ts";
import { npy } from "./support/npy.ts";

const { folder, write } = testFolder();
const path = (name: string): string => join(folder, name);
const lines = (text: string): readonly string[] => text.trim().split("\n");

describe("arrays, images and built-in data", () => {
  it("predicts the test part of built-in data, as good as training said", async () => {
    const run = path("digits");
    const options = ["--epochs", "2", "--seed", "1", "--json", "--quiet", "--out", run];
    const trained = await minibatch("train", "digits", ...options);
    const record = JSON.parse(trained.stdout) as { readonly validationMetric: number };
    const { stdout } = await minibatch(
      ...["predict", run, "digits", "--json", "--quiet", "--out", path("digits.csv")],
    );
    const summary = JSON.parse(stdout) as PredictSummary;
    expect(summary.score).toEqual({
      name: "accuracy",
      value: record.validationMetric,
      rows: 360,
      unknownClass: 0,
    });
  });

  it("predicts from arrays, with and without targets", async () => {
    // Class b where the first pixel is the larger: logits 0 and x₀ − x₁.
    const model = await knownModel([0, 0, 1, -1], [0, 0], {
      x: [[1, 0]],
      classes: ["a", "b"],
    });
    const file = write("ab.onnx", model.toOnnx());
    const x = idxBytes("uint8", [3, 2], [9, 1, 1, 9, 4, 3]);
    const images = write("pixels.idx", x);
    const { stdout, stderr } = await minibatch("predict", file, images, "--format", "jsonl");
    const rows = lines(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map(({ prediction }) => prediction)).toEqual(["b", "a", "b"]);
    expect(rows[2]!["probability_b"]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(stderr).not.toContain("accuracy");
    const other = write("wide.idx", idxBytes("uint8", [2, 3], [1, 2, 3, 4, 5, 6]));
    expect((await minibatch("predict", file, other)).stderr).toContain(
      "holds 6 numbers in 2 rows; ",
    );
  });

  it("reads an .npy file a part at a time: whatever its order, the predictions are those of its rows", async () => {
    // The rows of two blocks and a half. Class b where x₀ > x₁, as in every third row.
    const size = 20_000;
    const rows = Array.from({ length: size }, (_, i) => [i % 3 === 0 ? 2 : 0, 1 + (i % 2) / 2]);
    const wanted = rows.map((_, i) => (i % 3 === 0 ? "b" : "a"));
    const model = await knownModel([0, 0, 1, -1], [0, 0], { x: [[1, 0]], classes: ["a", "b"] });
    const file = write("ab.onnx", model.toOnnx());
    const columns = [...rows.map(([a]) => a!), ...rows.map(([, b]) => b!)];
    const inOrder = write("x.npy", npy("<f8", [size, 2], Float64Array.from(rows.flat())));
    const fortran = write("f.npy", npy("<f8", [size, 2], Float64Array.from(columns), true));
    const flat = write("flat.npy", npy("<f8", [2 * size], Float64Array.from(rows.flat())));
    for (const x of [inOrder, fortran, flat]) {
      const { stdout, stderr, code } = await minibatch("predict", file, x, "--quiet");
      expect(code, stderr).toBe(0);
      const predicted = lines(stdout).slice(1);
      expect(predicted.map((line) => line.split(",")[1])).toEqual(wanted);
    }
    const broken = npy("<f8", [size, 2], Float64Array.from([...rows.flat().slice(0, -1), NaN]));
    const { stderr, code } = await minibatch("predict", file, write("nan.npy", broken), "--quiet");
    expect(code).not.toBe(0);
    expect(stderr).toContain("row 20000 holds NaN; expected finite numbers");
    const cut = write(
      "cut.npy",
      npy("<f8", [size, 2], Float64Array.from(rows.flat())).subarray(0, 1000),
    );
    const called = await minibatch("predict", file, cut, "--quiet");
    expect(called.code).not.toBe(0);
    expect(called.stderr).toMatch(/^minibatch: .*cut\.npy.*\n$/);
  });

  it("predicts from images in folders", async () => {
    const images = path("images");
    const image = (level: number): Uint8Array =>
      encode({ width: 2, height: 2, channels: 1, depth: 8, data: new Uint8Array(4).fill(level) });
    for (const [name, level] of [
      ["dark/1.png", 10],
      ["dark/2.png", 20],
      ["light/1.png", 240],
      ["light/2.png", 5],
    ] as const) {
      mkdirSync(join(images, name, ".."), { recursive: true });
      writeFileSync(join(images, name), image(level));
    }
    const pixels = fromArrays(new Uint8Array(8), [0, 1], {
      shape: [1, 2, 2],
      scale: 1 / 255,
      classes: ["dark", "light"],
    });
    const { model } = await train(sequential([dense(2)]), pixels, {
      seed: 1,
      signal: AbortSignal.abort(),
      // Light where the mean is above ½.
      initialParameters: { "0.weight": [0, 0, 0, 0, 1, 1, 1, 1], "0.bias": [2, 0] },
    }).result;
    const file = write("light.onnx", model.toOnnx());
    const { stdout, stderr } = await minibatch("predict", file, images);
    const rows = lines(stdout).map((line) => line.split(",").slice(0, 3));
    expect(rows).toEqual([
      ["row", "file", "prediction"],
      ["1", "dark/1.png", "dark"],
      ["2", "dark/2.png", "dark"],
      ["3", "light/1.png", "light"],
      ["4", "light/2.png", "dark"],
    ]);
    expect(stderr).toContain("accuracy 75% on 4 rows with a target");
    const one = await minibatch("predict", file, join(images, "light/1.png"), "--quiet");
    expect(lines(one.stdout)[1]).toMatch(/,light,/);
  });
});
