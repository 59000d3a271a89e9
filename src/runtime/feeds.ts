/** @file Typed arrays as the tensors that programs are fed with. */
import type { StepSpec } from "../compile/spec.ts";
import type { Column, ColumnData, Dataset } from "../data/dataset.ts";
import { allocate, sizeOf, type DType, type Tensor } from "../graph/types.ts";

/** The dtype that an array of a column is stored in. */
export function dtypeOf(data: ColumnData): "uint8" | "int32" | "float32" | "float64" {
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Float32Array ? "float32" : "float64";
}

/** Rows `start` … `end` − 1 of a column, as a view. */
export function rowsOf({ data, shape }: Column, start: number, end: number): Tensor {
  const width = sizeOf(shape);
  return {
    dtype: dtypeOf(data),
    shape: [end - start, ...shape],
    data: data.subarray(start * width, end * width),
  };
}

/** The whole data set under the names the programs read it by. */
export function dataFeeds(
  spec: StepSpec,
  { x, y, size, sampleWeight }: Dataset,
): Readonly<Record<string, Tensor>> {
  const feeds: Record<string, Tensor> = {
    "data/x": rowsOf(x, 0, size),
    "data/y": rowsOf(y, 0, size),
  };
  if (spec.sampleWeight && sampleWeight !== undefined)
    feeds["data/weight"] = vector(spec.dtype, sampleWeight);
  return feeds;
}

/** A vector of `dtype` from numbers. */
export function vector(dtype: DType, values: ArrayLike<number>): Tensor {
  const data = allocate(dtype, values.length);
  data.set(values);
  return { dtype, shape: [values.length], data };
}

/** A scalar of `dtype`. */
export function scalarTensor(dtype: DType, value: number): Tensor {
  return { ...vector(dtype, [value]), shape: [] };
}
