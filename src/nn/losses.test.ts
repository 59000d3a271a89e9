import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { described, fed, torchNn } from "../../test/support/torch-nn.ts";
import { evaluate } from "../graph/evaluate.ts";
import { mul, reduceSum, sigmoid, softmax } from "../graph/ops.ts";
import { gradients } from "../graph/reverse.ts";
import { tensor, type DType, type Shape } from "../graph/types.ts";
import { constant, input, type Value } from "../graph/value.ts";
import type { Loss } from "./loss.ts";
import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  lossNamed,
  meanAbsoluteError,
  meanSquaredError,
} from "./losses.ts";

const made: Readonly<Record<string, (options: object) => Loss>> = {
  crossEntropy,
  binaryCrossEntropy,
  meanSquaredError,
  meanAbsoluteError,
  huber,
};

describe("losses and their gradients are PyTorch's", () => {
  const rows = torchNn.losses.map((row) => {
    const shapes = { output: row.outputShape, [row.targetDtype]: row.targetShape };
    return [described(row.loss, { ...row.options, ...shapes }), row] as const;
  });
  it.each(rows)("%s", (_, row) => {
    const { output, target, feeds } = fed(row);
    const losses = made[row.loss]!(row.options).perExample(output, target);
    expect(losses.shape).toEqual(["batch"]);
    const weights = input("weights", "float64", ["batch"]);
    const numbers = row.perExample.map((_, i) => i + 1);
    const [gradient] = gradients(reduceSum(mul(losses, weights)), [output]);
    const [perExample, dz] = evaluate(
      [losses, gradient!],
      new Map([...feeds, [weights, tensor("float64", [numbers.length], numbers)]]),
    );
    expect(gap(perExample!.data, row.perExample)).toBeLessThan(1e-12);
    expect(gap(dz!.data, row.gradient)).toBeLessThan(1e-12);
  });
});

it.each<[string, Loss, (x: Value) => Value, string]>([
  [
    "a softmax",
    crossEntropy(),
    softmax,
    "crossEntropy takes logits, and the model ends in softmax",
  ],
  [
    "a sigmoid",
    binaryCrossEntropy(),
    sigmoid,
    "binaryCrossEntropy takes logits, and the model ends in sigmoid",
  ],
])("%s before it is refused: it would be taken twice", (_, loss, activation, message) => {
  const z = input("z", "float64", ["batch", 3]);
  const y = input("y", "float64", ["batch", 3]);
  expect(() => loss.perExample(activation(z), y)).toThrow(message);
  // Of another layer the output is logits, whatever came before.
  expect(loss.perExample(mul(activation(z), 2), y).shape).toEqual(["batch"]);
});

describe("cross entropy", () => {
  it("of two logits is the binary cross entropy of their difference", () => {
    const z = [3, -1, 0.5, 0.25, -2, -2];
    const y = [1, 0, 1];
    const two = crossEntropy().perExample(
      constant(tensor("float64", [3, 2], z)),
      constant(tensor("int32", [3], y)),
    );
    const one = binaryCrossEntropy().perExample(
      constant(tensor("float64", [3], [z[1]! - z[0]!, z[3]! - z[2]!, z[5]! - z[4]!])),
      constant(tensor("int32", [3], y)),
    );
    const [a, b] = evaluate([two, one], new Map());
    expect(gap(a!.data, b!.data)).toBeLessThan(1e-15);
  });

  it("of equal logits is log C", () => {
    const z = constant(tensor("float64", [1, 8], new Float64Array(8).fill(700)));
    const [loss] = evaluate(
      [crossEntropy().perExample(z, constant(tensor("int32", [1], [5])))],
      new Map(),
    );
    expect(loss!.data[0]).toBeCloseTo(Math.log(8), 14);
  });
});

describe("what does not fit is refused", () => {
  const floats = (shape: Shape) => input("z", "float64", shape);
  const target = (dtype: DType, shape: Shape) => input("y", dtype, shape);
  const [b, b1, b3, b10]: Shape[] = [["batch"], ["batch", 1], ["batch", 3], ["batch", 10]];

  it.each<[Loss, Shape, DType, Shape, string]>([
    [
      crossEntropy(),
      b10!,
      "float64",
      b3!,
      "crossEntropy: 10 classes in the output, so the target must be class indices int32[batch] or probabilities float[batch, 10]; got float64[batch, 3]",
    ],
    [crossEntropy(), b10!, "int32", b1!, "got int32[batch, 1]"],
    [crossEntropy(), b10!, "float64", b!, "got float64[batch]"],
    [crossEntropy(), b10!, "uint8", b10!, "got uint8[batch, 10]"],
    [crossEntropy(), b1!, "int32", b!, "use binaryCrossEntropy for one logit"],
    [crossEntropy(), b!, "int32", b!, "must be logits [batch, classes], got float64[batch]"],
    [
      binaryCrossEntropy(),
      b3!,
      "int32",
      b!,
      "binaryCrossEntropy: output and target differ in shape: [batch, 3] and [batch]; class indices need one output",
    ],
    [
      meanSquaredError(),
      b3!,
      "float64",
      b!,
      "meanSquaredError: output and target differ in shape: [batch, 3] and [batch]",
    ],
    [meanAbsoluteError(), b!, "float64", b3!, "[batch] and [batch, 3]"],
    [huber(), [8, 1], "float64", [1], "[8, 1] and [1]"],
    [huber(), [], "float64", [], "huber: the output must be floats [batch] or [batch, outputs]"],
  ])("%o of %j against %s%j", (loss, shape, dtype, targetShape, message) => {
    expect(() => loss.perExample(floats(shape), target(dtype, targetShape))).toThrow(message);
  });

  it("options out of range", () => {
    expect(() => crossEntropy({ labelSmoothing: 1 })).toThrow(
      "labelSmoothing must be at least 0 and below 1, got 1",
    );
    expect(() => huber({ delta: 0 })).toThrow("delta must be a positive number, got 0");
  });

  it("an unknown name", () => {
    expect(lossNamed("huber").name).toBe("huber");
    expect(() => lossNamed("hinge")).toThrow(
      'loss must be one of crossEntropy, binaryCrossEntropy, meanSquaredError, meanAbsoluteError, huber; got "hinge"',
    );
  });
});
