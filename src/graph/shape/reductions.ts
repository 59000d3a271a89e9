/** @file Shapes of the reductions. */
import { ShapeError } from "../../errors.ts";
import type { Reduction } from "../operators.ts";
import type { Dim, Shape, TensorType } from "../types.ts";
import { checkAxis, floatOperand, operand, type ShapeRules } from "./common.ts";

/** The shape left when `axes` (all of them when empty) are reduced. */
export function reducedShape(shape: Shape, { axes, keepdims }: Reduction): Shape {
  axes.forEach((axis) => checkAxis(axis, shape.length));
  const reduced = (axis: number) => axes.length === 0 || axes.includes(axis);
  if (keepdims) return shape.map((dim, axis): Dim => (reduced(axis) ? 1 : dim));
  return shape.filter((_, axis) => !reduced(axis));
}

const reducing = (inputs: readonly TensorType[], reduction: Reduction): readonly TensorType[] => {
  const { dtype, shape } = floatOperand(inputs, 0);
  return [{ dtype, shape: reducedShape(shape, reduction) }];
};

function numbers(inputs: readonly TensorType[]): TensorType {
  const value = operand(inputs, 0);
  if (value.dtype === "bool") throw new ShapeError("input 0 must be numbers, got bool");
  return value;
}

const alongAxis = (
  inputs: readonly TensorType[],
  { axis }: { readonly axis: number },
): readonly TensorType[] => {
  const { dtype, shape } = floatOperand(inputs, 0);
  checkAxis(axis, shape.length);
  return [{ dtype, shape }];
};

export const reductionShapes: ShapeRules<
  | "ReduceSum"
  | "ReduceMean"
  | "ReduceMax"
  | "ReduceSumSquare"
  | "Softmax"
  | "LogSoftmax"
  | "ArgMax"
  | "TopK"
> = {
  ReduceSum: reducing,
  ReduceMean: reducing,
  ReduceMax: reducing,
  ReduceSumSquare: reducing,
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  ArgMax: (inputs, { axis, keepdims }) => {
    const { shape } = numbers(inputs);
    checkAxis(axis, shape.length);
    return [{ dtype: "int64", shape: reducedShape(shape, { axes: [axis], keepdims }) }];
  },
  TopK: (inputs, { axis, k }) => {
    const { dtype, shape } = numbers(inputs);
    const length = shape[checkAxis(axis, shape.length)] ?? 0;
    if (k < 1 || (typeof length === "number" && k > length))
      throw new ShapeError(`k must be in 1 … ${length}, got ${k}`);
    const top = shape.map((dim, at): Dim => (at === axis ? k : dim));
    return [
      { dtype, shape: top },
      { dtype: "int64", shape: top },
    ];
  },
};
