/** @file Records that were read, put where they are wanted in a window. */
import type { RecordLayout } from "./record.ts";
import { sortRows, type PlacedRows } from "./sort-rows.ts";

/** Where rows go: x and y of `rows` rows, in the order they are wanted. */
export interface Window {
  /** The rows that are wanted; overwritten. */
  readonly rows: Uint32Array;
  readonly x: ArrayBuffer;
  readonly y: ArrayBuffer;
}

/** A window whose rows are sorted, and which is being filled. */
export interface OpenWindow {
  /** The rows in ascending order, each with its place in the window. */
  readonly sorted: PlacedRows;
  /** Copies the records of rows `start` … `end` − 1 of the sorted ones from the span, of which the first record is row `first`. */
  readonly put: (start: number, end: number, first: number) => void;
}

/** Fills windows from one span of records after the other. */
export interface RowPlacer {
  /** Records that were read. */
  readonly span: Uint8Array<ArrayBuffer>;
  /** Records that the span has room for. */
  readonly spanRows: number;
  readonly open: (window: Window) => OpenWindow;
  /** Puts in place of each row how many of them are before it in ascending order. */
  readonly rank: (rows: Uint32Array) => void;
}

/** What a placer works for. */
export interface PlacerOptions {
  readonly layout: RecordLayout;
  /** Number of records. */
  readonly size: number;
  /** Most rows of a window. */
  readonly windowRows: number;
  /** Bytes of the span, if they are not one record (default 1 MiB). */
  readonly spanBytes?: number;
}

/** A placer. Its memory (three numbers of 32 bits for each row of the window, and a span) is used again for every window. */
export function rowPlacer(options: PlacerOptions): RowPlacer {
  const { layout, size, windowRows, spanBytes = 2 ** 20 } = options;
  const spanRows = Math.max(1, Math.min(size, Math.floor(spanBytes / layout.bytes)));
  const span = new Uint8Array(spanRows * layout.bytes);
  const places = new Uint32Array(windowRows);
  const spare = { rows: new Uint32Array(windowRows), places: new Uint32Array(windowRows) };
  const sortedOf = (rows: Uint32Array): PlacedRows => {
    for (let i = 0; i < rows.length; i++) places[i] = i;
    return sortRows({ rows, places }, spare, rows.length, size);
  };
  return {
    span,
    spanRows,
    open({ rows, x, y }) {
      const sorted = sortedOf(rows);
      const putX = scatter(layout.bytes, 0, layout.xBytes, span.buffer, x);
      const putY = scatter(layout.bytes, layout.xBytes, layout.yBytes, span.buffer, y);
      return {
        sorted,
        put(start, end, first) {
          putX(sorted, start, end, first);
          putY(sorted, start, end, first);
        },
      };
    },
    rank(rows) {
      const sorted = sortedOf(rows);
      for (let i = 0; i < rows.length; i++) rows[sorted.places[i]!] = i;
    },
  };
}

/** Above this many bytes a copy by the platform is quicker than a loop over words. */
const LOOP_BYTES = 512;

/** Copies `bytes` bytes at `offset` of the records of a span, of which the first is row `first`, to the places of rows. */
function scatter(
  stride: number,
  offset: number,
  bytes: number,
  span: ArrayBuffer,
  to: ArrayBuffer,
): (sorted: PlacedRows, start: number, end: number, first: number) => void {
  const inWords = stride % 4 === 0 && offset % 4 === 0 && bytes % 4 === 0 && bytes <= LOOP_BYTES;
  if (!inWords) {
    const [source, target] = [new Uint8Array(span), new Uint8Array(to)];
    return ({ rows, places }, start, end, first) => {
      for (let i = start; i < end; i++) {
        const from = (rows[i]! - first) * stride + offset;
        target.set(source.subarray(from, from + bytes), places[i]! * bytes);
      }
    };
  }
  const [source, target] = [new Int32Array(span), new Int32Array(to, 0, to.byteLength >>> 2)];
  const [words, strideWords, offsetWords] = [bytes / 4, stride / 4, offset / 4];
  return ({ rows, places }, start, end, first) => {
    for (let i = start; i < end; i++) {
      let from = (rows[i]! - first) * strideWords + offsetWords;
      let at = places[i]! * words;
      for (const stop = from + words; from < stop;) target[at++] = source[from++]!;
    }
  };
}
