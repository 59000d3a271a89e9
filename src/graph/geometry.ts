/** @file The arithmetic of sliding windows along one axis, shared by every pass. */
import type { Operators, Window } from "./operators.ts";

/** One spatial axis of a window. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  /** Elements before the first and after the last that count as padding. */
  readonly begin: number;
  readonly end: number;
  readonly dilation: number;
}

/** The spatial axes of `window`, one by one. */
export function windowAxes(window: Window): readonly WindowAxis[] {
  const rank = window.kernelShape.length;
  return window.kernelShape.map((kernel, axis) => ({
    kernel,
    stride: window.strides[axis] ?? 1,
    begin: window.pads[axis] ?? 0,
    end: window.pads[axis + rank] ?? 0,
    dilation: window.dilations[axis] ?? 1,
  }));
}

/** Elements from the first to the last one that a window covers: d (k - 1) + 1. */
export function extent({ kernel, dilation }: WindowAxis): number {
  return dilation * (kernel - 1) + 1;
}

/**
 * Places of a window over `length` elements: ⌊(n + p - e) / s⌋ + 1 with e the window's extent, or ⌈…⌉ + 1 in
 * ceil mode, where a last window that would start in the end padding is left out.
 */
export function windowCount(length: number, axis: WindowAxis, ceilMode = false): number {
  const room = (length + axis.begin + axis.end - extent(axis)) / axis.stride;
  if (!ceilMode) return Math.floor(room) + 1;
  const count = Math.ceil(room) + 1;
  return (count - 1) * axis.stride >= length + axis.begin ? count - 1 : count;
}

/** Length of a transposed convolution: s (n - 1) + e - p + output padding. */
export function transposedLength(length: number, axis: WindowAxis, outputPadding: number): number {
  return axis.stride * (length - 1) + extent(axis) - axis.begin - axis.end + outputPadding;
}

/** How many elements the average of each window counts, row-major over the output places. */
export function windowElements(
  lengths: readonly number[],
  attributes: Operators["AveragePool"],
): readonly number[] {
  const perAxis = windowAxes(attributes).map((axis, index) => {
    const length = lengths[index] ?? 1;
    const [from, to] = attributes.countIncludePad ? [-axis.begin, length + axis.end] : [0, length];
    return Array.from({ length: windowCount(length, axis, attributes.ceilMode) }, (_, at) =>
      covered(axis, at, from, to),
    );
  });
  return perAxis.reduce((outer, inner) => outer.flatMap((p) => inner.map((q) => p * q)), [1]);
}

/** Taps of the window at `at` that lie in `from` … `to`. */
function covered(axis: WindowAxis, at: number, from: number, to: number): number {
  const start = at * axis.stride - axis.begin;
  let count = 0;
  for (let place = start; place < start + extent(axis); place += axis.dilation)
    if (place >= from && place < to) count++;
  return count;
}
