/** @file A data set from arrays in memory. */
import { InputError, knownOptions, nonNegative, oneOf, positive, text } from "../errors.ts";
import type { Column, Dataset } from "./dataset.ts";
import { isArrayLike, tableOf, type FloatType, type NestedNumbers } from "./table.ts";
import { targetColumn, type TargetOptions, type Targets } from "./targets.ts";

/** Options of {@link fromArrays}. */
export interface FromArraysOptions extends TargetOptions {
  /** Name for reports (default `"arrays"`). */
  readonly name?: string;
  /** Shape of one row of `x` when `x` is flat, `[28, 28]` say; default: one axis. */
  readonly shape?: readonly number[];
  /** Type of `x` and of float targets: default float32, except that a `Uint8Array` stays bytes. */
  readonly dtype?: FloatType;
  /** The value of a stored number v of `x` is v · scale: 1/255 for images in bytes. Applied when training, not in memory. */
  readonly scale?: number;
  /** One weight an example, at least 0 and not all 0. */
  readonly sampleWeight?: ArrayLike<number>;
  /** Where the data came from, for reports. */
  readonly source?: string;
}

/**
 * A data set from inputs `x` and targets `y`.
 *
 * `x` is an array of rows, or a flat (typed) array of all values row by row; typed arrays of the right type are used as they are, not
 * copied. `y` is one class index or class name an example (classification), one-hot rows or probabilities (classification), or numbers
 * or rows of numbers (regression).
 *
 * @throws InputError naming the place, for empty, ragged, non-numeric, NaN or infinite values, for different numbers of rows in `x` and
 *   `y`, and for labels that are negative, fractional or out of range
 * @example fromArrays([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
 * @example fromArrays(new Float32Array(300), ["cat", "dog", "cat"], { shape: [10, 10] })
 * @example fromArrays([[1], [2], [3]], [2, 4, 6], { task: "regression" })
 */
export function fromArrays(x: NestedNumbers, y: Targets, options: FromArraysOptions = {}): Dataset {
  knownOptions("fromArrays", options, optionNames);
  const { name = "arrays", scale, sampleWeight, source, dtype, task } = options;
  text("name", name);
  if (source !== undefined) text("source", source);
  if (dtype !== undefined) oneOf("dtype", dtype, ["float32", "float64"]);
  if (task !== undefined) oneOf("task", task, ["classification", "regression"]);
  const targets = targetColumn(y, options);
  const size = y.length;
  const table = tableOf(x, { ...options, name: "x", rows: size });
  if (table.rows !== size) {
    throw new InputError(
      `x and y must have a row an example: x has ${table.rows} rows, y has ${size}`,
    );
  }
  const column: Column = {
    data: table.data,
    shape: table.shape,
    ...(scale === undefined ? {} : { scale: positive("scale", scale) }),
  };
  return {
    name,
    size,
    x: column,
    ...targets,
    ...(sampleWeight === undefined ? {} : { sampleWeight: checkedWeights(sampleWeight, size) }),
    ...(source === undefined ? {} : { source }),
  };
}

const optionNames: readonly (keyof FromArraysOptions)[] = [
  ...(["name", "shape", "dtype", "scale", "sampleWeight", "source", "task", "classes"] as const),
];

function checkedWeights(weights: ArrayLike<number>, size: number): Float64Array {
  if (!isArrayLike(weights) || weights.length !== size) {
    throw new InputError(
      `sampleWeight must be one number an example: expected ${size}, got ${isArrayLike(weights) ? weights.length : typeof weights}`,
    );
  }
  const out = Float64Array.from(weights);
  out.forEach((weight, i) => nonNegative(`sampleWeight[${i}]`, weight));
  if (out.some((weight) => weight > 0)) return out;
  throw new InputError("sampleWeight must not be all 0; give at least one weight above 0");
}
