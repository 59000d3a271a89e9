/** @file Rows of two columns, one after the other, as records. */
import type { ColumnData } from "../dataset.ts";
import { bytesOf, type RecordLayout } from "./record.ts";

/** Writes rows `start` to `end` − 1 of x and y to the start of `out` as records. */
export function interleave(
  { x, y }: { readonly x: ColumnData; readonly y: ColumnData },
  layout: RecordLayout,
  start: number,
  end: number,
  out: Uint8Array,
): void {
  const { xBytes, yBytes, bytes } = layout;
  place(bytesOf(x).subarray(start * xBytes, end * xBytes), xBytes, out, bytes, 0);
  place(bytesOf(y).subarray(start * yBytes, end * yBytes), yBytes, out, bytes, xBytes);
}

/** Puts rows of `width` bytes at `offset` of records of `stride` bytes. */
function place(
  from: Uint8Array,
  width: number,
  out: Uint8Array,
  stride: number,
  offset: number,
): void {
  const isInWords = [from.byteOffset, out.byteOffset, width, stride, offset].every(
    (bytes) => bytes % 4 === 0,
  );
  const source = isInWords ? words(from) : from;
  const target = isInWords ? words(out) : out;
  const unit = isInWords ? 4 : 1;
  const [wide, step] = [width / unit, stride / unit];
  for (let i = 0, at = offset / unit; i < source.length; at += step - wide) {
    for (const stop = i + wide; i < stop;) target[at++] = source[i++]!;
  }
}

function words({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >>> 2);
}
