/** @file Rows of a file of records in the order they are wanted, with few reads in ascending order. */
import type { RowPlacer, Window } from "./place-rows.ts";
import type { RecordLayout } from "./record.ts";

/** A file of records. */
export interface RecordSource {
  readonly layout: RecordLayout;
  /** Number of records. */
  readonly size: number;
  /** Fills `into` with the bytes from `position` on. */
  readonly read: (into: Uint8Array, position: number) => void;
}

/** Reads of a file. */
export interface Reads {
  readonly count: number;
  /** Bytes of all of them. */
  readonly bytes: number;
}

/** Fills windows from a file of records. */
export interface Gatherer {
  readonly fill: (window: Window) => void;
  /** The reads that these rows, in ascending order, would take. */
  readonly reads: (rows: Uint32Array) => Reads;
}

/** Reads at the start of a window that are not merged over a gap. */
const FIRST_READS = 32;

/**
 * Fills windows: the rows sorted, near ones read together, scattered to their places.
 *
 * Where the system has the file in memory, a read of 1 MiB takes about as long as a hundred of one row: in a window of a tenth of the rows
 * nearly all reads are merged, in one of a hundredth none. The first reads of a window are of one row where rows are apart, so that it is
 * known what such a read takes.
 *
 * @param gapBytes bytes that are read and thrown away sooner than that a second read is made; asked once for each window
 */
export function gatherer(
  { layout, read }: RecordSource,
  placer: RowPlacer,
  gapBytes: () => number,
): Gatherer {
  const { span, spanRows } = placer;
  const gapRows = (): number => Math.max(1, Math.floor(gapBytes() / layout.bytes));
  return {
    fill(window) {
      const { sorted, put } = placer.open(window);
      const { length } = window.rows;
      const gap = gapRows();
      for (let start = 0, reads = 0; start < length; reads++) {
        const first = sorted.rows[start]!;
        const apart = reads < FIRST_READS ? 1 : gap;
        const end = spanEnd(sorted.rows, start, length, spanRows, apart);
        const last = sorted.rows[end - 1]!;
        read(span.subarray(0, (last - first + 1) * layout.bytes), first * layout.bytes);
        put(start, end, first);
        start = end;
      }
    },
    reads(rows) {
      const gap = gapRows();
      let [count, bytes] = [0, 0];
      for (let start = 0; start < rows.length; count++) {
        const end = spanEnd(rows, start, rows.length, spanRows, gap);
        bytes += (rows[end - 1]! - rows[start]! + 1) * layout.bytes;
        start = end;
      }
      return { count, bytes };
    },
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
