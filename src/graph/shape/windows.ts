/** @file Shapes of the convolutions and the pools. */
import { ShapeError } from "../../errors.ts";
import { extent, transposedLength, windowAxes, windowCount } from "../geometry.ts";
import type { Window } from "../operators.ts";
import { showShape, type Dim, type Shape, type TensorType } from "../types.ts";
import { floatOperand, operand, sameDType, type ShapeRules } from "./common.ts";

export type WindowOp = "Conv" | "ConvTranspose" | "MaxPool" | "AveragePool" | "Resize";

/** Lengths of the spatial axes of x [N, C, ...spatial], which must be known. @throws ShapeError */
function spatial(x: TensorType, window: Window): readonly number[] {
  const lengths = x.shape.slice(2);
  if (lengths.length === 0 || lengths.length !== window.kernelShape.length)
    throw new ShapeError(
      `a window of ${window.kernelShape.length} axes does not fit input ${showShape(x.shape)}`,
    );
  return lengths.map((length) => {
    if (typeof length === "number") return length;
    throw new ShapeError(`spatial axis of unknown length "${length}" in ${showShape(x.shape)}`);
  });
}

/** @throws ShapeError where an attribute has the wrong length or a value out of range */
function checkWindow(window: Window): void {
  const rank = window.kernelShape.length;
  check("kernelShape", window.kernelShape, rank, 1);
  check("strides", window.strides, rank, 1);
  check("dilations", window.dilations, rank, 1);
  check("pads", window.pads, 2 * rank, 0);
}

function check(name: string, values: readonly number[], length: number, least: number): void {
  if (values.length === length && values.every((v) => Number.isInteger(v) && v >= least)) return;
  throw new ShapeError(
    `${name} must be ${length} whole numbers of at least ${least}, got [${values.join(", ")}]`,
  );
}

/** Output lengths of a window that slides over `lengths`. @throws ShapeError when it has no place */
function slid(lengths: readonly number[], window: Window, ceilMode = false): readonly number[] {
  return windowAxes(window).map((axis, index) => {
    const length = lengths[index] ?? 0;
    if (length + axis.begin + axis.end < extent(axis))
      throw new ShapeError(
        `a window of ${extent(axis)} is longer than the padded axis of ${length + axis.begin + axis.end}`,
      );
    return windowCount(length, axis, ceilMode);
  });
}

/** Channels that `group` divides. @throws ShapeError */
function channelsOf(dim: Dim, group: number, what: string): Dim {
  if (group === 1 || (typeof dim === "number" && Number.isInteger(dim / group) && group > 0))
    return dim;
  throw new ShapeError(`${dim} ${what} channels do not divide into ${group} groups`);
}

function checkWeights(w: TensorType, window: Window): void {
  const kernel = w.shape.slice(2);
  if (
    w.shape.length === window.kernelShape.length + 2 &&
    showShape(kernel) === showShape(window.kernelShape)
  )
    return;
  throw new ShapeError(
    `weights ${showShape(w.shape)} do not have kernelShape ${showShape(window.kernelShape)}`,
  );
}

function checkBias(inputs: readonly TensorType[], channels: Dim): void {
  if (inputs.length < 3) return;
  const { shape } = operand(inputs, 2);
  if (shape.length !== 1 || shape[0] !== channels)
    throw new ShapeError(`bias must be ${showShape([channels])}, got ${showShape(shape)}`);
}

const dim = (shape: Shape, axis: number): Dim => shape[axis] ?? 1;

const times = (length: Dim, factor: number): Dim =>
  factor === 1 || typeof length === "string" ? length : length * factor;

/** Pools may not have windows that lie in the padding alone. */
function checkPoolPads(window: Window): void {
  for (const { begin, end, kernel } of windowAxes(window))
    if (begin >= kernel || end >= kernel)
      throw new ShapeError(
        `pads of a pool must be below its kernel of ${kernel}, got ${begin} and ${end}`,
      );
}

function pooled(x: TensorType, window: Window & { readonly ceilMode: boolean }): Shape {
  const lengths = spatial(x, window);
  checkWindow(window);
  checkPoolPads(window);
  return [dim(x.shape, 0), dim(x.shape, 1), ...slid(lengths, window, window.ceilMode)];
}

export const windowShapes: ShapeRules<WindowOp> = {
  // x [N, C, ...n], w [M, C / group, ...k], b [M] -> [N, M, ...o]
  Conv: (inputs, attributes) => {
    const [x, w] = [floatOperand(inputs, 0), floatOperand(inputs, 1)];
    const dtype = sameDType(inputs);
    const lengths = spatial(x, attributes);
    checkWeights(w, attributes);
    checkWindow(attributes);
    const { group } = attributes;
    const channels = channelsOf(dim(x.shape, 1), group, "input");
    if (channels !== times(dim(w.shape, 1), group))
      throw new ShapeError(
        `input ${showShape(x.shape)} has ${channels} channels, weights ${showShape(w.shape)} take ${times(dim(w.shape, 1), group)}`,
      );
    const filters = channelsOf(dim(w.shape, 0), group, "output");
    checkBias(inputs, filters);
    return [{ dtype, shape: [dim(x.shape, 0), filters, ...slid(lengths, attributes)] }];
  },
  // x [N, C, ...n], w [C, M / group, ...k], b [M] -> [N, M, ...o]
  ConvTranspose: (inputs, attributes) => {
    const [x, w] = [floatOperand(inputs, 0), floatOperand(inputs, 1)];
    const dtype = sameDType(inputs);
    const lengths = spatial(x, attributes);
    checkWeights(w, attributes);
    checkWindow(attributes);
    const { group, outputPadding } = attributes;
    check("outputPadding", outputPadding, lengths.length, 0);
    const channels = channelsOf(dim(x.shape, 1), group, "input");
    if (channels !== dim(w.shape, 0))
      throw new ShapeError(
        `input ${showShape(x.shape)} has ${channels} channels, weights ${showShape(w.shape)} take ${dim(w.shape, 0)}`,
      );
    const filters = times(dim(w.shape, 1), group);
    checkBias(inputs, filters);
    const out = windowAxes(attributes).map((axis, index) => {
      const length = transposedLength(lengths[index] ?? 0, axis, outputPadding[index] ?? 0);
      if (length > 0) return length;
      throw new ShapeError(`pads leave nothing of spatial axis ${index}`);
    });
    return [{ dtype, shape: [dim(x.shape, 0), filters, ...out] }];
  },
  // x [N, C, ...n] -> values and their places in x, counted row-major, [N, C, ...o]
  MaxPool: (inputs, attributes) => {
    const x = operand(inputs, 0);
    if (x.dtype !== "uint8") floatOperand(inputs, 0);
    const shape = pooled(x, attributes);
    return [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  AveragePool: (inputs, attributes) => {
    const x = floatOperand(inputs, 0);
    return [{ dtype: x.dtype, shape: pooled(x, attributes) }];
  },
  // x [N, C, ...n] -> [N, C, ...s n]
  Resize: (inputs, { scales }) => {
    const x = floatOperand(inputs, 0);
    check("scales", scales, x.shape.length - 2, 1);
    const lengths = x.shape.slice(2).map((length, axis) => {
      const scale = scales[axis] ?? 1;
      if (typeof length === "number" || scale === 1) return times(length, scale);
      throw new ShapeError(`spatial axis of unknown length "${length}" in ${showShape(x.shape)}`);
    });
    return [{ dtype: x.dtype, shape: [dim(x.shape, 0), dim(x.shape, 1), ...lengths] }];
  },
};
