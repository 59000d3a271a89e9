import { expect, it } from "vitest";
import { ShapeError } from "../errors.ts";
import {
  averagePool,
  conv,
  convTranspose,
  maxPool,
  softmaxCrossEntropyLoss,
} from "./ops-windows.ts";
import * as ops from "./ops.ts";
import type { DType, Shape } from "./types.ts";
import { apply, input, type Value } from "./value.ts";

const x = (shape: Shape, dtype: DType = "float32"): Value => input("x", dtype, shape);

/** What building says. */
function message(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    expect(error).toBeInstanceOf(ShapeError);
    return (error as ShapeError).message;
  }
  return "no error";
}

const mistakes: Readonly<Record<string, () => unknown>> = {
  broadcast: () => ops.add(x([2, 3]), x([4])),
  "broadcast of names": () => ops.mul(x(["batch", 3]), x([2, 3])),
  dtypes: () => ops.add(x([2]), x([2], "float64")),
  bools: () => ops.add(x([2], "bool"), x([2], "bool")),
  "integers where floats belong": () => ops.exp(x([2], "int32")),
  "sign of unsigned": () => ops.neg(x([2], "uint8")),
  logic: () => ops.and(x([2], "bool"), x([2])),
  condition: () => ops.where(x([2]), x([2]), x([2])),
  "where of bools": () => ops.where(x([2], "bool"), x([2], "bool"), x([2], "bool")),
  "missing operand": () => apply("Add", {}, x([2])),
  "inner dimensions": () => ops.gemm(x([32, 784]), x([256, 10])),
  "inner dimensions, transposed": () =>
    ops.gemm(x([32, 784]), x([10, 256]), undefined, { transB: true }),
  "bias of a product": () => ops.gemm(x([2, 3]), x([3, 4]), x([3])),
  vectors: () => ops.matMul(x([3]), x([3, 2])),
  batches: () => ops.matMul(x([2, 2, 3]), x([3, 3, 2])),
  axis: () => ops.reduceSum(x([2, 3]), { axes: [2] }),
  "axis from the end": () => ops.softmax(x([2, 3]), -3),
  k: () => ops.topK(x([2, 3]), 4),
  reshape: () => ops.reshape(x([2, 3]), [7]),
  "reshape of names": () => ops.reshape(x(["batch", 3]), ["rows", 3]),
  perm: () => ops.transpose(x([2, 3]), [0, 0]),
  concat: () => ops.concat([x([2, 3]), x([2, 4])], 0),
  "concat along a name": () => ops.concat([x(["batch"]), x(["batch"])]),
  "slice of a name": () => ops.slice(x(["batch", 3]), { starts: [0], ends: [2], axes: [0] }),
  indices: () => ops.gather(x([4, 3]), x([2])),
  "places of a scatter": () => ops.scatterND(x([4, 3]), x([2, 1], "int64"), x([2, 2])),
  channels: () => conv(x(["batch", 3, 8, 8]), x([4, 1, 3, 3])),
  groups: () => conv(x([1, 3, 8, 8]), x([4, 1, 3, 3]), undefined, { group: 2 }),
  "large kernel": () => conv(x([1, 1, 4, 4]), x([1, 1, 5, 5])),
  "spatial axis of unknown length": () => conv(x([1, 1, "width"]), x([1, 1, 3])),
  "axes of a window": () => maxPool(x([1, 1, 4]), [2, 2]),
  strides: () => maxPool(x([1, 1, 4, 4]), [2, 2], { strides: [0, 1] }),
  "pads of a pool": () => averagePool(x([1, 1, 4, 4]), [2, 2], { pads: [2, 0, 0, 0] }),
  "automatic and given pads": () =>
    maxPool(x([1, 1, 4, 4]), [2, 2], { autoPad: "same-upper", pads: [1, 1, 1, 1] }),
  "bias of a convolution": () => convTranspose(x([1, 2, 4]), x([2, 3, 2]), x([2])),
  labels: () => softmaxCrossEntropyLoss(x(["batch", 10]), x([5], "int32")),
  "labels as floats": () => softmaxCrossEntropyLoss(x([5, 10]), x([5])),
  "weights of classes": () =>
    softmaxCrossEntropyLoss(x([5, 10]), x([5], "int32"), { weights: x([5]) }),
};

it("says what does not fit", () => {
  const said = Object.entries(mistakes).map(([name, build]) => `${name} | ${message(build)}`);
  expect(said.join("\n")).toMatchInlineSnapshot(`
    "broadcast | Add: shapes do not broadcast: [2, 3] and [4]
    broadcast of names | Mul: shapes do not broadcast: [batch, 3] and [2, 3]
    dtypes | Add: dtypes differ: float32 and float64
    bools | Add: inputs must be numbers, got bool
    integers where floats belong | Exp: input 0 must be float32 or float64, got int32
    sign of unsigned | Neg: input 0 must be signed numbers, got uint8
    logic | And: inputs must be bool, got bool and float32
    condition | Where: condition must be bool, got float32
    where of bools | Where: inputs must be numbers, got bool
    missing operand | Add: input 1 is missing
    inner dimensions | Gemm: inner dimensions differ: [32, 784] × [256, 10]
    inner dimensions, transposed | Gemm: inner dimensions differ: [32, 784] × [256, 10]
    bias of a product | Gemm: C [3] does not broadcast to [2, 4]
    vectors | MatMul: inputs must be matrices, got [3] × [3, 2]
    batches | MatMul: shapes do not broadcast: [2] and [3]
    axis | ReduceSum: axis must be in 0 … 1, got 2
    axis from the end | Softmax: axis must be in 0 … 1, got -3
    k | TopK: k must be in 1 … 3, got 4
    reshape | Reshape: sizes differ: [2, 3] and [7]
    reshape of names | Reshape: sizes differ: [batch, 3] and [rows, 3]
    perm | Transpose: perm [0, 0] does not order the axes of [2, 3]
    concat | Concat: shapes differ off axis 0: [2, 3] and [2, 4]
    concat along a name | Concat: axis 0 has unknown length "batch"
    slice of a name | Slice: axis of unknown length "batch" cannot be cut
    indices | Gather: indices must be int32 or int64, got float32
    places of a scatter | ScatterND: updates must be [2, 3], got [2, 2]
    channels | Conv: input [batch, 3, 8, 8] has 3 channels, weights [4, 1, 3, 3] take 1
    groups | Conv: 3 input channels do not divide into 2 groups
    large kernel | Conv: a window of 5 is longer than the padded axis of 4
    spatial axis of unknown length | Conv: spatial axis of unknown length "width" in [1, 1, width]
    axes of a window | MaxPool: a window of 2 axes does not fit input [1, 1, 4]
    strides | MaxPool: strides must be 2 whole numbers of at least 1, got [0, 1]
    pads of a pool | AveragePool: pads of a pool must be below its kernel of 2, got 2 and 0
    automatic and given pads | MaxPool: autoPad needs no pads and known lengths, got [1, 1, 4, 4]
    bias of a convolution | ConvTranspose: bias must be [3], got [2]
    labels | SoftmaxCrossEntropyLoss: labels must be [batch] for scores [batch, 10], got [5]
    labels as floats | SoftmaxCrossEntropyLoss: labels must be int32 or int64, got float32
    weights of classes | SoftmaxCrossEntropyLoss: weights must be float32[10], got float32[5]"
  `);
});
