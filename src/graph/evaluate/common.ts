/** @file What the reference loops share: the form of a rule, strides and broadcasting. */
import { invariant } from "../../errors.ts";
import type { Op, Operators } from "../operators.ts";
import { allocate, sizeOf, type DType, type Tensor, type TensorData } from "../types.ts";

/** Computes the outputs of one operator by explicit loops, in float64, rounded to the dtype of the output. */
export type EvaluateRule<P extends Op> = (
  inputs: readonly [Tensor, Tensor, Tensor, ...Tensor[]],
  attributes: Operators[P],
  given: number,
) => readonly Tensor[];

export type EvaluateRules<P extends Op = Op> = { readonly [Q in P]: EvaluateRule<Q> };

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Strides that read `shape` as if it were broadcast to `target`: 0 along repeated axes. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((dim, axis) => {
    const own = axis < lead ? 1 : shape[axis - lead]!;
    return own === 1 && dim !== 1 ? 0 : axis < lead ? 0 : strides[axis - lead]!;
  });
}

/** The shape two shapes broadcast to; the graph has checked that they do. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    invariant(
      p === q || p === 1 || q === 1,
      `shapes [${a.join()}] and [${b.join()}] met at run time`,
    );
    return p === 1 ? q : p;
  });
}

/** Calls `visit(position, offset)` for every element of `shape`, with the offset that `strides` gives. */
export function walk(
  shape: readonly number[],
  strides: readonly number[],
  visit: (position: number, offset: number) => void,
): void {
  const total = sizeOf(shape);
  const rank = shape.length;
  const index = new Array<number>(rank).fill(0);
  let offset = 0;
  for (let position = 0; position < total; position++) {
    visit(position, offset);
    for (let axis = rank - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** The elements of `x` repeated to `shape`. */
export function repeated(x: Tensor, shape: readonly number[]): TensorData {
  if (x.shape.length === shape.length && x.shape.every((dim, axis) => dim === shape[axis]))
    return x.data;
  const out = allocate(x.dtype, sizeOf(shape));
  walk(shape, broadcastStrides(x.shape, shape), (position, offset) => {
    out[position] = x.data[offset]!;
  });
  return out;
}

/** A tensor of the results of `f` on each element of `x`. */
export function map(x: Tensor, f: (value: number) => number, dtype: DType = x.dtype): Tensor {
  const data = allocate(dtype, x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i]!);
  return { dtype, shape: x.shape, data };
}

/** A tensor of the results of `f` on each pair of elements, broadcast. */
export function zip(
  a: Tensor,
  b: Tensor,
  f: (p: number, q: number) => number,
  dtype: DType = a.dtype,
): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  const data = allocate(dtype, sizeOf(shape));
  if (b.data.length === 1) {
    const p = repeated(a, shape);
    const q = b.data[0]!;
    for (let i = 0; i < data.length; i++) data[i] = f(p[i]!, q);
    return { dtype, shape, data };
  }
  const p = repeated(a, shape);
  const q = repeated(b, shape);
  for (let i = 0; i < data.length; i++) data[i] = f(p[i]!, q[i]!);
  return { dtype, shape, data };
}
