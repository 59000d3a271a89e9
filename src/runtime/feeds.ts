/** @file Typed arrays as the tensors that programs are fed with. */
import type { StepSpec } from "../compile/spec.ts";
import { dtypeOf, type Column, type Dataset } from "../data/dataset.ts";
import { allocate, sizeOf, type DType, type Tensor } from "../graph/types.ts";

/** Rows `start` … `end` − 1 of a column, as a view. */
export function rowsOf({ data, shape }: Column, start: number, end: number): Tensor {
  const width = sizeOf(shape);
  return {
    dtype: dtypeOf(data),
    shape: [end - start, ...shape],
    data: data.subarray(start * width, end * width),
  };
}

type Feeds = Readonly<Record<string, Tensor>>;

/** Data sets under the names the programs read them by; the feeds of the last one are kept. */
export function dataFeeder(spec: StepSpec): (data: Dataset) => Feeds {
  let last: { readonly data: Dataset; readonly feeds: Feeds } | undefined;
  return (data) => {
    if (last?.data !== data) last = { data, feeds: dataFeeds(spec, data) };
    return last.feeds;
  };
}

/** A data set under the names the programs read it by. */
export function dataFeeds(spec: StepSpec, { x, y, size, sampleWeight }: Dataset): Feeds {
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
