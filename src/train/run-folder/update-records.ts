/**
 * @file `updates.bin`: a record an update, four float64 with the low byte first: loss, learning rate, batch size, and the norm of the
 * gradient or NaN.
 */
import type { UpdateColumns } from "../history.ts";

/** Bytes of one record. */
export const recordBytes = 32;

/** Records that count, in the order of the updates: from number `start` up to before number `end`. */
export type RecordSpan = readonly [start: number, end: number];

/** The records of the updates from index `start` on. */
export function encodeRecords(
  { loss, learningRate, batchSize, gradientNorm }: UpdateColumns,
  start: number,
): Uint8Array {
  const bytes = new Uint8Array((loss.length - start) * recordBytes);
  const view = new DataView(bytes.buffer);
  for (let i = start, at = 0; i < loss.length; i++, at += recordBytes) {
    view.setFloat64(at, loss[i]!, true);
    view.setFloat64(at + 8, learningRate[i]!, true);
    view.setFloat64(at + 16, batchSize[i]!, true);
    view.setFloat64(at + 24, gradientNorm?.[i] ?? NaN, true);
  }
  return bytes;
}

/** The columns of the records in `spans`. */
export function decodeRecords(
  bytes: Uint8Array,
  spans: readonly RecordSpan[],
  withNorm: boolean,
): UpdateColumns {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = spans.reduce((sum, [start, end]) => sum + end - start, 0);
  const column = (offset: number): Float64Array => {
    const values = new Float64Array(count);
    let i = 0;
    for (const [start, end] of spans)
      for (let record = start; record < end; record++)
        values[i++] = view.getFloat64(record * recordBytes + offset, true);
    return values;
  };
  return {
    loss: column(0),
    learningRate: column(8),
    batchSize: column(16),
    ...(withNorm ? { gradientNorm: column(24) } : {}),
  };
}

/** The first `count` of the records in `spans`. */
export function firstRecords(spans: readonly RecordSpan[], count: number): readonly RecordSpan[] {
  let left = count;
  return spans.flatMap(([start, end]): RecordSpan[] => {
    const taken = Math.min(left, end - start);
    left -= taken;
    return taken > 0 ? [[start, start + taken]] : [];
  });
}

/** `spans`, and after them the records from `start` up to before `end`. */
export function withRecords(
  spans: readonly RecordSpan[],
  [start, end]: RecordSpan,
): readonly RecordSpan[] {
  if (start === end) return spans;
  const last = spans.at(-1);
  return last?.[1] === start ? [...spans.slice(0, -1), [last[0], end]] : [...spans, [start, end]];
}
