/** @file Rows of a file of records in the order they are wanted, with few reads in ascending order. */
import type { RecordLayout } from "./record.ts";
import { sortRows, type PlacedRows } from "./sort-rows.ts";

/** A file of records. */
export interface RecordSource {
  readonly layout: RecordLayout;
  /** Number of records. */
  readonly size: number;
  /** Fills `into` with the bytes from `position` on. */
  readonly read: (into: Uint8Array, position: number) => void;
}

/** Where rows go: x and y of `rows` rows, in the order they are wanted. */
export interface Window {
  /** The rows that are wanted; overwritten. */
  readonly rows: Uint32Array;
  readonly x: ArrayBuffer;
  readonly y: ArrayBuffer;
}

/** How reads are merged. */
export interface GatherOptions {
  /** Most rows of a window. */
  readonly windowRows: number;
  /** Bytes that one read takes at most, if they are not one record (default 1 MiB). */
  readonly spanBytes?: number;
  /** Bytes that are read and thrown away sooner than that a second read is made; asked once for each window. */
  readonly gapBytes: () => number;
}

/** Reads at the start of a window that are not merged over a gap. */
const FIRST_READS = 32;

/**
 * A function that fills windows from a file of records: the rows sorted, near ones read together, scattered to their places.
 *
 * Where the system has the file in memory, a read of 1 MiB takes about as long as a hundred of one row: in a window of a tenth of the rows
 * nearly all reads are merged, in one of a hundredth none. The first reads of a window are of one row where rows are apart, so that it is
 * known what such a read takes. Its memory (three numbers of 32 bits for each row of the window, and a span) is used again for every window.
 */
export function gatherer(source: RecordSource, options: GatherOptions): (window: Window) => void {
  const { layout, size } = source;
  const { windowRows, spanBytes = 2 ** 20, gapBytes } = options;
  const spanRows = Math.max(1, Math.min(size, Math.floor(spanBytes / layout.bytes)));
  const span = new Uint8Array(spanRows * layout.bytes);
  const places = new Uint32Array(windowRows);
  const spare = { rows: new Uint32Array(windowRows), places: new Uint32Array(windowRows) };
  return ({ rows, x, y }) => {
    const { length } = rows;
    for (let i = 0; i < length; i++) places[i] = i;
    const sorted = sortRows({ rows, places }, spare, length, size);
    const scatterX = scatter(layout.bytes, 0, layout.xBytes, span.buffer, x);
    const scatterY = scatter(layout.bytes, layout.xBytes, layout.yBytes, span.buffer, y);
    const gapRows = Math.max(1, Math.floor(gapBytes() / layout.bytes));
    for (let start = 0, reads = 0; start < length; reads++) {
      const first = sorted.rows[start]!;
      const gap = reads < FIRST_READS ? 1 : gapRows;
      const end = spanEnd(sorted.rows, start, length, spanRows, gap);
      const last = sorted.rows[end - 1]!;
      source.read(span.subarray(0, (last - first + 1) * layout.bytes), first * layout.bytes);
      scatterX(sorted, start, end);
      scatterY(sorted, start, end);
      start = end;
    }
  };
}

/** The place after the last row that is read together with the one at `start`. */
function spanEnd(
  rows: Uint32Array,
  start: number,
  length: number,
  spanRows: number,
  gapRows: number,
): number {
  const limit = rows[start]! + spanRows;
  let end = start + 1;
  while (end < length && rows[end]! < limit && rows[end]! - rows[end - 1]! <= gapRows) end++;
  return end;
}

/** Above this many bytes a copy by the platform is quicker than a loop over words. */
const LOOP_BYTES = 512;

/** Copies `bytes` bytes at `offset` of records of a span, of which the first is row `rows[start]`, to the places of these rows. */
function scatter(
  stride: number,
  offset: number,
  bytes: number,
  span: ArrayBuffer,
  to: ArrayBuffer,
): (sorted: PlacedRows, start: number, end: number) => void {
  const inWords = stride % 4 === 0 && offset % 4 === 0 && bytes % 4 === 0 && bytes <= LOOP_BYTES;
  if (!inWords) {
    const [source, target] = [new Uint8Array(span), new Uint8Array(to)];
    return ({ rows, places }, start, end) => {
      const first = rows[start]!;
      for (let i = start; i < end; i++) {
        const from = (rows[i]! - first) * stride + offset;
        target.set(source.subarray(from, from + bytes), places[i]! * bytes);
      }
    };
  }
  const [source, target] = [new Int32Array(span), new Int32Array(to, 0, to.byteLength >>> 2)];
  const [words, strideWords, offsetWords] = [bytes / 4, stride / 4, offset / 4];
  return ({ rows, places }, start, end) => {
    const first = rows[start]!;
    for (let i = start; i < end; i++) {
      let from = (rows[i]! - first) * strideWords + offsetWords;
      let at = places[i]! * words;
      for (const stop = from + words; from < stop;) target[at++] = source[from++]!;
    }
  };
}
