/** @file A record: the bytes of a row of x, then those of its row of y. */
import type { ColumnData, ColumnLayout } from "../dataset.ts";
import { elements } from "../table.ts";

/** How a record is laid out. */
export interface RecordLayout {
  readonly x: ColumnLayout;
  readonly y: ColumnLayout;
  /** Bytes of a row of x. */
  readonly xBytes: number;
  /** Bytes of a row of y. */
  readonly yBytes: number;
  /** Bytes of both. */
  readonly bytes: number;
}

const arrays = {
  uint8: Uint8Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** The layout of the records of two columns. */
export function recordLayout(x: ColumnLayout, y: ColumnLayout): RecordLayout {
  const [xBytes, yBytes] = [rowBytes(x), rowBytes(y)];
  return { x, y, xBytes, yBytes, bytes: xBytes + yBytes };
}

/** The first `rows` rows of a column as typed numbers of a buffer. */
export function typedRows(
  buffer: ArrayBuffer,
  { dtype, shape }: ColumnLayout,
  rows: number,
): ColumnData {
  return new arrays[dtype](buffer, 0, rows * elements(shape));
}

/** The bytes of a typed array. */
export function bytesOf({ buffer, byteOffset, byteLength }: ColumnData): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function rowBytes({ dtype, shape }: ColumnLayout): number {
  return elements(shape) * arrays[dtype].BYTES_PER_ELEMENT;
}
