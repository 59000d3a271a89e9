/** @file Shapes of the operators that move elements and leave their values alone. */
import { ShapeError } from "../../errors.ts";
import { showShape, type Dim, type Shape, type TensorType } from "../types.ts";
import { broadcast, checkAxis, operand, sameDType, type ShapeRules } from "./common.ts";

/** The part of a shape's size that is known, and the names of the dimensions that are not. */
function sizeKey(shape: Shape): string {
  const known = shape.reduce<number>((p, dim) => (typeof dim === "number" ? p * dim : p), 1);
  const names = shape.filter((dim) => typeof dim === "string").sort();
  return [known, ...names].join("·");
}

/** The shape that a `Shape` node reads, carried by its type so that `Expand` stays eager. */
export interface ShapeVector extends TensorType {
  readonly of: Shape;
}

function isIndex({ dtype }: TensorType): boolean {
  return dtype === "int32" || dtype === "int64";
}

function sliceLength(dim: Dim, start: number, end: number, step: number): Dim {
  if (!Number.isInteger(step) || step < 1)
    throw new ShapeError(`steps must be whole numbers of at least 1, got ${step}`);
  if (typeof dim === "string") {
    if (start === 0 && end >= Number.MAX_SAFE_INTEGER && step === 1) return dim;
    throw new ShapeError(`axis of unknown length "${dim}" cannot be cut`);
  }
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + dim : at, 0), dim);
  return Math.max(0, Math.ceil((clamp(end) - clamp(start)) / step));
}

function paddedLength(dim: Dim, before: number, after: number): Dim {
  if (before === 0 && after === 0) return dim;
  if (typeof dim === "string")
    throw new ShapeError(`axis of unknown length "${dim}" cannot be padded`);
  return before + dim + after;
}

export const placeShapes: ShapeRules<
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
  Shape: (inputs) => {
    const { shape } = operand(inputs, 0);
    const type: ShapeVector = { dtype: "int64", shape: [shape.length], of: shape };
    return [type];
  },
  Size: (inputs) => (operand(inputs, 0), [{ dtype: "int64", shape: [] }]),
  Expand: (inputs) => {
    const [x, target] = [operand(inputs, 0), operand(inputs, 1)];
    if (!("of" in target)) throw new ShapeError("input 1 must come from a Shape node");
    return [{ dtype: x.dtype, shape: broadcast(x.shape, (target as ShapeVector).of) }];
  },
  Reshape: (inputs, { shape }) => {
    const x = operand(inputs, 0);
    if (sizeKey(x.shape) !== sizeKey(shape))
      throw new ShapeError(`sizes differ: ${showShape(x.shape)} and ${showShape(shape)}`);
    if (shape.filter((dim) => typeof dim === "string").length > 1)
      throw new ShapeError(`more than one unknown length in ${showShape(shape)}`);
    return [{ dtype: x.dtype, shape }];
  },
  Transpose: (inputs, { perm }) => {
    const x = operand(inputs, 0);
    const axes = [...perm].sort((a, b) => a - b);
    if (axes.length !== x.shape.length || axes.some((axis, at) => axis !== at))
      throw new ShapeError(
        `perm [${perm.join(", ")}] does not order the axes of ${showShape(x.shape)}`,
      );
    return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis] ?? 1) }];
  },
  Concat: (inputs, { axis }) => {
    const first = operand(inputs, 0);
    const dtype = sameDType(inputs);
    checkAxis(axis, first.shape.length);
    let length = 0;
    for (const { shape } of inputs) {
      const fits =
        shape.length === first.shape.length &&
        shape.every((dim, at) => at === axis || dim === first.shape[at]);
      if (!fits)
        throw new ShapeError(
          `shapes differ off axis ${axis}: ${showShape(first.shape)} and ${showShape(shape)}`,
        );
      const dim = shape[axis] ?? 0;
      if (typeof dim === "string") throw new ShapeError(`axis ${axis} has unknown length "${dim}"`);
      length += dim;
    }
    return [{ dtype, shape: first.shape.map((dim, at) => (at === axis ? length : dim)) }];
  },
  Slice: (inputs, { starts, ends, axes, steps = [] }) => {
    const x = operand(inputs, 0);
    const shape = [...x.shape];
    axes.forEach((axis, at) => {
      const dim = shape[checkAxis(axis, shape.length)] ?? 1;
      shape[axis] = sliceLength(dim, starts[at] ?? 0, ends[at] ?? 0, steps[at] ?? 1);
    });
    return [{ dtype: x.dtype, shape }];
  },
  Pad: (inputs, { pads }) => {
    const x = operand(inputs, 0);
    const rank = x.shape.length;
    if (pads.length !== 2 * rank || !pads.every((n) => Number.isInteger(n) && n >= 0))
      throw new ShapeError(
        `pads must be ${2 * rank} whole numbers of at least 0, got [${pads.join(", ")}]`,
      );
    const shape = x.shape.map((dim, axis) =>
      paddedLength(dim, pads[axis] ?? 0, pads[axis + rank] ?? 0),
    );
    return [{ dtype: x.dtype, shape }];
  },
  // data [..., n, ...], indices [...k] -> [..., ...k, ...]
  Gather: (inputs, { axis }) => {
    const [x, indices] = [operand(inputs, 0), operand(inputs, 1)];
    if (!isIndex(indices))
      throw new ShapeError(`indices must be int32 or int64, got ${indices.dtype}`);
    checkAxis(axis, x.shape.length);
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return [{ dtype: x.dtype, shape }];
  },
  // data [n1 … nr], indices [...k, q] -> [...k, n(q+1) … nr]
  GatherND: (inputs) => {
    const [x, indices] = [operand(inputs, 0), operand(inputs, 1)];
    const depth = indices.shape.at(-1);
    if (indices.dtype !== "int64" || typeof depth !== "number" || depth > x.shape.length)
      throw new ShapeError(
        `indices ${indices.dtype}${showShape(indices.shape)} do not point into ${showShape(x.shape)}`,
      );
    return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(depth)] }];
  },
  ScatterND: (inputs) => {
    const [x, indices, updates] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    const depth = indices.shape.at(-1);
    if (indices.dtype !== "int64" || typeof depth !== "number" || depth > x.shape.length)
      throw new ShapeError(
        `indices ${indices.dtype}${showShape(indices.shape)} do not point into ${showShape(x.shape)}`,
      );
    const expected = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
    if (showShape(expected) !== showShape(updates.shape))
      throw new ShapeError(
        `updates must be ${showShape(expected)}, got ${showShape(updates.shape)}`,
      );
    return [{ dtype: sameDType([x, updates]), shape: x.shape }];
  },
};
