/**
 * @file The operators as functions: `add(x, matMul(a, b))` builds nodes.
 * Numbers among the operands become constants of the other operand's dtype.
 */
import { finite, InputError, knownOptions, list, object, show, wholeNumber } from "../errors.ts";
import { valueOf } from "./checks.ts";
import type { Op, Operators, Reduction } from "./operators.ts";
import { tensor, type Dim, type DType } from "./types.ts";
import { apply, applyAll, constant, type Value } from "./value.ts";

/** A value, or a number that takes the dtype of the value beside it. */
export type Operand = Value | number;

/** A constant of one element, of the dtype of `like`. */
export function scalar(value: number, like: { readonly dtype: DType }): Value {
  const { dtype } = object("like", like, "a value of a graph");
  return constant(tensor(dtype, [], [finite("value", value)]));
}

/** The operators without attributes. */
type Plain = { [P in Op]: object extends Operators[P] ? P : never }[Op];

const unary =
  (op: Plain) =>
  (x: Value): Value =>
    apply(op, {}, x);

const binary =
  (op: Plain) =>
  (a: Operand, b: Operand): Value => {
    if (typeof a !== "number") return apply(op, {}, a, typeof b === "number" ? scalar(b, a) : b);
    if (typeof b !== "number") return apply(op, {}, scalar(a, b), b);
    throw new InputError(
      `${op} needs a value of a graph on one side, got ${show(a)} and ${show(b)}`,
    );
  };

/** -x. */
export const neg: (x: Value) => Value = unary("Neg");
/** |x|. */
export const abs: (x: Value) => Value = unary("Abs");
/** -1, 0 or 1; no gradient flows through it. */
export const sign: (x: Value) => Value = unary("Sign");
/** eˣ. */
export const exp: (x: Value) => Value = unary("Exp");
/** Natural logarithm. */
export const log: (x: Value) => Value = unary("Log");
/** √x. */
export const sqrt: (x: Value) => Value = unary("Sqrt");
/** 1 / x. */
export const reciprocal: (x: Value) => Value = unary("Reciprocal");
/** 2/√π ∫₀ˣ exp(-t²) dt; ONNX Runtime has it in float32 only. */
export const erf: (x: Value) => Value = unary("Erf");
/** 1 / (1 + e⁻ˣ). */
export const sigmoid: (x: Value) => Value = unary("Sigmoid");
/** (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ). */
export const tanh: (x: Value) => Value = unary("Tanh");
/** log(1 + eˣ). */
export const softplus: (x: Value) => Value = unary("Softplus");
/** max(0, x); its gradient at 0 is 0. */
export const relu: (x: Value) => Value = unary("Relu");
/** Of a bool value. */
export const not: (x: Value) => Value = unary("Not");

/** a + b, broadcast. */
export const add: (a: Operand, b: Operand) => Value = binary("Add");
/** a - b, broadcast. */
export const sub: (a: Operand, b: Operand) => Value = binary("Sub");
/** a b, element by element, broadcast. */
export const mul: (a: Operand, b: Operand) => Value = binary("Mul");
/** a / b, broadcast; quotients of integers are cut towards zero. */
export const div: (a: Operand, b: Operand) => Value = binary("Div");
/** aᵇ, broadcast. */
export const pow: (a: Operand, b: Operand) => Value = binary("Pow");
/** The larger of a and b, broadcast; the gradient goes to equal ones in halves. */
export const max: (a: Operand, b: Operand) => Value = binary("Max");
/** The smaller of a and b, broadcast; the gradient goes to equal ones in halves. */
export const min: (a: Operand, b: Operand) => Value = binary("Min");
/** a < b, broadcast; bool. */
export const less: (a: Operand, b: Operand) => Value = binary("Less");
/** a ≤ b, broadcast; bool. */
export const lessOrEqual: (a: Operand, b: Operand) => Value = binary("LessOrEqual");
/** a > b, broadcast; bool. */
export const greater: (a: Operand, b: Operand) => Value = binary("Greater");
/** a ≥ b, broadcast; bool. */
export const greaterOrEqual: (a: Operand, b: Operand) => Value = binary("GreaterOrEqual");
/** a = b, broadcast; bool. */
export const equal: (a: Operand, b: Operand) => Value = binary("Equal");
/** a and b, broadcast; bool. */
export const and: (a: Value, b: Value) => Value = binary("And");
/** a or b, broadcast; bool. */
export const or: (a: Value, b: Value) => Value = binary("Or");

/** x where x > 0, α x elsewhere. */
export function leakyRelu(x: Value, alpha = 0.01): Value {
  return apply("LeakyRelu", { alpha }, x);
}

/** x where x > 0, α (eˣ - 1) elsewhere. */
export function elu(x: Value, alpha = 1): Value {
  return apply("Elu", { alpha }, x);
}

/** max(0, min(1, α x + β)). */
export function hardSigmoid(x: Value, alpha = 0.2, beta = 0.5): Value {
  return apply("HardSigmoid", { alpha, beta }, x);
}

/** `x` itself, as a node of its own. */
export function identity(x: Value): Value {
  return apply("Identity", {}, x);
}

/** `x` in another dtype; `x` itself when it has that dtype already. */
export function cast(x: Value, to: DType): Value {
  return valueOf("Cast: input 0", x).dtype === to ? x : apply("Cast", { to }, x);
}

/** `a` where `condition` is true, `b` elsewhere. */
export function where(condition: Value, a: Value, b: Operand): Value {
  return apply("Where", {}, condition, a, typeof b === "number" ? scalar(b, a) : b);
}

/** A B; [..., m, k] × [..., k, n] -> [..., m, n], leading axes broadcast. @throws ShapeError */
export function matMul(a: Value, b: Value): Value {
  return apply("MatMul", {}, a, b);
}

/** α A' B' + β C; A' [m, k], B' [k, n] transposed on request, C broadcast to [m, n] -> [m, n]. @throws ShapeError */
export function gemm(
  a: Value,
  b: Value,
  c?: Value,
  options: Partial<Operators["Gemm"]> = {},
): Value {
  knownOptions("gemm", options, ["alpha", "beta", "transA", "transB"]);
  const { alpha = 1, beta = 1, transA = false, transB = false } = options;
  return apply("Gemm", { alpha, beta, transA, transB }, a, b, ...(c === undefined ? [] : [c]));
}

/** Axes to reduce; negative axes count from the end, and no axes means all of them. */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  readonly keepdims?: boolean;
}

function reduction(x: Value, options: ReduceOptions): Reduction {
  knownOptions("a reduction", options, ["axes", "keepdims"]);
  const { axes = [], keepdims = false } = options;
  return { axes: list("axes", axes, "[0]").map((axis) => fromEnd(axis, x)), keepdims };
}

/** `axis` counted from the start; one out of range stays as it is, for the error. */
const fromEnd = (axis: number, x: Value): number =>
  axis < 0 && axis >= -valueOf("input 0", x).shape.length ? axis + x.shape.length : axis;

/** Σ x over `axes`; [..., n, ...] -> [..., ...]. @throws ShapeError for an axis out of range. */
export function reduceSum(x: Value, options: ReduceOptions = {}): Value {
  return apply("ReduceSum", reduction(x, options), x);
}

/** Σ x / n over `axes`. */
export function reduceMean(x: Value, options: ReduceOptions = {}): Value {
  return apply("ReduceMean", reduction(x, options), x);
}

/** The largest element over `axes`; the gradient goes to equal ones in equal shares. */
export function reduceMax(x: Value, options: ReduceOptions = {}): Value {
  return apply("ReduceMax", reduction(x, options), x);
}

/** Σ x² over `axes`. */
export function reduceSumSquare(x: Value, options: ReduceOptions = {}): Value {
  return apply("ReduceSumSquare", reduction(x, options), x);
}

/** eˣ / Σ eˣ along `axis`. */
export function softmax(x: Value, axis = -1): Value {
  return apply("Softmax", { axis: fromEnd(axis, x) }, x);
}

/** x - log Σ eˣ along `axis`. */
export function logSoftmax(x: Value, axis = -1): Value {
  return apply("LogSoftmax", { axis: fromEnd(axis, x) }, x);
}

/** Index of the largest element along `axis`, the first of equals; int64. */
export function argMax(x: Value, axis = -1, keepdims = false): Value {
  return apply("ArgMax", { axis: fromEnd(axis, x), keepdims }, x);
}

/** The `k` largest along `axis` in falling order, and their indices (int64). */
export function topK(x: Value, k: number, axis = -1): readonly [values: Value, indices: Value] {
  const [values, indices] = applyAll("TopK", { axis: fromEnd(axis, x), k, largest: true }, [x]);
  if (values === undefined || indices === undefined)
    throw new Error("internal: TopK has two outputs");
  return [values, indices];
}

/** Lengths of the axes of `x`; int64 [rank]. */
export function shapeOf(x: Value): Value {
  return apply("Shape", {}, x);
}

/** Number of elements of `x` when the graph runs; int64 []. */
export function size(x: Value): Value {
  return apply("Size", {}, x);
}

/** `x` repeated to the shape of `like`. */
export function expandLike(x: Value, like: Value): Value {
  return apply("Expand", {}, x, shapeOf(like));
}

/** The elements in a new shape, row-major; at most one length may be a name. @throws ShapeError when the sizes differ. */
export function reshape(x: Value, shape: readonly Dim[]): Value {
  return apply("Reshape", { shape }, x);
}

/** Axes in a new order; reversed by default. */
export function transpose(x: Value, perm?: readonly number[]): Value {
  const { shape } = valueOf("Transpose: input 0", x);
  return apply("Transpose", { perm: perm ?? shape.map((_, axis) => shape.length - 1 - axis) }, x);
}

/** Values one after the other along `axis`; [a, ...], [b, ...] -> [a + b, ...]. */
export function concat(values: readonly Value[], axis = 0): Value {
  return apply("Concat", { axis }, ...list("values", values, "[a, b]"));
}

/** Elements `starts` … `ends` (not included) of each of `axes`, every one or one in `steps`; negative places count from the end. */
export function slice(x: Value, cut: Operators["Slice"]): Value {
  const { starts, ends, axes, steps } = object("cut", cut);
  return apply("Slice", { starts, ends, axes, ...(steps !== undefined && { steps }) }, x);
}

/** Zeros around `x`: `pads` has those before every axis, then those after; `x` itself when they are all 0. @throws ShapeError */
export function pad(x: Value, pads: readonly number[]): Value {
  return list("pads", pads, "[0, 0, 1, 1]").every((n) => n === 0) ? x : apply("Pad", { pads }, x);
}

/** Part `at` of `count` equal parts of `axis`; `x` itself when there is one. */
export function part(x: Value, axis: number, at: number, count: number): Value {
  wholeNumber("at", at, 0);
  if (wholeNumber("count", count) === 1) return x;
  const length = Number(valueOf("part: input 0", x).shape[axis]) / count;
  return slice(x, { starts: [at * length], ends: [(at + 1) * length], axes: [axis] });
}

/** Rows of `x` along `axis` at integer `indices`; [a, n, b], [...k] -> [a, ...k, b]. Rows that are read twice get both gradients. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  return apply("Gather", { axis }, x, indices);
}

/** The elements that the rows of `indices` point to; [n1 … nr], int64 [...k, q] -> [...k, n(q+1) … nr]. */
export function gatherND(x: Value, indices: Value): Value {
  return apply("GatherND", {}, x, indices);
}

/** `x` with `updates` added at (or put in place of) the elements that `indices` point to. */
export function scatterND(
  x: Value,
  indices: Value,
  updates: Value,
  reduction: "none" | "add" = "add",
): Value {
  return apply("ScatterND", { reduction }, x, indices, updates);
}
