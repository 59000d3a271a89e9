/**
 * @file The operators of the graph: a closed subset of ONNX, with ONNX's names, attributes and semantics.
 *
 * What ONNX passes as a constant input (axes, a target shape, slice bounds) is an attribute here and
 * becomes a constant input again when the graph is written. An operator is added by one line here and
 * one row in each table: `shape`, `vjp`, `evaluate` and `encode`; the compiler lists what is missing.
 */
import type { Dim, DType } from "./types.ts";

/** An operator without attributes. */
export type None = object;

export interface Reduction {
  /** Axes to reduce, each in 0 … rank − 1; all of them when empty. */
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** Attributes of a sliding window over the spatial axes of [N, C, ...spatial]. */
export interface Window {
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  /** Begin of every spatial axis, then end of every spatial axis. */
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

export interface LossAttributes {
  readonly reduction: "none" | "sum" | "mean";
  /** A label whose examples count for nothing. */
  readonly ignoreIndex?: number;
}

/** Every operator with the attributes it carries. */
export interface Operators {
  // element by element, one input
  Neg: None;
  Abs: None;
  Sign: None;
  Exp: None;
  Log: None;
  Sqrt: None;
  Reciprocal: None;
  Erf: None;
  Sigmoid: None;
  Tanh: None;
  Softplus: None;
  Relu: None;
  LeakyRelu: { readonly alpha: number };
  Elu: { readonly alpha: number };
  HardSigmoid: { readonly alpha: number; readonly beta: number };
  Identity: None;
  Not: None;
  Cast: { readonly to: DType };
  // element by element with broadcasting
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Pow: None;
  Max: None;
  Min: None;
  Less: None;
  LessOrEqual: None;
  Greater: None;
  GreaterOrEqual: None;
  Equal: None;
  And: None;
  Or: None;
  Where: None;
  // linear algebra
  MatMul: None;
  Gemm: {
    readonly alpha: number;
    readonly beta: number;
    readonly transA: boolean;
    readonly transB: boolean;
  };
  // reductions
  ReduceSum: Reduction;
  ReduceMean: Reduction;
  ReduceMax: Reduction;
  ReduceSumSquare: Reduction;
  Softmax: { readonly axis: number };
  LogSoftmax: { readonly axis: number };
  ArgMax: { readonly axis: number; readonly keepdims: boolean };
  TopK: { readonly axis: number; readonly k: number; readonly largest: boolean };
  // shapes and places
  Shape: None;
  Size: None;
  Expand: None;
  Reshape: { readonly shape: readonly Dim[] };
  Transpose: { readonly perm: readonly number[] };
  Concat: { readonly axis: number };
  Slice: {
    readonly starts: readonly number[];
    readonly ends: readonly number[];
    readonly axes: readonly number[];
    /** From one element to the next, at least 1; all 1 when absent. */
    readonly steps?: readonly number[];
  };
  /** Zeros around: those before every axis, then those after. */
  Pad: { readonly pads: readonly number[] };
  Gather: { readonly axis: number };
  GatherND: None;
  ScatterND: { readonly reduction: "none" | "add" };
  // windows
  Conv: Window & { readonly group: number };
  ConvTranspose: Window & { readonly group: number; readonly outputPadding: readonly number[] };
  MaxPool: Window & { readonly ceilMode: boolean };
  AveragePool: Window & { readonly ceilMode: boolean; readonly countIncludePad: boolean };
  /** Every element `scales` times along each spatial axis, whole numbers: mode "nearest", coordinates "asymmetric", rounding "floor". */
  Resize: { readonly scales: readonly number[] };
  // losses of ONNX, kept for interchange: the losses of `nn/` are composed from the operators above
  NegativeLogLikelihoodLoss: LossAttributes;
  SoftmaxCrossEntropyLoss: LossAttributes;
}

export type Op = keyof Operators;

/** One row an operator: the shape of every pass over the graph. */
export type Table<Row extends Record<Op, unknown>> = { readonly [P in Op]: Row[P] };
