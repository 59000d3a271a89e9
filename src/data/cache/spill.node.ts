/** @file A table that is too large for memory, on disk in blocks of rows: within a block, the values of a column lie together. */
import { closeSync, ftruncateSync, openSync, readSync } from "node:fs";
import { DataError } from "../../errors.ts";
import type { Block, TableBlocks } from "../table/blocks.ts";
import type { ColumnBuffer } from "../table/column-buffer.ts";
import type { RawColumn, TablePart } from "../table/raw-table.ts";
import { rowsOf } from "../table/read-columns.node.ts";
import { writeAll } from "./record-writer.node.ts";

/** A table that is being written. */
export interface Spill {
  /** Forgets all rows, to begin anew. */
  readonly clear: () => void;
  /** Takes the rows that fill a block. */
  readonly take: (columns: readonly ColumnBuffer[]) => void;
  /** Takes the last rows; the table is good until the spill is closed. */
  readonly end: (columns: readonly ColumnBuffer[], parts: readonly TablePart[]) => TableBlocks;
  readonly close: () => void;
}

/** How much memory a spill takes. */
export interface SpillOptions {
  /** Bytes of a block (default 4 MiB), at least one row. */
  readonly blockBytes?: number;
  /** Bytes that the different texts of all columns may take together. */
  readonly textBytes: number;
}

/** Starts a table in a new file. @throws the system's error, where it cannot */
export function openSpill(path: string, options: SpillOptions): Spill {
  const { blockBytes = 4 * 2 ** 20, textBytes } = options;
  const file = openSync(path, "wx+");
  let blockRows = 0;
  let block = new Uint8Array(0);
  /** Bytes that are written. */
  let end = 0;
  const write = (columns: readonly ColumnBuffer[], rows: number): void => {
    const places = placesIn(layoutOf(columns), rows);
    columns.forEach((column, at) => {
      const { buffer, byteOffset, byteLength } = valuesOf(column.first(rows));
      block.set(new Uint8Array(buffer, byteOffset, byteLength), places[at]!.start);
      column.drop(rows);
    });
    const bytes = rows * rowBytes(columns);
    writeAll(file, block.subarray(0, bytes), end);
    end += bytes;
  };
  let isOpen = true;
  return {
    clear() {
      ftruncateSync(file);
      blockRows = 0;
      end = 0;
    },
    take(columns) {
      checkTexts(columns, textBytes);
      if (blockRows === 0) {
        blockRows = Math.max(1, Math.floor(blockBytes / rowBytes(columns)));
        block = new Uint8Array(blockRows * rowBytes(columns));
      }
      while (columns[0]!.length() >= blockRows) write(columns, blockRows);
    },
    end(columns, parts) {
      const rest = columns[0]?.length() ?? 0;
      if (rest > 0) write(columns, rest);
      return spilledTable(file, columns, parts, Math.max(1, blockRows));
    },
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

function spilledTable(
  file: number,
  buffers: readonly ColumnBuffer[],
  parts: readonly TablePart[],
  blockRows: number,
): TableBlocks {
  const rows = rowsOf(parts);
  const layout = layoutOf(buffers);
  const stride = rowBytes(buffers) * blockRows;
  const bytes = new Uint8Array(stride);
  // What a column is, and its texts: its values are those of the block.
  const heads = buffers.map((buffer) => buffer.first(0));
  return {
    columns: buffers.map(({ name, type }) => ({ name, type })),
    rows,
    parts,
    count: Math.ceil(rows / blockRows),
    block(index, columns): Block {
      const first = index * blockRows;
      const length = Math.min(blockRows, rows - first);
      const places = placesIn(layout, length);
      for (const [start, end] of runs(columns.map((at) => places[at]!))) {
        readAll(file, bytes.subarray(start, end), index * stride + start);
      }
      return {
        first,
        rows: length,
        columns: columns.map((at) => withValues(heads[at]!, bytes, places[at]!.start, length)),
      };
    },
  };
}

/** Columns in the order in which they lie in a block: wider values first, so that all are aligned. */
interface LaidOut {
  /** Place among the columns. */
  readonly at: number;
  /** Bytes of a value. */
  readonly width: number;
}

function layoutOf(columns: readonly ColumnBuffer[]): readonly LaidOut[] {
  return columns.map(({ width }, at) => ({ at, width })).sort((a, b) => b.width - a.width);
}

function rowBytes(columns: readonly ColumnBuffer[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0);
}

/** Bytes of a block that a column takes. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where each column lies in a block of so many rows. */
function placesIn(layout: readonly LaidOut[], rows: number): readonly Place[] {
  const places: Place[] = [];
  let start = 0;
  for (const { at, width } of layout) {
    places[at] = { start, end: start + rows * width };
    start += rows * width;
  }
  return places;
}

/** Places as stretches without a gap. */
function runs(places: readonly Place[]): readonly (readonly [number, number])[] {
  const merged: [number, number][] = [];
  for (const { start, end } of [...places].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || last[1] < start) merged.push([start, end]);
    else last[1] = Math.max(last[1], end);
  }
  return merged;
}

function valuesOf(column: RawColumn): Int32Array | Float32Array | Float64Array {
  return "codes" in column ? column.codes : column.values;
}

function withValues(
  head: RawColumn,
  { buffer }: Uint8Array<ArrayBuffer>,
  start: number,
  rows: number,
): RawColumn {
  if ("codes" in head) return { ...head, codes: new Int32Array(buffer, start, rows) };
  const isFloat = head.values instanceof Float32Array;
  return { ...head, values: new (isFloat ? Float32Array : Float64Array)(buffer, start, rows) };
}

function readAll(file: number, into: Uint8Array, position: number): void {
  for (let done = 0; done < into.length;) {
    const count = readSync(file, into, done, into.length - done, position + done);
    if (count === 0) throw new Error("internal: a spilled table ends too soon");
    done += count;
  }
}

function checkTexts(columns: readonly ColumnBuffer[], most: number): void {
  const bytes = columns.map(({ textBytes }) => textBytes());
  if (bytes.reduce((sum, own) => sum + own, 0) <= most) return;
  const worst = columns[bytes.indexOf(Math.max(...bytes))]!;
  throw new DataError(
    `column ${JSON.stringify(worst.name)} has too many different texts for the memory; leave it out with drop, or give more memory`,
  );
}
