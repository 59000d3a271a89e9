/**
 * @file A table in blocks of rows: one for a table in memory, many for one that is on disk because it is too large. Whatever is found out
 * about a table is found out block by block, so that both ways give the same bits.
 */
import type { RawColumn, RawTable, TablePart } from "./raw-table.ts";

/** A column without its values. */
export type ColumnHead = Pick<RawColumn, "name" | "type">;

/** Some consecutive rows. */
export interface Block {
  /** The columns that were asked for, in that order. */
  readonly columns: readonly RawColumn[];
  /** Number of the first row in the table. */
  readonly first: number;
  readonly rows: number;
}

/** A table whose rows are had a block at a time. */
export interface TableBlocks {
  readonly columns: readonly ColumnHead[];
  readonly rows: number;
  readonly parts: readonly TablePart[];
  /** Number of blocks. */
  readonly count: number;
  /** Block `index` with the columns at `columns`; good until the next block is asked for. */
  readonly block: (index: number, columns: readonly number[]) => Block;
}

/** A table in memory as one block. */
export function inMemory(table: RawTable): TableBlocks {
  const { rows, parts } = table;
  return {
    columns: table.columns,
    rows,
    parts,
    count: 1,
    block: (_, columns) => ({ columns: columns.map((i) => table.columns[i]!), first: 0, rows }),
  };
}

/** What becomes of a row. */
export const fate = { leftOut: 0, trains: 1, validates: 2 } as const;

/** Rows of a table that were chosen: those with one of some fates. */
export interface Selection {
  readonly table: TableBlocks;
  /** A {@link fate} for each row. */
  readonly fates: Uint8Array;
  /** Which ones; default: all but those that are left out. */
  readonly only?: (typeof fate)["trains" | "validates"];
}

/** Rows of a block that were chosen. */
export interface SelectedRows extends Block {
  /** Their places in the block. */
  readonly chosen: Int32Array;
}

/** The chosen rows, block by block, with the columns at `columns`. */
export function* selectedRows(
  selection: Selection,
  columns: readonly number[],
): Generator<SelectedRows, void, void> {
  const { table } = selection;
  for (let index = 0; index < table.count; index++) {
    const block = table.block(index, columns);
    yield { ...block, chosen: chosenRows(selection, block) };
  }
}

/** How many rows are chosen. */
export function selectedCount({ fates, only }: Selection): number {
  let count = 0;
  for (let row = 0; row < fates.length; row++) {
    const is = fates[row]!;
    if (only === undefined ? is !== fate.leftOut : is === only) count++;
  }
  return count;
}

/** The chosen rows of a block, by their places in it. */
export function chosenRows(
  { fates, only }: Pick<Selection, "fates" | "only">,
  { first, rows }: Pick<Block, "first" | "rows">,
): Int32Array {
  const chosen = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const is = fates[first + row]!;
    if (only === undefined ? is !== fate.leftOut : is === only) chosen[count++] = row;
  }
  return chosen.subarray(0, count);
}

/** A computation in steps: it yields the rows that it has gone over, so that it can be done in one go or with breaks. */
export type Steps<T> = Generator<number, T, void>;

/** Does all steps. */
export function inOneGo<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
