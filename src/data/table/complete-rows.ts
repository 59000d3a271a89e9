/** @file Which rows of a table are used, given where values are missing. */
import type { DataError } from "../../errors.ts";
import { fate, type Block, type Steps, type TableBlocks } from "./blocks.ts";
import type { MissingPolicy } from "./preprocessing.ts";
import { isMissing, rowError, type RawColumn, type TablePart } from "./raw-table.ts";

/** The rows that are used, and how many are not. */
export interface CompleteRows {
  /** `fate.trains` for rows that are used, `fate.leftOut` for the others. */
  readonly fates: Uint8Array;
  readonly kept: number;
  /** Rows left out because the target is missing. */
  readonly withoutTarget: number;
  /** Rows left out because another value is missing. */
  readonly incomplete: number;
}

/**
 * The rows that are kept: all with a target, and where missing values drop a row, all without one.
 *
 * @param inputs places of the columns to learn from
 * @throws DataError for a missing value where they are refused, the first one in the table
 */
export function* completeRows(
  table: TableBlocks,
  inputs: readonly number[],
  target: number | undefined,
  missing: MissingPolicy,
): Steps<CompleteRows> {
  const fates = new Uint8Array(table.rows).fill(fate.trains);
  const needed = missing === "impute" ? [] : inputs;
  const targets = target === undefined ? [] : [target];
  let [withoutTarget, incomplete] = [0, 0];
  for (let index = 0; index < table.count && targets.length + needed.length > 0; index++) {
    const block = table.block(index, [...targets, ...needed]);
    const own = fates.subarray(block.first, block.first + block.rows);
    const columns = [...block.columns];
    const answer = target === undefined ? undefined : columns.shift();
    if (answer !== undefined) withoutTarget += leaveOut(own, answer);
    for (const column of columns) incomplete += leaveOut(own, column);
    const refused = missing === "refuse" ? own.indexOf(fate.leftOut) : -1;
    if (refused >= 0) throw missingValue(table, block, refused);
    yield block.rows;
  }
  return { fates, kept: table.rows - withoutTarget - incomplete, withoutTarget, incomplete };
}

/** Leaves out the rows where a value is missing; how many these are. */
function leaveOut(fates: Uint8Array, column: RawColumn): number {
  let count = 0;
  for (let row = 0; row < fates.length; row++) {
    if (fates[row] === fate.leftOut || !isMissing(column, row)) continue;
    fates[row] = fate.leftOut;
    count++;
  }
  return count;
}

/** An error for a row of a block in which a column has no value. */
export function missingValue(
  table: { readonly parts: readonly TablePart[] },
  { columns, first }: Block,
  row: number,
): DataError {
  const name = columns.find((column) => isMissing(column, row))?.name ?? "";
  return rowError(
    table,
    first + row,
    `column ${JSON.stringify(name)} has no value; fill it in, or give missing "impute" or "drop"`,
  );
}
