/** @file The examples that something is measured on at fixed parameters, wherever their rows are. */
import type { Dataset, Rows } from "../data/dataset.ts";

/** Examples in an order, and two random words each where the model wants them. */
export interface Examples {
  readonly size: number;
  /** The rows of the examples from number `start` on, as many as are at hand. They are asked for in their order. */
  readonly rows: (start: number) => Rows | Promise<Rows>;
  readonly visitKeys?: Int32Array | undefined;
}

/** Examples of a data set in memory, by their rows. */
export function examplesOf(data: Dataset, indices: Int32Array, visitKeys?: Int32Array): Examples {
  return {
    size: indices.length,
    rows: (start) => ({ data, indices: indices.subarray(start) }),
    ...(visitKeys && { visitKeys }),
  };
}
