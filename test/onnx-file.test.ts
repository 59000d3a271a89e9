/** @file `model.toOnnx()`: the file alone predicts what the model predicts, in both builds of ONNX Runtime. */
import { describe, expect, it } from "vitest";
import {
  DataError,
  dense,
  dropout,
  fromArrays,
  relu,
  sequential,
  sgd,
  tanh,
  train,
  type Dataset,
  type Layer,
  type Model,
} from "../src/index.ts";
import { readMetadata } from "../src/graph/onnx/metadata.ts";
import { relu as reluOp } from "../src/graph/ops.ts";
import { conv, maxPool } from "../src/graph/ops-windows.ts";
import { writeModel } from "../src/graph/onnx/write.ts";
import { rowsOf } from "../src/runtime/feeds.ts";
import { gap } from "./support/close.ts";
import { runtime, runtimeNames } from "./support/onnx.ts";
import { threeClasses } from "./support/runs.ts";

const fans = { fanIn: 9, fanOut: 2 };
const spread = { name: "spread", fill: (_: unknown, size: number) => waves(size) };
const waves = (size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1));

/** Two filters of 3 × 3 over [batch, 1, 6, 6], ReLU, pooled to [batch, 2, 2, 2]. */
const filters: Layer = {
  kind: "filters",
  forward: (x, scope) => {
    const weight = scope.parameter("weight", [2, 1, 3, 3], spread, fans);
    return maxPool(reluOp(conv(x, weight)), [2, 2], { strides: [2, 2] });
  },
};

const images: Dataset = fromArrays(
  Uint8Array.from({ length: 20 * 36 }, (_, i) => (i * 37) % 256),
  Array.from({ length: 20 }, (_, i) => i % 2),
  { shape: [1, 6, 6], scale: 1 / 255, classes: ["left", "right"] },
);
const points = (dtype: "float32" | "float64"): Dataset => threeClasses(60, 5, dtype);
const line = fromArrays([[0], [1], [2], [3]], [[1], [3], [5], [7]], { task: "regression" });

const cases: readonly (readonly [string, Model, Dataset, "float32" | "float64"])[] = [
  ["a network", sequential([dense(8), tanh(), dense(3)]), points("float32"), "float32"],
  ["a network in float64", sequential([dense(8), tanh(), dense(3)]), points("float64"), "float64"],
  [
    "dropout, which is off",
    sequential([dense(8), dropout(0.5), dense(3)]),
    points("float32"),
    "float32",
  ],
  ["images in bytes", sequential([dense(4), relu(), dense(2)]), images, "float32"],
  ["a convolution", sequential([filters, dense(2)]), images, "float32"],
  ["a convolution in float64", sequential([filters, dense(2)]), images, "float64"],
  ["a regression", sequential([dense(1)]), line, "float32"],
];

describe.each(cases)("%s", (_, layers, data, dtype) => {
  it.each(runtimeNames)("predicts alone in %s", async (name) => {
    const run = { dtype, updates: 5, batchSize: 4, seed: 1, optimizer: sgd({ learningRate: 0.1 }) };
    const { model } = await train(layers, data, run).result;
    const expected = await model.predict(data.x);
    const session = await (await runtime(name)).open(model.toOnnx());
    try {
      const { output, ...others } = await session.run({ x: rowsOf(data.x, 0, data.size) });
      expect(others).toEqual({});
      expect(output?.shape).toEqual(expected.shape);
      expect(output?.dtype).toBe(dtype);
      expect(gap(output!.data, expected.data)).toBeLessThan(dtype === "float64" ? 1e-12 : 1e-5);
    } finally {
      await session.close();
    }
    // The loops know nothing of ONNX, and not of its float32 attributes either.
    const loops = await train(layers, data, {
      ...run,
      updates: 1,
      engine: "loops",
      signal: AbortSignal.abort(),
      initialParameters: Object.fromEntries(
        Object.entries(model.parameters).map(([key, { data: values }]) => [key, values]),
      ),
    }).result;
    const byLoops = await loops.model.predict(data.x);
    expect(gap(byLoops.data, expected.data)).toBeLessThan(dtype === "float64" ? 1e-12 : 1e-5);
  });
});

it("is y = x Wᵀ + b for one layer", async () => {
  const { model } = await train(sequential([dense(1)]), line, {
    updates: 1,
    seed: 1,
    signal: AbortSignal.abort(),
    initialParameters: { "0.weight": [2], "0.bias": [-0.5] },
  }).result;
  const session = await (await runtime("onnxruntime-node")).open(model.toOnnx());
  const x = { dtype: "float32", shape: [3, 1], data: Float32Array.of(0, 1, -3) } as const;
  const { output } = await session.run({ x });
  await session.close();
  expect([...output!.data]).toEqual([-0.5, 1.5, -6.5]);
});

describe("its metadata", () => {
  it("say what the outputs are", async () => {
    const stop = { seed: 1, signal: AbortSignal.abort() };
    const classifier = await train(sequential([dense(2)]), images, stop).result;
    expect(readMetadata(classifier.model.toOnnx({ note: "größer" }))).toEqual({
      data: "arrays",
      task: "classification",
      classes: '["left","right"]',
      input: `{"dtype":"uint8","shape":[1,6,6],"scale":${1 / 255}}`,
      output: "[2]",
      dtype: "float32",
      activation: "softmax",
      note: "größer",
    });
    const switches = fromArrays([[0], [1]], [0, 1], { classes: ["off", "on"] });
    const binary = await train(sequential([dense(1)]), switches, {
      ...stop,
      loss: "binaryCrossEntropy",
      metrics: [],
    }).result;
    expect(readMetadata(binary.model.toOnnx())).toMatchObject({ activation: "sigmoid" });
    const { model } = await train(sequential([dense(1)]), line, stop).result;
    expect(readMetadata(model.toOnnx())).toMatchObject({
      task: "regression",
      activation: "identity",
    });
  });

  it("are read from bytes written by hand, whatever fields stand around them", () => {
    // ir_version = 10; graph = { name = "g" }; metadata_props = { key = "a", value = "b" }; fields of 4 and 8 bytes.
    const entry = [0x0a, 1, 0x61, 0x12, 1, 0x62];
    const bytes = [0x08, 10, 0x3a, 3, 0x12, 1, 0x67, 0x72, entry.length, ...entry];
    const fixed = [0xa5, 1, 1, 2, 3, 4, 0xa9, 1, 1, 2, 3, 4, 5, 6, 7, 8];
    expect(readMetadata(Uint8Array.from([...fixed, ...bytes]))).toEqual({ a: "b" });
    expect(readMetadata(writeModel({ inputs: [], outputs: [] }))).toEqual({});
  });

  it("are not looked for in other files, or beyond the end of one that is cut", async () => {
    const { model } = await train(sequential([dense(2)]), images, {
      seed: 1,
      signal: AbortSignal.abort(),
    }).result;
    const whole = model.toOnnx();
    const cut = whole.subarray(0, whole.length - 3);
    expect(() => readMetadata(cut, "m.onnx")).toThrow(
      new DataError("m.onnx is no ONNX file, or it is cut"),
    );
    const text = new TextEncoder().encode("<html>not found</html>");
    expect(() => readMetadata(text)).toThrow(DataError);
  });
});
