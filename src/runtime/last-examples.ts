/** @file The last examples of a chunk, as a chunk of one update. */
import type { Rows } from "../data/dataset.ts";
import type { Chunk } from "./engine.ts";

/** One batch of known rows. */
interface OneBatch extends Chunk {
  readonly at: Rows;
}

/** The last examples of `chunk`, `most` at most, that are in `rows`, as one batch. */
export function lastExamples(chunk: Chunk, { data, indices }: Rows, most: number): OneBatch {
  const batchSize = Math.min(most, indices.length);
  const at = { data, indices: indices.subarray(indices.length - batchSize) };
  const { visitKeys } = chunk;
  return {
    batchSize,
    updates: 1,
    at,
    rows: (start) => ({ data, indices: at.indices.subarray(start) }),
    visitKeys: visitKeys?.subarray(visitKeys.length - 2 * batchSize),
    coefficients: chunk.coefficients.map((column) => column.subarray(column.length - 1)),
  };
}
