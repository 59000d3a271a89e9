/** @file Vector-Jacobian products of the operators that work element by element; broadcasting is undone by the walk. */
import {
  add,
  and,
  cast,
  div,
  equal,
  exp,
  greater,
  hardSigmoid,
  less,
  log,
  mul,
  neg,
  pow,
  sigmoid,
  sign,
  sub,
} from "../ops.ts";
import { isFloat } from "../types.ts";
import type { Value } from "../value.ts";
import { noGradient, type VjpRules } from "./common.ts";
import type { ElementwiseOp } from "../shape/elementwise.ts";

/** 1 where x > 0 and 0 elsewhere, as numbers: one cheap kernel in place of a comparison and a cast. */
export const step = (x: Value): Value => hardSigmoid(x, 1e38, 0);

/** 1 where a wins, ½ where a = b, 0 elsewhere. */
const share = (wins: Value, ties: Value, like: Value): Value =>
  add(cast(wins, like.dtype), mul(cast(ties, like.dtype), 0.5));

export const elementwiseVjps: VjpRules<ElementwiseOp> = {
  // d(-x) = -dx
  Neg: ({ dy }) => [() => neg(dy)],
  // d|x| = sign(x) dx
  Abs: ({ inputs: [x], dy }) => [() => mul(dy, sign(x))],
  Sign: noGradient,
  // d eˣ = eˣ dx
  Exp: ({ y, dy }) => [() => mul(dy, y)],
  // d log x = dx / x
  Log: ({ inputs: [x], dy }) => [() => div(dy, x)],
  // d √x = dx / (2 √x)
  Sqrt: ({ y, dy }) => [() => div(mul(dy, 0.5), y)],
  // d(1/x) = -dx / x²
  Reciprocal: ({ y, dy }) => [() => neg(mul(dy, mul(y, y)))],
  // d erf x = 2/√π exp(-x²) dx
  Erf: ({ inputs: [x], dy }) => [() => mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  // dσ = σ (1 - σ) dx
  Sigmoid: ({ y, dy }) => [() => mul(dy, mul(y, sub(1, y)))],
  // d tanh = (1 - tanh²) dx
  Tanh: ({ y, dy }) => [() => mul(dy, sub(1, mul(y, y)))],
  // d log(1 + eˣ) = σ(x) dx
  Softplus: ({ inputs: [x], dy }) => [() => mul(dy, sigmoid(x))],
  // d max(0, x) = [x > 0] dx
  Relu: ({ y, dy }) => [() => mul(dy, step(y))],
  // [x > 0] dx + α [x ≤ 0] dx
  LeakyRelu: ({ inputs: [x], attributes: { alpha }, dy }) => [
    () => mul(dy, add(mul(step(x), 1 - alpha), alpha)),
  ],
  // dx where x > 0, α eˣ dx = (y + α) dx elsewhere
  Elu: ({ inputs: [x], y, attributes: { alpha }, dy }) => [
    () => mul(dy, add(step(x), mul(sub(1, step(x)), add(y, alpha)))),
  ],
  // α dx where 0 < αx + β < 1
  HardSigmoid: ({ y, attributes: { alpha }, dy }) => [
    () => mul(dy, mul(cast(and(greater(y, 0), less(y, 1)), y.dtype), alpha)),
  ],
  Identity: ({ dy }) => [() => dy],
  Not: noGradient,
  Cast: ({ inputs: [x], y, dy }) => [
    isFloat(x.dtype) && isFloat(y.dtype) ? () => cast(dy, x.dtype) : undefined,
  ],
  Add: ({ dy }) => [() => dy, () => dy],
  Sub: ({ dy }) => [() => dy, () => neg(dy)],
  // d(ab) = b da + a db,  d(a²) = 2a da
  Mul: ({ inputs: [a, b], dy }) =>
    a === b ? [() => mul(mul(dy, 2), a)] : [() => mul(dy, b), () => mul(dy, a)],
  // d(a/b) = da / b - (a/b) db / b
  Div: ({ inputs: [, b], y, dy }) => [() => div(dy, b), () => neg(div(mul(dy, y), b))],
  // d(aᵇ) = b aᵇ⁻¹ da + aᵇ log a db
  Pow: ({ inputs: [a, b], y, dy }) => [
    () => mul(dy, mul(b, pow(a, sub(b, 1)))),
    () => mul(dy, mul(y, log(a))),
  ],
  // the gradient goes to the larger operand, in halves to equal ones
  Max: ({ inputs: [a, b], dy }) => [
    () => mul(dy, share(greater(a, b), equal(a, b), dy)),
    () => mul(dy, share(less(a, b), equal(a, b), dy)),
  ],
  Min: ({ inputs: [a, b], dy }) => [
    () => mul(dy, share(less(a, b), equal(a, b), dy)),
    () => mul(dy, share(greater(a, b), equal(a, b), dy)),
  ],
  Less: noGradient,
  LessOrEqual: noGradient,
  Greater: noGradient,
  GreaterOrEqual: noGradient,
  Equal: noGradient,
  And: noGradient,
  Or: noGradient,
  Where: ({ inputs: [condition], dy }) => [
    undefined,
    () => mul(dy, cast(condition, dy.dtype)),
    () => mul(dy, sub(1, cast(condition, dy.dtype))),
  ],
};
