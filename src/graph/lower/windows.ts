/**
 * @file Convolutions and average pooling as gathers and matrix products.
 *
 * Every element that a window reads is gathered first: x [N, C, n1, n2] becomes [N, C, k1, o1, k2, o2],
 * an axis of kernel taps and one of output places for every spatial axis. What falls into the padding
 * is read from place 0 and multiplied by 0.
 */
import {
  transposedLength,
  windowAxes,
  windowCount,
  windowElements,
  type WindowAxis,
} from "../geometry.ts";
import type { Operators } from "../operators.ts";
import {
  add,
  concat,
  div,
  gather,
  matMul,
  mul,
  part,
  reduceSum,
  reshape,
  transpose,
} from "../ops.ts";
import { tensor, type Dim } from "../types.ts";
import { constant, type Value } from "../value.ts";

/** The place that tap `tap` of the window at output place `at` reads; nothing when it reads none. */
type Reads = (axis: WindowAxis, tap: number, at: number) => number | undefined;

const convReads: Reads = ({ stride, dilation, begin }, tap, at) =>
  at * stride + tap * dilation - begin;

const transposedReads: Reads = ({ stride, dilation, begin }, tap, at) => {
  const place = (at + begin - tap * dilation) / stride;
  return Number.isInteger(place) ? place : undefined;
};

/** [N, C, ...n] -> [N, C, k1, o1, k2, o2, …] */
function taps(
  x: Value,
  axes: readonly WindowAxis[],
  counts: readonly number[],
  reads: Reads,
): Value {
  return axes.reduce((value, axis, index) => {
    const count = counts[index] ?? 1;
    const length = x.shape[index + 2] as number;
    const places: number[] = [];
    for (let tap = 0; tap < axis.kernel; tap++)
      for (let at = 0; at < count; at++) {
        const place = reads(axis, tap, at);
        places.push(place === undefined || place < 0 || place >= length ? -1 : place);
      }
    const at = 2 + 2 * index;
    const indices = places.map((place) => Math.max(place, 0));
    const shape = [axis.kernel, count];
    const read = gather(value, constant(tensor("int64", shape, indices)), at);
    if (!places.includes(-1)) return read;
    const mask = places.map((place) => Number(place >= 0));
    const aligned = [...shape, ...read.shape.slice(at + 2).map(() => 1)];
    return mul(read, constant(tensor(x.dtype, aligned, mask)));
  }, x);
}

/** Σ over taps and channels of gathered [N, C, k1, o1, …] times w [C, M, ...k] -> [N, M, ...o] */
function contract(read: Value, w: Value, counts: readonly number[]): Value {
  const spatial = counts.map((_, index) => index);
  const tapAxes = spatial.map((index) => 2 + 2 * index);
  const [n, c] = [read.shape[0] ?? 1, read.shape[1] ?? 1];
  const kernel = product(tapAxes.map((axis) => read.shape[axis] as number));
  const places = product(counts);
  const byTap = transpose(read, [...tapAxes, 0, ...tapAxes.map((axis) => axis + 1), 1]);
  const a = reshape(byTap, [kernel, n, places, c]);
  const weights = transpose(w, [...spatial.map((index) => index + 2), 0, 1]);
  const b = reshape(weights, [kernel, 1, c, w.shape[1] ?? 1]);
  const y = reduceSum(matMul(a, b), { axes: [0] }); // [N, O, M]
  return reshape(transpose(y, [0, 2, 1]), [n, w.shape[1] ?? 1, ...counts]);
}

/** Convolution with weights [M, C / group, ...k]. */
export function convByTaps(
  x: Value,
  w: Value,
  b: Value | undefined,
  attributes: Operators["Conv"],
): Value {
  const axes = windowAxes(attributes);
  const counts = axes.map((axis, index) => windowCount(x.shape[index + 2] as number, axis));
  const { group } = attributes;
  const parts = Array.from({ length: group }, (_, at) => {
    const read = taps(part(x, 1, at, group), axes, counts, convReads);
    const weights = part(w, 0, at, group); // [M / group, C / group, ...k]
    const order = weights.shape.map((_, axis) => (axis < 2 ? 1 - axis : axis));
    return contract(read, transpose(weights, order), counts);
  });
  return addBias(join(parts), b);
}

/** Transposed convolution with weights [C, M / group, ...k]. */
export function convTransposeByTaps(
  x: Value,
  w: Value,
  b: Value | undefined,
  attributes: Operators["ConvTranspose"],
): Value {
  const axes = windowAxes(attributes);
  const { group, outputPadding } = attributes;
  const counts = axes.map((axis, index) =>
    transposedLength(x.shape[index + 2] as number, axis, outputPadding[index] ?? 0),
  );
  const parts = Array.from({ length: group }, (_, at) => {
    const read = taps(part(x, 1, at, group), axes, counts, transposedReads);
    return contract(read, part(w, 0, at, group), counts);
  });
  return addBias(join(parts), b);
}

/** Mean of each window. */
export function averageByTaps(x: Value, attributes: Operators["AveragePool"]): Value {
  const axes = windowAxes(attributes);
  const lengths = x.shape.slice(2) as number[];
  const counts = axes.map((axis, index) =>
    windowCount(lengths[index] ?? 1, axis, attributes.ceilMode),
  );
  const tapAxes = axes.map((_, index) => 2 + 2 * index);
  const sum = reduceSum(taps(x, axes, counts, convReads), { axes: tapAxes });
  const elements = windowElements(lengths, attributes);
  return div(sum, constant(tensor(x.dtype, [1, 1, ...counts], elements)));
}

/** Every element of x [N, C, ...n] several times along each spatial axis. */
export function upsampleByGather(x: Value, { scales }: Operators["Resize"]): Value {
  return scales.reduce((value, scale, index) => {
    const length = (x.shape[index + 2] as number) * scale;
    const places = Array.from({ length }, (_, at) => Math.floor(at / scale));
    return gather(value, constant(tensor("int64", [length], places)), index + 2);
  }, x);
}

const join = (parts: readonly Value[]): Value => {
  const [first] = parts;
  return parts.length === 1 && first ? first : concat(parts, 1);
};

function addBias(y: Value, b: Value | undefined): Value {
  if (b === undefined) return y;
  const column: Dim[] = [b.shape[0] ?? 1, ...y.shape.slice(2).map(() => 1)];
  return add(y, reshape(b, column));
}

const product = (lengths: readonly number[]): number => lengths.reduce((p, n) => p * n, 1);
