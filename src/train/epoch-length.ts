/** @file How long an epoch is. */
import type { Batches } from "../data/batch-plan.ts";
import type { StreamedDataset } from "../data/dataset.ts";

/** The batches of an epoch, counted; Infinity where only its end will tell. */
export interface EpochLength {
  readonly updates: number;
  readonly examples: number;
  /** Examples of the first batches. */
  readonly examplesAfter: (batches: number) => number;
}

/** The length of an epoch with these batches. */
export function lengthOf({ updates, examples, offsets }: Batches): EpochLength {
  return { updates, examples, examplesAfter: (batches) => offsets[batches]! };
}

/** The length of the one epoch of a stream. */
export function lengthOfStream(
  { batchSize, dropLast }: { readonly batchSize: number; readonly dropLast: boolean },
  { size = Infinity }: StreamedDataset,
): EpochLength {
  const updates = dropLast ? Math.floor(size / batchSize) : Math.ceil(size / batchSize);
  return {
    updates,
    examples: Math.min(size, updates * batchSize),
    examplesAfter: (batches) => Math.min(size, batches * batchSize),
  };
}
