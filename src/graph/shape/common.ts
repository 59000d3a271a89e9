/** @file What the shape rules share: operands, dtypes, axes and the broadcasting rule. */
import { ShapeError } from "../../errors.ts";
import type { Op, Operators } from "../operators.ts";
import { isFloat, showShape, type Dim, type DType, type Shape, type TensorType } from "../types.ts";

/** Output types of one operator from its inputs and attributes. @throws ShapeError */
export type ShapeRule<P extends Op> = (
  inputs: readonly TensorType[],
  attributes: Operators[P],
) => readonly TensorType[];

export type ShapeRules<P extends Op = Op> = { readonly [Q in P]: ShapeRule<Q> };

/** Input `index`, which must be there. @throws ShapeError */
export function operand(inputs: readonly TensorType[], index: number): TensorType {
  const value = inputs[index];
  if (value === undefined) throw new ShapeError(`input ${index} is missing`);
  return value;
}

/** Requires a floating-point operand. @throws ShapeError */
export function floatOperand(inputs: readonly TensorType[], index: number): TensorType {
  const value = operand(inputs, index);
  if (isFloat(value.dtype)) return value;
  throw new ShapeError(`input ${index} must be float32 or float64, got ${value.dtype}`);
}

/** Requires one dtype for all inputs. @throws ShapeError */
export function sameDType(inputs: readonly TensorType[]): DType {
  const [first, ...rest] = inputs;
  if (first === undefined) throw new ShapeError("no inputs");
  for (const other of rest)
    if (other.dtype !== first.dtype)
      throw new ShapeError(`dtypes differ: ${first.dtype} and ${other.dtype}`);
  return first.dtype;
}

/** `axis` of a value of rank `rank`. @throws ShapeError */
export function checkAxis(axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= 0 && axis < rank) return axis;
  throw new ShapeError(`axis must be in 0 … ${rank - 1}, got ${axis}`);
}

/** The shape that `a` and `b` broadcast to, as numpy does. @throws ShapeError */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis): Dim => {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    if (p === q || q === 1) return p;
    if (p === 1) return q;
    throw new ShapeError(`shapes do not broadcast: ${showShape(a)} and ${showShape(b)}`);
  });
}
