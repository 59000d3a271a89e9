/** @file Reference loops of the reductions. */
import type { Reduction } from "../operators.ts";
import { reducedShape } from "../shape/reductions.ts";
import { allocate, sizeOf, zeros, type Tensor } from "../types.ts";
import { stridesOf, walk, type EvaluateRules } from "./common.ts";

/** Folds the elements of each group, starting from `start`, then applies `finish(sum, count)`. */
function fold(
  x: Tensor,
  reduction: Reduction,
  start: number,
  step: (sum: number, value: number) => number,
  finish: (sum: number, count: number) => number = (sum) => sum,
): Tensor {
  const shape = reducedShape(x.shape, reduction) as readonly number[];
  const kept = reducedShape(x.shape, { ...reduction, keepdims: true }) as readonly number[];
  const strides = stridesOf(kept).map((stride, axis) => (kept[axis] === 1 ? 0 : stride));
  const sums = new Float64Array(sizeOf(shape)).fill(start);
  walk(x.shape, strides, (position, offset) => {
    sums[offset] = step(sums[offset]!, x.data[position]!);
  });
  const count = x.data.length / Math.max(1, sums.length);
  const data = allocate(x.dtype, sums.length);
  for (let i = 0; i < data.length; i++) data[i] = finish(sums[i]!, count);
  return { dtype: x.dtype, shape, data };
}

/** Calls `visit(start, stride, length)` for every line of `x` along `axis`. */
function lines(x: Tensor, axis: number, visit: (start: number, stride: number) => void): void {
  const stride = stridesOf(x.shape)[axis]!;
  const length = x.shape[axis]!;
  const outer = x.data.length / Math.max(1, length * stride);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < stride; i++) visit(o * length * stride + i, stride);
}

/** x - log Σ eˣ along `axis`, passed through `f`. */
function normalised(x: Tensor, axis: number, f: (logP: number) => number): Tensor {
  const out = zeros(x.dtype, x.shape);
  const length = x.shape[axis]!;
  lines(x, axis, (start, stride) => {
    let top = -Infinity;
    for (let l = 0; l < length; l++) top = Math.max(top, x.data[start + l * stride]!);
    let sum = 0;
    for (let l = 0; l < length; l++) sum += Math.exp(x.data[start + l * stride]! - top);
    const logSum = Math.log(sum);
    for (let l = 0; l < length; l++)
      out.data[start + l * stride] = f(x.data[start + l * stride]! - top - logSum);
  });
  return out;
}

/** log softmax along `axis`. */
export function logSoftmaxOf(x: Tensor, axis: number): Tensor {
  return normalised(x, axis, (logP) => logP);
}

/** Positions along each line, best first; equal elements keep their order. */
function ranked(x: Tensor, axis: number, k: number, largest: boolean): readonly [Tensor, Tensor] {
  const shape = x.shape.map((dim, at) => (at === axis ? k : dim));
  const values = zeros(x.dtype, shape);
  const indices = zeros("int64", shape);
  const length = x.shape[axis]!;
  const direction = largest ? -1 : 1;
  lines(x, axis, (start, stride) => {
    const order = Array.from({ length }, (_, l) => l).sort(
      (p, q) => direction * (x.data[start + p * stride]! - x.data[start + q * stride]!) || p - q,
    );
    const outer = Math.floor(start / (length * stride));
    const to = outer * k * stride + (start % stride);
    for (let l = 0; l < k; l++) {
      values.data[to + l * stride] = x.data[start + order[l]! * stride]!;
      indices.data[to + l * stride] = order[l]!;
    }
  });
  return [values, indices];
}

export const reductionLoops: EvaluateRules<
  | "ReduceSum"
  | "ReduceMean"
  | "ReduceMax"
  | "ReduceSumSquare"
  | "Softmax"
  | "LogSoftmax"
  | "ArgMax"
  | "TopK"
> = {
  ReduceSum: ([x], reduction) => [fold(x, reduction, 0, (sum, v) => sum + v)],
  ReduceMean: ([x], reduction) => [
    fold(
      x,
      reduction,
      0,
      (sum, v) => sum + v,
      (sum, count) => sum / count,
    ),
  ],
  ReduceMax: ([x], reduction) => [fold(x, reduction, -Infinity, Math.max)],
  ReduceSumSquare: ([x], reduction) => [fold(x, reduction, 0, (sum, v) => sum + v * v)],
  Softmax: ([x], { axis }) => [normalised(x, axis, Math.exp)],
  LogSoftmax: ([x], { axis }) => [logSoftmaxOf(x, axis)],
  ArgMax: ([x], { axis, keepdims }) => {
    const [, indices] = ranked(x, axis, 1, true);
    const shape = reducedShape(x.shape, { axes: [axis], keepdims }) as readonly number[];
    return [{ ...indices, shape }];
  },
  TopK: ([x], { axis, k, largest }) => ranked(x, axis, k, largest),
};
