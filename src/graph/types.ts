/** @file Element types, shapes and tensors of the graph. */

import { InputError, list, oneOf, show, wholeNumber } from "../errors.ts";

/** Element types of ONNX that the graph uses. */
export type DType = "float32" | "float64" | "int32" | "int64" | "uint8" | "bool";

/** Element types that carry gradients. */
export type FloatType = "float32" | "float64";

/** A length known when the graph is built, or the name of one known when it runs (`"batch"`). */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** What is known of a value when the graph is built. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A concrete array, row-major. int64 is held in a `Float64Array` (exact to 2⁵³), bool in a `Uint8Array`. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: Float64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Every element type. */
export const dtypes = Object.keys(arrays) as readonly DType[];

/** Zeros for `length` elements of `dtype`. */
export function allocate(dtype: DType, length: number): TensorData {
  return new arrays[dtype](length);
}

/** A tensor of zeros. */
export function zeros(dtype: DType, shape: readonly number[]): Tensor {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
}

/** A tensor from plain numbers. @throws InputError for another number of values than the shape has */
export function tensor(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  oneOf("dtype", dtype, dtypes);
  for (const length of list("shape", shape, "[32, 784]"))
    wholeNumber("a length of shape", length, 0);
  const data = allocate(dtype, sizeOf(shape));
  const count = (Object(values) as Partial<ArrayLike<number>>).length;
  if (typeof values === "string" || count !== data.length)
    throw new InputError(
      `values must be an array of the ${data.length} numbers that shape ${showShape(shape)} has, got ${count === undefined ? show(values) : `${count}`}`,
    );
  data.set(values);
  return { dtype, shape, data };
}

/** Number of elements of a concrete shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

export function isFloat(dtype: DType): dtype is FloatType {
  return dtype === "float32" || dtype === "float64";
}

/** `[32, 784]`, `[batch, 10]`, `[]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}
