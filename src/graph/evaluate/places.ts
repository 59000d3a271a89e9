/** @file Reference loops of the operators that move elements. */
import { allocate, sizeOf, tensor, type Tensor } from "../types.ts";
import { broadcastShapes, repeated, stridesOf, walk, type EvaluateRules } from "./common.ts";

/** Reads `shape` from `x` through `strides`, starting at `start`. */
function read(x: Tensor, shape: readonly number[], strides: readonly number[], start = 0): Tensor {
  const data = allocate(x.dtype, sizeOf(shape));
  walk(shape, strides, (position, offset) => {
    data[position] = x.data[start + offset]!;
  });
  return { dtype: x.dtype, shape, data };
}

/** Offsets into `x` that the rows of `indices` [...k, q] point to, and the elements behind each. */
function pointed(x: Tensor, indices: Tensor): { offsets: readonly number[]; width: number } {
  const depth = indices.shape.at(-1)!;
  const strides = stridesOf(x.shape);
  const width = sizeOf(x.shape.slice(depth));
  const rows = sizeOf(indices.shape.slice(0, -1));
  const offsets = Array.from({ length: rows }, (_, row) => {
    let offset = 0;
    for (let axis = 0; axis < depth; axis++)
      offset += fromEnd(indices.data[row * depth + axis]!, x.shape[axis]!) * strides[axis]!;
    return offset;
  });
  return { offsets, width };
}

const fromEnd = (index: number, length: number): number => (index < 0 ? index + length : index);

export const placeLoops: EvaluateRules<
  | "Shape"
  | "Size"
  | "Expand"
  | "Reshape"
  | "Transpose"
  | "Concat"
  | "Slice"
  | "Pad"
  | "Gather"
  | "GatherND"
  | "ScatterND"
> = {
  Shape: ([x]) => [tensor("int64", [x.shape.length], x.shape)],
  Size: ([x]) => [tensor("int64", [], [x.data.length])],
  Expand: ([x, target]) => {
    const shape = broadcastShapes(x.shape, [...target.data]);
    return [{ dtype: x.dtype, shape, data: repeated(x, shape) }];
  },
  Reshape: ([x], { shape }) => {
    const known = shape.reduce<number>((p, dim) => (typeof dim === "number" ? p * dim : p), 1);
    const concrete = shape.map((dim) => (typeof dim === "number" ? dim : x.data.length / known));
    return [{ ...x, shape: concrete }];
  },
  Transpose: ([x], { perm }) => {
    const strides = stridesOf(x.shape);
    return [
      read(
        x,
        perm.map((axis) => x.shape[axis]!),
        perm.map((axis) => strides[axis]!),
      ),
    ];
  },
  Concat: (inputs, { axis }, given) => {
    const parts = inputs.slice(0, given);
    const length = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
    const shape = inputs[0].shape.map((dim, at) => (at === axis ? length : dim));
    const data = allocate(inputs[0].dtype, sizeOf(shape));
    const inner = sizeOf(shape.slice(axis + 1));
    const outer = sizeOf(shape.slice(0, axis));
    let start = 0;
    for (const part of parts) {
      const width = part.shape[axis]! * inner;
      for (let o = 0; o < outer; o++)
        data.set(part.data.subarray(o * width, (o + 1) * width), o * length * inner + start);
      start += width;
    }
    return [{ dtype: inputs[0].dtype, shape, data }];
  },
  Slice: ([x], { starts, ends, axes, steps = [] }) => {
    const shape = [...x.shape];
    const strides = stridesOf(x.shape);
    let start = 0;
    axes.forEach((axis, at) => {
      const length = x.shape[axis]!;
      const step = steps[at] ?? 1;
      const clamp = (place: number) => Math.min(Math.max(fromEnd(place, length), 0), length);
      start += clamp(starts[at]!) * strides[axis]!;
      shape[axis] = Math.max(0, Math.ceil((clamp(ends[at]!) - clamp(starts[at]!)) / step));
      strides[axis]! *= step;
    });
    return [read(x, shape, strides, start)];
  },
  Pad: ([x], { pads }) => {
    const rank = x.shape.length;
    const shape = x.shape.map((length, axis) => pads[axis]! + length + pads[axis + rank]!);
    const data = allocate(x.dtype, sizeOf(shape));
    const strides = stridesOf(shape);
    const start = strides.reduce((sum, stride, axis) => sum + stride * pads[axis]!, 0);
    walk(x.shape, strides, (position, offset) => {
      data[start + offset] = x.data[position]!;
    });
    return [{ dtype: x.dtype, shape, data }];
  },
  Gather: ([x, indices], { axis }) => {
    const inner = sizeOf(x.shape.slice(axis + 1));
    const outer = sizeOf(x.shape.slice(0, axis));
    const length = x.shape[axis]!;
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const data = allocate(x.dtype, sizeOf(shape));
    const taken = indices.data.length;
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < taken; i++) {
        const from = (o * length + fromEnd(indices.data[i]!, length)) * inner;
        data.set(x.data.subarray(from, from + inner), (o * taken + i) * inner);
      }
    return [{ dtype: x.dtype, shape, data }];
  },
  GatherND: ([x, indices]) => {
    const { offsets, width } = pointed(x, indices);
    const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(indices.shape.at(-1))];
    const data = allocate(x.dtype, sizeOf(shape));
    offsets.forEach((from, row) => {
      data.set(x.data.subarray(from, from + width), row * width);
    });
    return [{ dtype: x.dtype, shape, data }];
  },
  ScatterND: ([x, indices, updates], { reduction }) => {
    const { offsets, width } = pointed(x, indices);
    const data = x.data.slice();
    offsets.forEach((to, row) => {
      for (let i = 0; i < width; i++) {
        const update = updates.data[row * width + i]!;
        data[to + i] = reduction === "add" ? data[to + i]! + update : update;
      }
    });
    return [{ ...x, data }];
  },
};
