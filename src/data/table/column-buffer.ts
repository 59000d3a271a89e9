/** @file A column that grows as chunks of rows come, and shrinks as rows are taken from its start. */
import type { ColumnType, RawColumn } from "./raw-table.ts";
import { isText } from "./raw-table.ts";
import { textCodes, type TextCodes } from "./text-codes.ts";

/** Rows that come, in columns. */
export interface ColumnChunk {
  readonly rows: number;
  /** Copies a column of numbers to `to` from place `at` on, a missing one as NaN. */
  numbers(column: number, to: Float32Array | Float64Array, at: number): void;
  /** Copies a column of texts as their numbers to `to` from place `at` on, a missing one as −1. */
  texts(column: number, codes: TextCodes, to: Int32Array, at: number): void;
}

/** A growing column. */
export interface ColumnBuffer {
  readonly name: string;
  readonly type: ColumnType;
  /** Bytes of a value. */
  readonly width: number;
  /** Rows that are there. */
  readonly length: () => number;
  /** Bytes that the different texts take, about. */
  readonly textBytes: () => number;
  readonly add: (chunk: ColumnChunk, column: number) => void;
  /** The first rows; good until rows are added or dropped. */
  readonly first: (rows: number) => RawColumn;
  /** Forgets the first rows. */
  readonly drop: (rows: number) => void;
}

/** What a column is to hold. */
export interface BufferedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether 32 bits are enough for its numbers. */
  readonly isFloat: boolean;
}

/** An empty column. */
export function columnBuffer({ name, type, isFloat }: BufferedColumn): ColumnBuffer {
  if (isText(type)) {
    const codes = textCodes();
    const rows = growing(Int32Array);
    return {
      ...rows,
      name,
      type,
      textBytes: codes.bytes,
      add(chunk, column) {
        chunk.texts(column, codes, ...rows.more(chunk.rows));
      },
      first: (count) => ({ name, type, codes: rows.start(count), levels: codes.levels }),
    };
  }
  const rows: Growing<Float32Array | Float64Array> = isFloat
    ? growing(Float32Array)
    : growing(Float64Array);
  return {
    ...rows,
    name,
    type,
    textBytes: () => 0,
    add(chunk, column) {
      chunk.numbers(column, ...rows.more(chunk.rows));
    },
    first: (count) => ({ name, type, values: rows.start(count) }),
  };
}

type Values = Int32Array | Float32Array | Float64Array;

interface Growing<T extends Values> {
  readonly width: number;
  length(): number;
  /** The array, and the place from which `rows` more may be written. */
  more(rows: number): [T, number];
  start(rows: number): T;
  drop(rows: number): void;
}

function growing<T extends Values>(type: {
  new (length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}): Growing<T> {
  let values = new type(0);
  let length = 0;
  return {
    width: type.BYTES_PER_ELEMENT,
    length: () => length,
    more(rows) {
      const at = length;
      length += rows;
      if (length > values.length) {
        const larger = new type(Math.max(length, 2 * values.length));
        larger.set(values.subarray(0, at));
        values = larger;
      }
      return [values, at];
    },
    start: (rows) => values.subarray(0, rows) as T,
    drop(rows) {
      values.copyWithin(0, rows, length);
      length -= rows;
    },
  };
}
