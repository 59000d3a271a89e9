/** @file `minibatch export` through the real program: what it writes is read by programs that know nothing of minibatch. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { parseSafetensors } from "../src/data/arrays/safetensors.ts";
import { readMetadata } from "../src/graph/onnx/metadata.ts";
import { readRunCheckpoint } from "../src/runs.node.ts";
import { callIn, minibatchIn } from "./support/cli.ts";
import { testFolder } from "./support/files.ts";
import { knownModel } from "./support/known-model.ts";
import { range } from "./support/tables.ts";

const hasNumpy = spawnSync("python3", ["-c", "import numpy"]).status === 0;
const { folder, write } = testFolder();
const path = (...parts: readonly string[]): string => join(folder, ...parts);
const run = (...args: readonly string[]) => minibatchIn(folder, ...args);

/** Numbers without missing values, so that the inputs of the network follow from the preprocessing alone. */
const rows = range(90).map((i) => [Math.sin(i), Math.cos(3 * i), i % 3] as const);
const text = ["a,b,kind", ...rows.map(([a, b, kind]) => `${a},${b},k${kind}`)].join("\n");

interface Exported {
  readonly files: readonly { readonly kind: string; readonly file: string }[];
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

describe("a run", () => {
  let table: string;

  beforeAll(async () => {
    table = write("table.csv", `${text}\n`);
    const how = ["--target", "kind", "--model", "mlp:5", "--epochs", "3", "--seed", "1"];
    expect(await run("train", table, ...how, "--quiet", "--out", "runs/one")).toMatchObject({
      code: 0,
    });
  });

  it("gives a model from which onnxruntime predicts what minibatch predicts", async () => {
    const { code, stdout, stderr } = await run("export", "one", "--onnx", "new/one.onnx");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^new\/one\.onnx: [\d,]+ bytes, 4 parameters: 0\.weight \[5, 2\], 0\.bias \[5\], 2\.weight \[3, 5\], 2\.bias \[3\]\n$/,
    );
    const session = await InferenceSession.create(path("new", "one.onnx"));
    const saved = JSON.parse(
      (await run("predict", "new/one.onnx", table, "--out", "p.jsonl", "--json", "--quiet")).stdout,
    ) as { readonly predicted: number };
    expect(saved.predicted).toBe(90);
    // The inputs: standardised by the mean and the standard deviation of the training part, which the file holds.
    const { preprocessing } = readMetadata(readFileSync(path("new", "one.onnx")));
    const { features } = JSON.parse(preprocessing!) as {
      readonly features: readonly { readonly mean: number; readonly scale: number }[];
    };
    const x = rows.flatMap((row) =>
      features.map(({ mean, scale }, j) => ((row[j] ?? NaN) - mean) / scale),
    );
    const { output } = await session.run({
      x: new Tensor("float32", Float32Array.from(x), [90, 2]),
    });
    const logits = output!.data as Float32Array;
    const predicted = readFileSync(path("p.jsonl"), "utf8").trim().split("\n");
    predicted.forEach((line, i) => {
      const cells = JSON.parse(line) as Readonly<Record<string, unknown>>;
      const own = [...logits.subarray(3 * i, 3 * i + 3)];
      const total = own.reduce((sum, value) => sum + Math.exp(value), 0);
      const most = Math.max(...own);
      expect(Object.values(cells)).toContain(`k${own.indexOf(most)}`);
      const closest = Object.values(cells).flatMap((cell) =>
        typeof cell === "number" ? [Math.abs(cell - Math.exp(most) / total)] : [],
      );
      expect(Math.min(...closest)).toBeLessThan(1e-5);
    });
  });

  it("gives its parameters, bit by bit those of its last checkpoint", async () => {
    const outcome = await run("export", "runs/one", "--safetensors", "one.safetensors", "--json");
    const { files, parameters } = JSON.parse(outcome.stdout) as Exported;
    expect(files).toMatchObject([{ kind: "safetensors", file: "one.safetensors" }]);
    expect(parameters.map(({ name, shape }) => [name, shape])).toEqual([
      ["0.weight", [5, 2]],
      ["0.bias", [5]],
      ["2.weight", [3, 5]],
      ["2.bias", [3]],
    ]);
    const { tensors, metadata } = parseSafetensors(readFileSync(path("one.safetensors")));
    expect(metadata).toMatchObject({
      format: "pt",
      task: "classification",
      classes: '["k0","k1","k2"]',
    });
    const saved = readRunCheckpoint(path("runs", "one"))!.parameters;
    expect([...tensors.keys()].sort()).toEqual(Object.keys(saved).sort());
    for (const [name, { data, shape }] of Object.entries(saved))
      expect(tensors.get(name)).toMatchObject({ data, shape });
  });

  it.skipIf(!hasNumpy)(
    "gives files that a reader of another hand reads, checkpoints too",
    async () => {
      await run("export", "runs/one", "--safetensors", "other.safetensors");
      const { parameters } = readRunCheckpoint(path("runs", "one"))!;
      const script = fileURLToPath(
        new URL("../scripts/fixtures/read_safetensors.py", import.meta.url),
      );
      for (const file of ["other.safetensors", join("runs", "one", "checkpoint.safetensors")]) {
        const text = execFileSync("python3", [script, path(file)], { encoding: "utf8" });
        const { tensors } = JSON.parse(text) as {
          readonly tensors: Readonly<
            Record<string, { dtype: string; shape: number[]; values: number[] }>
          >;
        };
        for (const [name, { shape, data }] of Object.entries(parameters)) {
          const { dtype, values, ...found } = tensors[name]!;
          expect([dtype, found.shape]).toEqual(["F32", shape]);
          expect(Float32Array.from(values)).toEqual(data);
        }
      }
    },
  );

  it.each([
    [[], "give a file to write: --onnx FILE, --safetensors FILE, or both"],
    [
      ["--onnx", "a", "--safetensors", "./a"],
      "--onnx and --safetensors must be two files, got a twice",
    ],
    [
      ["--safetensors", "runs/one/checkpoint.safetensors"],
      "--safetensors: runs/one/checkpoint.safetensors is of the run itself; give another file",
    ],
    [["--onnx", "runs"], "--onnx: runs is a folder; give the name of a file"],
    [["--safetenors", "a"], "unknown option --safetenors: did you mean --safetensors?"],
  ])("refuses %j", async (options, message) => {
    const before = readFileSync(path("runs", "one", "checkpoint.safetensors"));
    const { code, stdout, stderr } = await run("export", "one", ...options);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: `minibatch: ${message}\n`,
    });
    expect(readFileSync(path("runs", "one", "checkpoint.safetensors"))).toEqual(before);
    expect(readdirSync(folder)).not.toContain("a");
  });
});

it("parameters that were written down are read back, in both dtypes", async () => {
  const model = await knownModel([2, -3, 0.5, 7], [-0.25, 1e-7], {
    x: [
      [1, 0],
      [0, 1],
    ],
    classes: ["a", "b"],
  });
  const file = write("known.onnx", model.toOnnx());
  expect((await run("export", file, "--safetensors", "known.safetensors")).code).toBe(0);
  const { tensors } = parseSafetensors(readFileSync(path("known.safetensors")));
  expect(tensors.get("0.weight")).toMatchObject({
    data: Float32Array.of(2, -3, 0.5, 7),
    shape: [2, 2],
  });
  expect(tensors.get("0.bias")!.data).toEqual(Float32Array.of(-0.25, 1e-7));
  const options = ["--dtype", "float64", "--updates", "1", "--quiet", "--out", "wide"];
  expect((await run("train", "iris", ...options)).code).toBe(0);
  await run("export", "wide", "--safetensors", "wide.safetensors");
  const wide = parseSafetensors(readFileSync(path("wide.safetensors"))).tensors;
  const saved = readRunCheckpoint(path("wide"))!.parameters;
  expect(wide.get("0.weight")!.data).toEqual(saved["0.weight"]!.data);
  expect(wide.get("0.weight")!.type).toBe("float64");
});

it("a run on data larger than memory that was stopped is exported, and predicted with, from its checkpoint", async () => {
  const table = write("stopped.csv", `${text}\n`);
  const how = ["--target", "kind", "--memory", "64kB", "--seed", "1", "--batch-size", "1"];
  const open = ["--seconds", "60", "--checkpoint-every", "0.1", "--out", "runs/open"];
  const env = process.env["MINIBATCH_CACHE"];
  process.env["MINIBATCH_CACHE"] = path("cache");
  try {
    const running = callIn(folder, "train", table, ...how, ...open);
    while (!existsSync(path("runs", "open", "checkpoint.safetensors")))
      await new Promise((resolve) => setTimeout(resolve, 30));
    running.child.kill("SIGKILL");
    await running.outcome;
    const { code, stderr } = await run("export", "open", "--safetensors", "open.safetensors");
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^runs\/open has not ended: exporting its checkpoint after \d+ updates/);
    const { tensors } = parseSafetensors(readFileSync(path("open.safetensors")));
    const saved = readRunCheckpoint(path("runs", "open"))!.parameters;
    expect(tensors.get("0.weight")!.data).toEqual(saved["0.weight"]!.data);
    expect((await run("predict", "open", table)).code).toBe(0);
  } finally {
    if (env === undefined) delete process.env["MINIBATCH_CACHE"];
    else process.env["MINIBATCH_CACHE"] = env;
  }
});
