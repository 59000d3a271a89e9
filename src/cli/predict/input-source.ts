/** @file DATA as rows for a model, a block after the other. */
import type { Column } from "../../data/dataset.ts";
import type { OutputColumn } from "./predictions.ts";
import type { Targets } from "./score.ts";

/** Some rows of DATA. */
export interface InputBlock {
  /** Rows of DATA. */
  readonly rows: number;
  /** Inputs of those that are predicted. */
  readonly x: Column;
  /** Which of the rows these are. */
  readonly places: ArrayLike<number>;
  /** Values of the columns that the output repeats, one a row. */
  readonly kept: readonly (readonly unknown[])[];
  /** Where DATA has targets. */
  readonly targets: Targets | undefined;
}

/** What was done to values on the way to the model, by column. */
export interface InputCounts {
  readonly imputed: Readonly<Record<string, number>>;
  /** Categories that share the input for others. */
  readonly others: Readonly<Record<string, number>>;
  /** Categories without an input. */
  readonly unknown: Readonly<Record<string, number>>;
}

/** DATA that is open. */
export interface InputSource {
  /** Columns of DATA that the output repeats. */
  readonly kept: readonly OutputColumn[];
  /** How it is understood, where that is a guess. */
  readonly notes: readonly string[];
  /** All rows, in order. */
  readonly blocks: () => AsyncIterable<InputBlock>;
  /** Of the blocks that were read so far. */
  readonly counts: () => InputCounts;
  readonly close: () => Promise<void>;
}

/** Memory that the inputs of a block are to take. */
const blockBytes = 16 * 2 ** 20;

/** Rows of a block, for rows of `width` numbers. */
export function blockRows(width: number): number {
  return Math.max(1, Math.min(8192, Math.floor(blockBytes / (8 * Math.max(1, width)))));
}

/** Nothing was done to any value. */
export const noCounts: InputCounts = { imputed: {}, others: {}, unknown: {} };
