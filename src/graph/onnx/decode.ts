/** @file What each ONNX operator is in the graph; older versions where they mean the same. */
import { DataError } from "../../errors.ts";
import * as op from "../ops.ts";
import { averagePool, conv, convTranspose, maxPool } from "../ops-windows.ts";
import { isFloat, sizeOf } from "../types.ts";
import type { Value } from "../value.ts";
import type { DecodedNode, Known } from "./decode-node.ts";
import {
  batchNormalized,
  clipped,
  constantOf,
  dropped,
  fromEnd,
  gathered,
  kernelOf,
  layerNormalized,
  padded,
  reshaped,
  resized,
  sliced,
  windowOf,
  withAxes,
  type Dropout,
} from "./decode-parts.ts";
import { dtypeOfCode } from "./read-tensor.ts";

/** What a node puts out; what has no float type may be lengths. */
export type Decoder = (node: DecodedNode, dropout: Dropout) => readonly (Value | Known)[];

const unary =
  (f: (x: Value) => Value): Decoder =>
  (node) => [f(node.value(0))];

const binary =
  (f: (a: Value, b: Value) => Value): Decoder =>
  (node) => [f(node.value(0), node.value(1))];

const folded =
  (f: (a: Value, b: Value) => Value): Decoder =>
  (node) => [node.values().reduce(f)];

const reduction =
  (f: (x: Value, options: op.ReduceOptions) => Value): Decoder =>
  (node) => {
    const axes = node.axes(1) ?? [];
    if (axes.length === 0 && node.int("noop_with_empty_axes", 0) === 1) return [node.value(0)];
    return [f(node.value(0), { axes, keepdims: node.int("keepdims", 1) === 1 })];
  };

/** Before version 13 the axes after `axis` were one with it, which is the same for the last one. */
const alongAxis =
  (f: (x: Value, axis: number) => Value): Decoder =>
  (node) => {
    const x = node.value(0);
    const axis = fromEnd(node.int("axis", node.opset < 13 ? 1 : -1), x);
    if (node.opset < 13 && axis !== x.shape.length - 1)
      throw new DataError(`axis ${axis} in version ${node.opset}, only the last one is supported`);
    return [f(x, axis)];
  };

const overSpace =
  (f: (x: Value, options: op.ReduceOptions) => Value): Decoder =>
  (node) => {
    const x = node.value(0);
    return [f(x, { axes: x.shape.slice(2).map((_, at) => at + 2), keepdims: true })];
  };

/** Every operator that can be read. */
export const decoders: Readonly<Record<string, Decoder>> = {
  Neg: unary(op.neg),
  Abs: unary(op.abs),
  Sign: unary(op.sign),
  Exp: unary(op.exp),
  Log: unary(op.log),
  Sqrt: unary(op.sqrt),
  Reciprocal: unary(op.reciprocal),
  Erf: unary(op.erf),
  Sigmoid: unary(op.sigmoid),
  Tanh: unary(op.tanh),
  Softplus: unary(op.softplus),
  Relu: unary(op.relu),
  Not: unary(op.not),
  Identity: (node) => [node.known(0)],
  LeakyRelu: (node) => [op.leakyRelu(node.value(0), node.float("alpha", 0.01))],
  Elu: (node) => [op.elu(node.value(0), node.float("alpha", 1))],
  HardSigmoid: (node) => [
    op.hardSigmoid(node.value(0), node.float("alpha", 0.2), node.float("beta", 0.5)),
  ],
  Clip: (node) => [clipped(node)],
  Dropout: (node, dropout) => [dropped(node, dropout)],
  Cast: (node) => {
    const to = dtypeOfCode(node.int("to", 0), "the result");
    const { value, ...lengths } = node.known(0);
    if (value === undefined) return [lengths];
    // The floats of a run are of one type.
    return [isFloat(to) && isFloat(value.dtype) ? value : op.cast(value, to)];
  },
  Add: binary(op.add),
  Sub: binary(op.sub),
  Mul: binary(op.mul),
  Div: binary(op.div),
  Pow: binary(op.pow),
  Sum: folded(op.add),
  Max: folded(op.max),
  Min: folded(op.min),
  Less: binary(op.less),
  LessOrEqual: binary(op.lessOrEqual),
  Greater: binary(op.greater),
  GreaterOrEqual: binary(op.greaterOrEqual),
  Equal: binary(op.equal),
  And: binary(op.and),
  Or: binary(op.or),
  Where: (node) => [op.where(node.value(0), node.value(1), node.value(2))],
  MatMul: binary(op.matMul),
  Gemm: (node) => [
    op.gemm(node.value(0), node.value(1), node.optional(2), {
      alpha: node.float("alpha", 1),
      beta: node.float("beta", 1),
      transA: node.int("transA", 0) === 1,
      transB: node.int("transB", 0) === 1,
    }),
  ],
  ReduceSum: reduction(op.reduceSum),
  ReduceMean: reduction(op.reduceMean),
  ReduceMax: reduction(op.reduceMax),
  ReduceSumSquare: reduction(op.reduceSumSquare),
  GlobalAveragePool: overSpace(op.reduceMean),
  GlobalMaxPool: overSpace(op.reduceMax),
  Softmax: alongAxis(op.softmax),
  LogSoftmax: alongAxis(op.logSoftmax),
  BatchNormalization: (node) => [batchNormalized(node)],
  LayerNormalization: (node) => [layerNormalized(node)],
  Constant: (node) => [constantOf(node)],
  Shape: (node) => [{ dims: node.value(0).shape }],
  Reshape: (node) => [reshaped(node.value(0), node.dims(1), node.int("allowzero", 0) === 1)],
  Flatten: (node) => {
    const x = node.value(0);
    const axis = fromEnd(node.int("axis", 1), x);
    const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis)];
    const first = outer.length === 1 ? (outer[0] ?? 1) : sizeOf(outer as number[]);
    return [reshaped(x, [first, sizeOf(inner as number[])], false)];
  },
  Squeeze: (node) =>
    withAxes(
      node,
      (x, axes) => {
        const out = axes?.map((axis) => fromEnd(axis, x));
        return x.shape.filter((dim, axis) => !(out?.includes(axis) ?? dim === 1));
      },
      true,
    ),
  Unsqueeze: (node) =>
    withAxes(
      node,
      (x, axes = []) => {
        const rank = x.shape.length + axes.length;
        const ones = axes.map((axis) => (axis < 0 ? axis + rank : axis));
        const rest = [...x.shape];
        return Array.from({ length: rank }, (_, at) =>
          ones.includes(at) ? 1 : (rest.shift() ?? 1),
        );
      },
      false,
    ),
  Transpose: (node) => [op.transpose(node.value(0), node.ints("perm"))],
  Concat: (node) => {
    const all = node.node.inputs.map((_, index) => node.known(index));
    if (all.every(({ dims }) => dims !== undefined))
      return [{ dims: all.flatMap(({ dims = [] }) => dims) }];
    const values = node.values();
    return [op.concat(values, fromEnd(node.int("axis", 0), values[0] ?? node.value(0)))];
  },
  Slice: sliced,
  Pad: (node) => [padded(node)],
  Gather: gathered,
  Conv: (node) => [
    conv(node.value(0), node.value(1), node.optional(2), {
      ...windowOf(node),
      group: node.int("group", 1),
    }),
  ],
  ConvTranspose: (node) => {
    const outputPadding = node.ints("output_padding");
    return [
      convTranspose(node.value(0), node.value(1), node.optional(2), {
        ...windowOf(node),
        group: node.int("group", 1),
        ...(outputPadding && { outputPadding }),
      }),
    ];
  },
  MaxPool: (node) => [
    maxPool(node.value(0), kernelOf(node), {
      ...windowOf(node),
      ceilMode: node.int("ceil_mode", 0) === 1,
    }),
  ],
  AveragePool: (node) => [
    averagePool(node.value(0), kernelOf(node), {
      ...windowOf(node),
      ceilMode: node.int("ceil_mode", 0) === 1,
      countIncludePad: node.int("count_include_pad", 0) === 1,
    }),
  ],
  Resize: (node) => [resized(node)],
  Upsample: (node) => [resized(node)],
};
