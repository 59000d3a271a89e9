import { expect, it } from "vitest";
import { ShapeError } from "../errors.ts";
import { averagePool, conv, convTranspose, maxPool, softmaxCrossEntropyLoss } from "./ops-windows.ts";
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
  "inner dimensions, transposed": () => ops.gemm(x([32, 784]), x([10, 256]), undefined, { transB: true }),
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
  expect(said.join("\n")).toMatchInlineSnapshot();
});
