/** @file Preprocessing that was fitted, applied to the rows of a table in memory. */
import type { Column } from "../dataset.ts";
import { range } from "../sampler.ts";
import type { FloatType } from "../table.ts";
import { fate, inMemory, inOneGo } from "./blocks.ts";
import { completeRows, missingValue } from "./complete-rows.ts";
import { inputWidth, rowEncoder, targetShape } from "./encode.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { columnPlaces, type RawTable } from "./raw-table.ts";

/** How to apply. */
export interface ApplyOptions {
  /** Rows to take, by index; default: all. */
  readonly rows?: ArrayLike<number>;
  /** Whether the target is wanted too (default false); rows where it is missing are dropped, or refused. */
  readonly target?: boolean;
  /** Type of `x` and of regression targets (default float32). */
  readonly dtype?: FloatType;
}

/** Rows ready for a model. */
export interface AppliedRows {
  readonly x: Column;
  /** There when it was asked for. */
  readonly y?: Column;
  /** The rows of the table that these are. */
  readonly rows: Int32Array;
  /** Missing values that were imputed, by column. */
  readonly imputed: Readonly<Record<string, number>>;
  /** Rows with a category that the training part does not have, by column. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Rows with a category that shares the input for others, by column: a rare one, or one that the training part does not have. */
  readonly others: Readonly<Record<string, number>>;
}

/**
 * Inputs (and targets) of rows, as {@link Preprocessing} says: the same numbers that the training part was given.
 *
 * @throws DataError for a column that is not there, a missing value where they are refused, infinite values and unknown classes, naming
 *   file, row and column
 * @example const { x } = applyPreprocessing(table, preprocessing);
 */
export function applyPreprocessing(
  table: RawTable,
  preprocessing: Preprocessing,
  options: ApplyOptions = {},
): AppliedRows {
  const { target = false, dtype = "float32" } = options;
  const { features, missing } = preprocessing;
  const place = columnPlaces(table);
  const inputs = features.map(({ column }) => place(column));
  const answer = target ? place(preprocessing.target.column, "target column") : undefined;
  const rows = wantedRows(table, inputs, answer, missing, options.rows);
  const here = { table, first: 0 };
  const encoder = rowEncoder(preprocessing, dtype);
  const columns = inputs.map((at) => table.columns[at]!);
  const x = {
    data: encoder.inputs(here, columns, rows),
    shape: [inputWidth(preprocessing)],
  };
  const y = answer !== undefined && {
    data: encoder.targets(here, table.columns[answer]!, rows),
    shape: targetShape(preprocessing),
  };
  return { x, ...(y && { y }), rows, ...encoder.counts };
}

/** The rows that are asked for and complete. */
function wantedRows(
  table: RawTable,
  inputs: readonly number[],
  answer: number | undefined,
  missing: Preprocessing["missing"],
  asked: ArrayLike<number> | undefined,
): Int32Array {
  const blocks = inMemory(table);
  // What is missing in rows that nobody asked for is no reason to refuse.
  const policy = missing === "refuse" ? "drop" : missing;
  const { fates } = inOneGo(completeRows(blocks, inputs, answer, policy));
  const rows = asked === undefined ? range(table.rows) : Int32Array.from(asked);
  const complete = rows.filter((row) => fates[row] !== fate.leftOut);
  if (missing !== "refuse" || complete.length === rows.length) return complete;
  const needed = answer === undefined ? inputs : [answer, ...inputs];
  const at = rows.find((row) => fates[row] === fate.leftOut)!;
  throw missingValue(table, blocks.block(0, needed), at);
}
