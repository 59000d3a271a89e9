/** @file Cases of the operator contract: inputs with values, and the operator's attributes. */
import type { Op, Operators } from "../../../src/graph/operators.ts";
import {
  allocate,
  sizeOf,
  type DType,
  type FloatType,
  type Shape,
  type Tensor,
} from "../../../src/graph/types.ts";
import type { Value } from "../../../src/graph/value.ts";

/** An input: `float` stands for the float type that is being tested. */
export interface Fed {
  readonly dtype: DType | "float";
  /** Dimensions may be names; every name stands for 3 when the graph runs. */
  readonly shape: Shape;
  readonly values?: readonly number[];
  /** Bounds of generated values. */
  readonly range?: readonly [least: number, most: number];
}

/** One use of an operator. */
export interface Case<P extends Op> {
  readonly inputs: readonly Fed[];
  readonly attributes: Operators[P];
  /** The operands made from the inputs, where they are not the inputs themselves. */
  readonly operands?: (inputs: readonly Value[]) => readonly Value[];
  /** Inputs whose gradient is checked; all of the float ones by default. */
  readonly wrt?: readonly number[];
}

/** Several cases of each operator: one that is missing is a compile error. */
export type Cases<P extends Op = Op> = { readonly [Q in P]: readonly Case<Q>[] };

/** A case of an operator without attributes. */
export const plain = (...inputs: readonly Fed[]) => ({ inputs, attributes: {} });

/** A float input, its values spread over (-2, 2) and all different unless given. */
export const f = (shape: Shape, values?: readonly number[]): Fed =>
  values ? { dtype: "float", shape, values } : { dtype: "float", shape };

/** A float input with values between two bounds. */
export const within = (shape: Shape, least: number, most: number): Fed => ({
  dtype: "float",
  shape,
  range: [least, most],
});

export const ints = (dtype: DType, shape: Shape, values: readonly number[]): Fed => ({
  dtype,
  shape,
  values,
});

/** A shape as it is when the graph runs. */
export const concrete = (shape: Shape): readonly number[] =>
  shape.map((dim) => (typeof dim === "number" ? dim : 3));

/** The array of an input; generated values follow the golden ratio, so that no two are equal. */
export function arrayOf(fed: Fed, float: FloatType, seed: number): Tensor {
  const dtype = fed.dtype === "float" ? float : fed.dtype;
  const shape = concrete(fed.shape);
  const data = allocate(dtype, sizeOf(shape));
  const [least, most] = fed.range ?? [-2, 2];
  for (let i = 0; i < data.length; i++) {
    const spread = ((seed * 37 + i + 1) * 0.6180339887498949) % 1;
    data[i] = fed.values ? fed.values[i % fed.values.length]! : least + (most - least) * spread;
  }
  return { dtype, shape, data };
}
