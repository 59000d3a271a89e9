/** @file Rows of a file of records, one by one or sorted by the windows of an epoch. */
import { dirname } from "node:path";
import { epochSorter, type EpochSorter } from "./epoch-sorter.ts";
import { gatherer } from "./gather.ts";
import { rowPlacer } from "./place-rows.ts";
import { watchReads } from "./read-costs.ts";
import type { ReadRequest, RowWorkerData, SortRequest, WeighRequest } from "./row-messages.ts";
import { freeBytes, openScratch } from "./scratch.node.ts";
import { earlyShare, measureReads, secondsOfReads, secondsOfSort } from "./sort-costs.ts";

/** What a worker does with a file of records. */
export interface StoredRows {
  readonly read: (request: ReadRequest) => void;
  /** Whether an epoch is quicker sorted. */
  readonly sortPays: (request: WeighRequest) => boolean;
  readonly sort: (request: SortRequest) => void;
  /** Goes on with the sort of another epoch. */
  readonly goOn: EpochSorter["goOn"];
  /** What came up since this was asked before. */
  readonly notes: () => readonly string[];
}

/** Part of what is free on the disk that sorting may take. */
const DISK_SHARE = 0.9;

const seconds = (): number => performance.now() / 1000;

/** The rows of an open file. */
export function storedRows(
  { layout, size, windowRows, sortBytes, scratch }: RowWorkerData,
  read: (into: Uint8Array, position: number) => void,
): StoredRows {
  const reads = watchReads(read, seconds);
  const placer = rowPlacer({ layout, size, windowRows });
  const source = { layout, size, read: reads.read };
  const gather = gatherer(source, placer, reads.gapBytes);
  const folder = dirname(scratch);
  let notes: string[] = [];
  let isFull = false;
  let early = 1;
  const note = (why: string): void => {
    notes.push(
      `the rows of an epoch cannot be sorted in ${folder}: ${why}; they are read one by one, which is slower`,
    );
  };
  const sorter = epochSorter({
    ...{ source, placer },
    bytes: sortBytes,
    open: () => openScratch(scratch),
    onFailure: ({ message }) => {
      note(message);
    },
  });
  /** Whether so many more bytes may be written. It is said once when they may not. */
  const hasRoom = (bytes: number): boolean => {
    const free = freeBytes(folder);
    if (bytes <= DISK_SHARE * free) return true;
    if (!isFull) note(`it would take ${megabytes(bytes)}, and ${megabytes(free)} are free`);
    isFull = true;
    return false;
  };
  return {
    read({ buffers: { x, y, rows }, length, sorted }) {
      const window = { x, y, rows: new Uint32Array(rows, 0, length) };
      if (sorted !== undefined && sorter.fill(sorted, window)) return;
      gather.fill(window);
      for (let i = 0; i < length; i++) window.rows[i] = i;
    },
    sortPays({ rows, windows, visits }) {
      const block = sorter.block(windows);
      if (block === undefined) return false;
      rows.sort();
      const recordBytes = layout.bytes;
      const costs = measureReads(read, { recordBytes, size, span: placer.span }, rows, seconds);
      const sample = { ...gather.reads(rows), rows: rows.length };
      const question = { costs, recordBytes, size, visits, sample, blockRows: block.rows };
      if (secondsOfSort(question) >= secondsOfReads(question)) return false;
      early = earlyShare(question);
      return hasRoom((visits / block.rows + windows) * block.bytes - sorter.scratchBytes());
    },
    sort({ number, windows, counts }) {
      sorter.begin(number, { windows, counts }, early);
    },
    goOn: sorter.goOn,
    notes() {
      const said = notes;
      notes = [];
      return said;
    },
  };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
