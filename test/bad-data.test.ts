/** @file Everything that is wrong with a call is said before any work, in one or two lines that name what was given: the data, the model, and what ONNX Runtime refuses. */
import { describe, expect, it } from "vitest";
import {
  dense,
  dropout,
  fromArrays,
  gelu,
  relu,
  runtimeOf,
  sequential,
  train,
  type Dataset,
  type Model,
  type TrainOptions,
} from "../src/index.ts";
import { messageOf } from "./support/message.ts";

const data = fromArrays(
  [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  [0, 1, 2, 0],
);
const numbers = fromArrays(
  [
    [0, 1],
    [1, 0],
  ],
  [[1], [2]],
  { task: "regression" },
);
const model = sequential([dense(3)]);

describe("data and models", () => {
  it.each<[string, Model, Dataset, TrainOptions, string]>([
    [
      "ten classes for three outputs",
      model,
      fromArrays([[0], [1], [2]], [0, 9, 3]),
      {},
      "training data: label 9 in row 1 is out of range: the model has 3 outputs, for labels 0 to 2; a last layer dense(10) would fit this data",
    ],
    [
      "validation labels out of range",
      model,
      data,
      { validation: fromArrays([[0, 1]], [3]) },
      "validation: label 3 in row 0 is out of range: the model has 3 outputs, for labels 0 to 2; a last layer dense(4) would fit this data",
    ],
    [
      "a negative label",
      model,
      { ...data, y: { shape: [], data: Int32Array.of(0, -1, 1, 2) } },
      {},
      "training data: label -1 in row 1 is out of range: the model has 3 outputs, for labels 0 to 2",
    ],
    [
      "three classes for one logit",
      sequential([dense(1)]),
      data,
      { loss: "binaryCrossEntropy" },
      "training data: target 2 in row 2 is out of range: binaryCrossEntropy needs targets from 0 to 1",
    ],
    [
      "NaN in the data",
      model,
      { ...data, x: { shape: [2], data: Float32Array.of(0, 1, 1, 0, 1, NaN, 0, 0) } },
      {},
      "training data: x holds NaN in row 2; every value must be a finite number",
    ],
    [
      "infinity in the validation targets",
      sequential([dense(1)]),
      numbers,
      { validation: { ...numbers, y: { shape: [1], data: Float32Array.of(0, Infinity) } } },
      "validation: y holds Infinity in row 1; every value must be a finite number",
    ],
    [
      "a column that is too short",
      model,
      { ...data, x: { shape: [2], data: new Float32Array(7) } },
      {},
      "training data: x must hold 4 rows of 2 numbers, 8 in all; got 7",
    ],
    [
      "class indices for a regression loss",
      model,
      data,
      { loss: "meanSquaredError" },
      "meanSquaredError: output and target differ in shape: [batch, 3] and [batch]; class indices need one output here: give one-hot rows as floats, or use crossEntropy",
    ],
    [
      "numbers for the cross entropy",
      model,
      numbers,
      { loss: "crossEntropy" },
      "crossEntropy: 3 classes in the output, so the target must be class indices int32[batch] or probabilities float[batch, 3]; got float32[batch, 1]",
    ],
    [
      "three outputs for one number",
      model,
      numbers,
      {},
      "meanSquaredError: output and target differ in shape: [batch, 3] and [batch, 1]",
    ],
    [
      "classWeight for numbers",
      sequential([dense(1)]),
      numbers,
      { classWeight: [1, 2] },
      "classWeight needs a target of class indices; use sampleWeight for other targets",
    ],
    [
      "a model without parameters",
      sequential([relu(), dropout(0.5)]),
      data,
      {},
      "the model has nothing to learn: it needs a layer with parameters, such as dense(10)",
    ],
    [
      "no model",
      undefined as unknown as Model,
      data,
      {},
      "the model must be made by sequential([...]) or functional(...), got undefined",
    ],
    [
      "no data set",
      model,
      [[1, 2]] as unknown as Dataset,
      {},
      "training data must be a data set, made by fromArrays(x, y) say; got [object Array]",
    ],
  ])("%s", (_, network, set, options, expected) => {
    expect(messageOf(() => train(network, set, options))).toBe(expected);
  });

  it("NaN and labels are refused by fromArrays as well", () => {
    expect(
      messageOf(() =>
        fromArrays(
          [
            [0, 1],
            [NaN, 0],
          ],
          [0, 1],
        ),
      ),
    ).toBe(
      "x[1][0] is NaN as float32 (row 1, column 0, counted from 0); every value must be a finite number",
    );
  });
});

describe("accuracy of one output", () => {
  const accuracyOf = (loss: string, units: number, targets: number[][] | number[]) => {
    const told = fromArrays([[0], [1], [2], [3]], targets, { task: "regression" });
    const options = { loss, metrics: ["accuracy"], validation: told, updates: 1, seed: 1 } as const;
    return messageOf(() => train(sequential([dense(units)]), told, options));
  };
  const rows = [
    [0, 1],
    [0, 1],
    [1, 0],
    [1, 0],
  ];

  it("is that of a logit, and refused where the loss makes something else of it", () => {
    for (const loss of ["meanSquaredError", "meanAbsoluteError", "huber"])
      expect(accuracyOf(loss, 1, [0, 0, 1, 1])).toBe(
        `accuracy reads the one output of the model as a logit, above 0 or not, and ${loss} brings it near the target itself: use the loss binaryCrossEntropy, or the metric meanAbsoluteError`,
      );
  });

  it("goes with logits, and of one-hot rows with any loss", () => {
    expect(accuracyOf("binaryCrossEntropy", 1, [0, 0, 1, 1])).toBe("(nothing was thrown)");
    expect(accuracyOf("meanSquaredError", 2, rows)).toBe("(nothing was thrown)");
  });
});

describe("ONNX Runtime", () => {
  it("has no float64 kernel for the exact GELU: said before any work, with the ways out", async () => {
    const network = sequential([dense(3), gelu(), dense(3)]);
    const options = { dtype: "float64", updates: 1 } as const;
    expect(messageOf(() => train(network, data, options))).toBe(
      'Erf: ONNX Runtime has no float64 kernel for it; use dtype "float32", gelu("tanh") in place of gelu(), or engine "loops"',
    );
    const other = sequential([dense(3), gelu("tanh"), dense(3)]);
    const runs = [
      train(network, data, { updates: 1 }),
      train(other, data, options),
      train(network, data, { ...options, engine: "loops" }),
    ];
    for (const { result } of runs) expect((await result).updates).toBe(1);
  });

  it("refusing a graph or failing in a run is told in one line, the cause kept", async () => {
    const refusal = new Error("Load model failed: some operator\nwith a long trace");
    const runtime = runtimeOf({
      InferenceSession: { create: () => Promise.reject(refusal) },
      Tensor: Object,
    } as never);
    const { result } = train(model, data, { runtime });
    await expect(result).rejects.toMatchObject({
      name: "RuntimeError",
      message: "ONNX Runtime refused a graph: Load model failed: some operator",
      cause: refusal,
    });
    const failing = runtimeOf({
      InferenceSession: {
        create: () =>
          Promise.resolve({
            run: () => Promise.reject(new Error("out of memory")),
            release: () => Promise.resolve(),
          }),
      },
      Tensor: Object,
    } as never);
    await expect(train(model, data, { runtime: failing }).result).rejects.toThrow(
      "ONNX Runtime failed in a run: out of memory",
    );
  });
});
