/** @file `--model cnn` and `--model FILE.onnx` in the terminal. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readParameters } from "../src/graph/onnx/parameters.ts";
import { minibatchIn } from "./support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "minibatch-cnn-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const run = (text: string) => minibatchIn(folder, ...text.split(" "));
const how = "--learning-rate 0.1 --seed 1 --threads 1 --quiet";

interface RunRecord {
  readonly model: { readonly text: string };
  readonly validationMetric: number;
  readonly trainLoss: number;
}
const recordOf = ({ code, stdout, stderr }: Awaited<ReturnType<typeof run>>): RunRecord => {
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as RunRecord;
};

describe("a cnn on digits", () => {
  let whole: RunRecord;
  beforeAll(async () => {
    whole = recordOf(await run(`train digits --model cnn:8,16 --epochs 6 ${how} --out a --json`));
  });

  it("learns", () => {
    expect(whole.model.text).toBe(
      "reshape(1,8,8) conv2d(8,3x3,padding=same) maxPool2d(2x2) relu conv2d(16,3x3,padding=same) maxPool2d(2x2) relu dense(10)",
    );
    expect(whole.validationMetric).toBeGreaterThan(0.85);
  });

  it("goes on with the same bits", async () => {
    recordOf(await run(`train digits --model cnn:8,16 --epochs 3 ${how} --out b --json`));
    recordOf(await run("train --resume b --epochs 6 --quiet --json"));
    const [a, b] = ["a", "b"].map((name) =>
      readParameters(readFileSync(join(folder, name, "model.onnx"))),
    );
    expect(b).toEqual(a);
  });

  it("predicts as it was validated", async () => {
    const { stdout } = await run("predict a digits --out p.csv --json --quiet");
    const { score } = JSON.parse(stdout) as { score: { value: number } };
    expect(score.value).toBeCloseTo(whole.validationMetric, 12);
  });

  it("is raced", async () => {
    const { code, stdout } = await run(
      `compare digits --model cnn:4 --batch-sizes 8,full --updates 6 ${how} --json --no-report`,
    );
    expect(code).toBe(0);
    const { runs } = JSON.parse(stdout) as { runs: readonly { updates: number }[] };
    expect(runs.map(({ updates }) => updates)).toEqual([6, 6]);
  });

  it("is gone on from as a file, from where it stood", async () => {
    await run("export a --onnx m.onnx --quiet");
    const tuned = recordOf(
      await run(
        `train digits --model m.onnx --updates 1 --learning-rate 1e-9 --seed 2 --no-out --quiet --json`,
      ),
    );
    expect(tuned.model.text).toBe("onnx(m.onnx)");
    expect(tuned.trainLoss).toBeCloseTo(whole.trainLoss, 5);
    expect(tuned.validationMetric).toBe(whole.validationMetric);
  });

  it("as a file is refused where it does not fit, in a line", async () => {
    writeFileSync(
      join(folder, "cut.onnx"),
      readFileSync(join(folder, "a", "model.onnx")).subarray(0, 999),
    );
    for (const [call, message] of [
      [
        "iris --model a/model.onnx",
        "--model a/model.onnx takes examples of shape [64], and those of iris are [4]",
      ],
      [
        "digits --model none.onnx",
        "--model: cannot read none.onnx: ENOENT: no such file or directory, open 'none.onnx'",
      ],
      ["digits --model cut.onnx", "cut.onnx is no ONNX file, or it is cut"],
    ] as const) {
      const { code, stderr } = await run(`train ${call} --no-out`);
      expect([code === 0, stderr]).toEqual([false, `minibatch: ${message}\n`]);
    }
  });
});
