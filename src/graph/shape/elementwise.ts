/** @file Shapes of the operators that work element by element. */
import { ShapeError } from "../../errors.ts";
import { isFloat, type TensorType } from "../types.ts";
import { broadcast, floatOperand, operand, sameDType, type ShapeRules } from "./common.ts";

const unchanged = (inputs: readonly TensorType[]): readonly TensorType[] => {
  const { dtype, shape } = floatOperand(inputs, 0);
  return [{ dtype, shape }];
};

function numbers({ dtype }: TensorType): void {
  if (dtype === "bool") throw new ShapeError("inputs must be numbers, got bool");
}

const broadcasting = (inputs: readonly TensorType[]): readonly TensorType[] => {
  const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
  const dtype = sameDType([a, b]);
  numbers(a);
  return [{ dtype, shape: broadcast(a.shape, b.shape) }];
};

/** Equality of any two of one dtype. */
const equating = (inputs: readonly TensorType[]): readonly TensorType[] => {
  const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
  sameDType([a, b]);
  return [{ dtype: "bool", shape: broadcast(a.shape, b.shape) }];
};

const comparing = (inputs: readonly TensorType[]): readonly TensorType[] => {
  numbers(operand(inputs, 0));
  return equating(inputs);
};

const logical = (inputs: readonly TensorType[]): readonly TensorType[] => {
  const [a, b] = [operand(inputs, 0), operand(inputs, 1)];
  if (a.dtype !== "bool" || b.dtype !== "bool")
    throw new ShapeError(`inputs must be bool, got ${a.dtype} and ${b.dtype}`);
  return [{ dtype: "bool", shape: broadcast(a.shape, b.shape) }];
};

const signed = (inputs: readonly TensorType[]): readonly TensorType[] => {
  const { dtype, shape } = operand(inputs, 0);
  if (!isFloat(dtype) && dtype !== "int32" && dtype !== "int64")
    throw new ShapeError(`input 0 must be signed numbers, got ${dtype}`);
  return [{ dtype, shape }];
};

/** The operators that work element by element. */
export type ElementwiseOp =
  | "Neg"
  | "Abs"
  | "Sign"
  | "Exp"
  | "Log"
  | "Sqrt"
  | "Reciprocal"
  | "Erf"
  | "Sigmoid"
  | "Tanh"
  | "Softplus"
  | "Relu"
  | "LeakyRelu"
  | "Elu"
  | "HardSigmoid"
  | "Identity"
  | "Not"
  | "Cast"
  | "Add"
  | "Sub"
  | "Mul"
  | "Div"
  | "Pow"
  | "Max"
  | "Min"
  | "Less"
  | "LessOrEqual"
  | "Greater"
  | "GreaterOrEqual"
  | "Equal"
  | "And"
  | "Or"
  | "Where";

export const elementwiseShapes: ShapeRules<ElementwiseOp> = {
  Neg: signed,
  Abs: signed,
  Sign: signed,
  Exp: unchanged,
  Log: unchanged,
  Sqrt: unchanged,
  Reciprocal: unchanged,
  Erf: unchanged,
  Sigmoid: unchanged,
  Tanh: unchanged,
  Softplus: unchanged,
  Relu: unchanged,
  LeakyRelu: unchanged,
  Elu: unchanged,
  HardSigmoid: unchanged,
  Identity: (inputs) => [{ dtype: operand(inputs, 0).dtype, shape: operand(inputs, 0).shape }],
  Not: (inputs) => logical([operand(inputs, 0), operand(inputs, 0)]),
  Cast: (inputs, { to }) => [{ dtype: to, shape: operand(inputs, 0).shape }],
  Add: broadcasting,
  Sub: broadcasting,
  Mul: broadcasting,
  Div: broadcasting,
  Pow: broadcasting,
  Max: broadcasting,
  Min: broadcasting,
  Less: comparing,
  LessOrEqual: comparing,
  Greater: comparing,
  GreaterOrEqual: comparing,
  Equal: equating,
  And: logical,
  Or: logical,
  Where: (inputs) => {
    const [condition, a, b] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    if (condition.dtype !== "bool")
      throw new ShapeError(`condition must be bool, got ${condition.dtype}`);
    const dtype = sameDType([a, b]);
    numbers(a); // ONNX Runtime chooses among numbers only
    return [{ dtype, shape: broadcast(condition.shape, broadcast(a.shape, b.shape)) }];
  },
};
