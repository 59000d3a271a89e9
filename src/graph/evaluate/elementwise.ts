/** @file Reference loops of the operators that work element by element. */
import type { Operators } from "../operators.ts";
import type { ElementwiseOp } from "../shape/elementwise.ts";
import { allocate, isFloat, type Tensor } from "../types.ts";
import { broadcastShapes, map, repeated, zip, type EvaluateRules } from "./common.ts";
import { erf } from "./erf.ts";

type Inputs = readonly [Tensor, Tensor, ...Tensor[]];

const unary =
  (f: (x: number) => number) =>
  ([x]: readonly [Tensor, ...Tensor[]]) => [map(x, f)];

const binary =
  (f: (a: number, b: number) => number) =>
  ([a, b]: Inputs) => [zip(a, b, f)];

const compare =
  (f: (a: number, b: number) => boolean) =>
  ([a, b]: Inputs) => [zip(a, b, (p, q) => Number(f(p, q)), "bool")];

/** Arithmetic that wraps at 32 bits for int32, as the hardware's does. */
const arithmetic =
  (float: (a: number, b: number) => number, int: (a: number, b: number) => number) =>
  ([a, b]: Inputs) => [zip(a, b, a.dtype === "int32" ? int : float)];

/** Quotients of integers are cut towards zero. */
const divide = ([a, b]: Inputs) => [
  zip(a, b, isFloat(a.dtype) ? (p, q) => p / q : (p, q) => Math.trunc(p / q)),
];

const truncating = ([x]: readonly [Tensor, ...Tensor[]], { to }: Operators["Cast"]) => {
  if (to === "bool") return [map(x, (v) => Number(v !== 0), to)];
  return [isFloat(to) ? map(x, (v) => v, to) : map(x, Math.trunc, to)];
};

export const elementwiseLoops: EvaluateRules<ElementwiseOp> = {
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Erf: unary(erf),
  Sigmoid: unary((x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))),
  Tanh: unary(Math.tanh),
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Relu: unary((x) => (x < 0 ? 0 : x)), // NaN stays NaN
  LeakyRelu: ([x], { alpha }) => [map(x, (v) => (v < 0 ? alpha * v : v))],
  Elu: ([x], { alpha }) => [map(x, (v) => (v < 0 ? alpha * Math.expm1(v) : v))],
  HardSigmoid: ([x], { alpha, beta }) => [
    map(x, (v) => Math.max(0, Math.min(1, alpha * v + beta))),
  ],
  Identity: ([x]) => [x],
  Not: unary((x) => 1 - x),
  Cast: truncating,
  Add: arithmetic(
    (a, b) => a + b,
    (a, b) => (a + b) | 0,
  ),
  Sub: arithmetic(
    (a, b) => a - b,
    (a, b) => (a - b) | 0,
  ),
  Mul: arithmetic((a, b) => a * b, Math.imul),
  Div: divide,
  Pow: binary(Math.pow),
  Max: binary(Math.max),
  Min: binary(Math.min),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Equal: compare((a, b) => a === b),
  And: binary((a, b) => a & b),
  Or: binary((a, b) => a | b),
  Where: ([condition, a, b]) => {
    const shape = broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape));
    const [chosen, p, q] = [repeated(condition, shape), repeated(a, shape), repeated(b, shape)];
    const data = allocate(a.dtype, chosen.length);
    for (let i = 0; i < data.length; i++) data[i] = chosen[i] ? p[i]! : q[i]!;
    return [{ dtype: a.dtype, shape, data }];
  },
};
