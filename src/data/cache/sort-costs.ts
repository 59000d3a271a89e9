/** @file Whether an epoch is quicker read row by row or sorted first, by what reads take here. */
import type { Reads } from "./gather.ts";

/** What reads of a file take. */
export interface ReadCosts {
  /** Seconds of a read of one record at a random place. */
  readonly record: number;
  /** Seconds of a byte in a long read. */
  readonly byte: number;
}

/** Records that are read one by one to know what that takes, and long reads. */
const [RECORDS, SPANS] = [256, 4];

/**
 * Reads records and spans here and there, with a clock.
 *
 * @param rows in ascending order
 * @param now a clock, in seconds
 */
export function measureReads(
  read: (into: Uint8Array, position: number) => void,
  { recordBytes, span, size }: { recordBytes: number; span: Uint8Array; size: number },
  rows: Uint32Array,
  now: () => number,
): ReadCosts {
  const timed = (work: () => void): number => {
    const start = now();
    work();
    return now() - start;
  };
  const step = Math.max(1, Math.floor(rows.length / RECORDS));
  const count = Math.floor((rows.length - 1) / step) + 1;
  const one = span.subarray(0, recordBytes);
  const records = timed(() => {
    for (let i = 0; i < rows.length; i += step) read(one, rows[i]! * recordBytes);
  });
  const last = size * recordBytes - span.length;
  const spans = timed(() => {
    for (let i = 0; i < SPANS; i++)
      read(span, Math.floor((last * (i + 0.5)) / SPANS / recordBytes) * recordBytes);
  });
  return { record: records / count, byte: spans / SPANS / span.length };
}

/** A choice between reading row by row and sorting. */
export interface SortQuestion {
  readonly costs: ReadCosts;
  readonly recordBytes: number;
  /** Records of the file. */
  readonly size: number;
  /** Rows that are wanted. */
  readonly visits: number;
  /** Rows of a block. */
  readonly blockRows: number;
  /** The reads that some of the wanted rows would take, and how many these are. */
  readonly sample: Reads & { readonly rows: number };
}

/** Seconds of a byte written, beside one read: a system that keeps it in memory copies it, and finds room for it. */
const WRITE = 2;

/** Seconds for the way of a record into its block, and of each byte of it. */
const [RECORD, BYTE] = [3e-8, 4e-10];

/** Reads and writes of a block: one of it, and one each for its x and its y. */
const SEEKS = 3;

/** Seconds that the rows take one by one: those of a read more than its bytes', for each, and those of the bytes. */
export function secondsOfReads({ costs, recordBytes, visits, sample }: SortQuestion): number {
  const seek = Math.max(0, costs.record - recordBytes * costs.byte);
  return ((sample.count * seek + sample.bytes * costs.byte) / sample.rows) * visits;
}

/** Seconds that they take sorted: the file read once; of each wanted row a copy, written and read; reads and a write for each block. */
export function secondsOfSort(question: SortQuestion): number {
  return secondsOfPass(question) + secondsOfCopies(question);
}

/**
 * Part of the windows that is sorted first where they are wanted at once. A pass over the file for them alone waits for less, and costs one more
 * pass: it copies rows for as long as it reads.
 */
export function earlyShare(question: SortQuestion): number {
  return Math.min(1, secondsOfPass(question) / secondsOfCopies(question));
}

function secondsOfPass({ costs, recordBytes, size }: SortQuestion): number {
  return size * recordBytes * costs.byte;
}

function secondsOfCopies({ costs, recordBytes, visits, blockRows }: SortQuestion): number {
  const seek = Math.max(0, costs.record - recordBytes * costs.byte);
  const bytes = recordBytes * ((WRITE + 1) * costs.byte + BYTE);
  return visits * (bytes + RECORD + (SEEKS * seek) / blockRows);
}
