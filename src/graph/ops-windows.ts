/** @file Convolutions, pools and ONNX's own losses as functions; automatic padding is resolved as they are built. */
import { ShapeError } from "../errors.ts";
import type { LossAttributes, Window } from "./operators.ts";
import { showShape } from "./types.ts";
import { apply, applyAll, type Value } from "./value.ts";

/** How padding is chosen: none, or as much as keeps ⌈n / stride⌉ places, the odd one at the end or the beginning. */
export type AutoPad = "valid" | "same-upper" | "same-lower";

/** Options of every sliding window; each array has one entry a spatial axis (`pads`: all begins, then all ends). */
export interface WindowOptions {
  /** 1 by default. */
  readonly strides?: readonly number[];
  /** 0 by default. */
  readonly pads?: readonly number[];
  /** 1 by default. */
  readonly dilations?: readonly number[];
  /** Takes the place of `pads`. */
  readonly autoPad?: AutoPad;
}

export interface ConvOptions extends WindowOptions {
  /** Groups of channels that do not meet; 1 by default. */
  readonly group?: number;
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Elements added at the end of every axis; 0 by default. */
  readonly outputPadding?: readonly number[];
}

export interface PoolOptions extends WindowOptions {
  /** Whether a last window may stand out; false by default. */
  readonly ceilMode?: boolean;
}

export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as elements; false by default. */
  readonly countIncludePad?: boolean;
}

/** Padding of one axis from its length, stride and the extent of the window. */
type Padding = (length: number, stride: number, extent: number, axis: number) => number;

/** (⌈n / s⌉ - 1) s + e - n */
const samePadding: Padding = (length, stride, extent) =>
  Math.max(0, (Math.ceil(length / stride) - 1) * stride + extent - length);

function window(
  op: string,
  x: Value,
  kernelShape: readonly number[],
  options: WindowOptions,
  padding: Padding = samePadding,
): Window {
  const ones = kernelShape.map(() => 1);
  const { strides = ones, dilations = ones, autoPad } = options;
  const lengths = x.shape.slice(2);
  const same = autoPad === "same-upper" || autoPad === "same-lower";
  if (same && (options.pads !== undefined || lengths.some((length) => typeof length !== "number")))
    throw new ShapeError(
      `${op}: autoPad needs no pads and known lengths, got ${showShape(x.shape)}`,
    );
  const totals = kernelShape.map((kernel, axis) => {
    const extent = (dilations[axis] ?? 1) * (kernel - 1) + 1;
    return same ? padding(lengths[axis] as number, strides[axis] ?? 1, extent, axis) : 0;
  });
  const begins = totals.map((n) =>
    autoPad === "same-lower" ? Math.ceil(n / 2) : Math.floor(n / 2),
  );
  const ends = totals.map((n, axis) => n - (begins[axis] ?? 0));
  return { kernelShape, strides, dilations, pads: options.pads ?? [...begins, ...ends] };
}

const given = (...values: readonly (Value | undefined)[]): readonly Value[] =>
  values.filter((value) => value !== undefined);

/** The lengths of a kernel [_, _, ...k], which must be known. */
function kernelOf(op: string, w: Value): readonly number[] {
  return w.shape.slice(2).map((length) => {
    if (typeof length === "number") return length;
    throw new ShapeError(`${op}: kernel of unknown length "${length}"`);
  });
}

/**
 * y[n, m, o] = b[m] + Σ_c Σ_k w[m, c, k] x[n, c, s o + d k - p]
 * x [N, C, ...n], w [M, C / group, ...k], b [M] -> [N, M, ...⌊(n + p - d (k - 1) - 1) / s⌋ + 1]. @throws ShapeError
 *
 * @example
 * conv(images, filters, bias, { autoPad: "same-upper" }); // [batch, 1, 28, 28], [8, 1, 5, 5] -> [batch, 8, 28, 28]
 */
export function conv(x: Value, w: Value, b?: Value, options: ConvOptions = {}): Value {
  const attributes = {
    ...window("Conv", x, kernelOf("Conv", w), options),
    group: options.group ?? 1,
  };
  return apply("Conv", attributes, ...given(x, w, b));
}

/**
 * The transpose of `conv` as a map of x: y[n, m, s i + d k - p] += x[n, c, i] w[c, m, k], plus b[m]
 * x [N, C, ...n], w [C, M / group, ...k], b [M] -> [N, M, ...s (n - 1) + d (k - 1) + 1 - p + outputPadding]. @throws ShapeError
 */
export function convTranspose(
  x: Value,
  w: Value,
  b?: Value,
  options: ConvTransposeOptions = {},
): Value {
  const kernelShape = kernelOf("ConvTranspose", w);
  const { group = 1, outputPadding = kernelShape.map(() => 0) } = options;
  // as much as makes the output s n long
  const padding: Padding = (_length, stride, extent, axis) =>
    Math.max(0, extent + (outputPadding[axis] ?? 0) - stride);
  const attributes = window("ConvTranspose", x, kernelShape, options, padding);
  return apply("ConvTranspose", { ...attributes, group, outputPadding }, ...given(x, w, b));
}

/** The largest element of each window; x [N, C, ...n] -> [N, C, ...o]. @throws ShapeError */
export function maxPool(
  x: Value,
  kernelShape: readonly number[],
  options: PoolOptions = {},
): Value {
  const { ceilMode = false } = options;
  return apply("MaxPool", { ...window("MaxPool", x, kernelShape, options), ceilMode }, x);
}

/** The mean of each window; x [N, C, ...n] -> [N, C, ...o]. @throws ShapeError */
export function averagePool(
  x: Value,
  kernelShape: readonly number[],
  options: AveragePoolOptions = {},
): Value {
  const { ceilMode = false, countIncludePad = false } = options;
  const attributes = window("AveragePool", x, kernelShape, options);
  return apply("AveragePool", { ...attributes, ceilMode, countIncludePad }, x);
}

/** Every element `scales` times along each spatial axis; x [N, C, ...n] -> [N, C, ...s n]. @throws ShapeError */
export function upsample(x: Value, scales: readonly number[]): Value {
  return scales.every((scale) => scale === 1) ? x : apply("Resize", { scales }, x);
}

export interface LossOptions extends Partial<LossAttributes> {
  /** A weight for every class, [C]. */
  readonly weights?: Value;
}

/**
 * -w[t] logP[n, t, d] with t = labels[n, d]; the mean (default) is Σ w[t] … / Σ w[t]
 * logP [N, C, ...d], labels [N, ...d] -> [], or [N, ...d] with reduction "none". @throws ShapeError
 */
export function negativeLogLikelihoodLoss(
  logP: Value,
  labels: Value,
  { weights, reduction = "mean", ...rest }: LossOptions = {},
): Value {
  return apply(
    "NegativeLogLikelihoodLoss",
    { reduction, ...rest },
    ...given(logP, labels, weights),
  );
}

/**
 * `negativeLogLikelihoodLoss` of log softmax(scores) over axis 1, and that logarithm. The gradient flows
 * through the loss only. @throws ShapeError
 */
export function softmaxCrossEntropyLoss(
  scores: Value,
  labels: Value,
  { weights, reduction = "mean", ...rest }: LossOptions = {},
): readonly [loss: Value, logP: Value] {
  const inputs = given(scores, labels, weights);
  const [loss, logP] = applyAll("SoftmaxCrossEntropyLoss", { reduction, ...rest }, inputs);
  if (loss === undefined || logP === undefined)
    throw new Error("internal: SoftmaxCrossEntropyLoss has two outputs");
  return [loss, logP];
}
