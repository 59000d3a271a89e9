/** @file Sorting of epochs: the one that is being read, and the next one meanwhile, in the same blocks. */
import type { SortedWindow } from "../dataset.ts";
import { blockChains, type BlockChains, type Scratch } from "./block-chains.ts";
import { epochSort, type EpochSort, type EpochWindows } from "./epoch-sort.ts";
import type { RecordSource } from "./gather.ts";
import type { RowPlacer, Window } from "./place-rows.ts";
import { windowNumberBytes } from "./row-windows.ts";

/** What a sorter works with. */
export interface EpochSorterOptions {
  readonly source: RecordSource;
  readonly placer: RowPlacer;
  /** Bytes for the windows of the rows and for a block each. */
  readonly bytes: number;
  /** @throws the system's error */
  readonly open: () => Scratch;
  /** Told why no more is sorted. */
  readonly onFailure: (error: Error) => void;
}

/** Sorts epochs. What cannot be sorted is not there, and can be read row by row. */
export interface EpochSorter {
  /** Rows of a block with so many windows; 0 where the memory is too little or the scratch file failed. */
  readonly blockRows: (windows: number) => number;
  /** Starts to sort an epoch. Of those before only the last one is kept, if it is whole. */
  readonly begin: (number: number, epoch: EpochWindows) => void;
  /** Fills a window, all of its epoch sorted before; false where it is not there. */
  readonly fill: (of: SortedWindow, window: Window) => boolean;
  /** Bytes of the scratch file. */
  readonly scratchBytes: () => number;
  /** Goes on with the other sort, by as large a part of the file as a window of so many rows is of its own epoch. */
  readonly goOn: (beside: SortedWindow, rows: number) => void;
}

/** Most bytes of a block, and least ones, if they are not one record. */
const [MOST_BLOCK, LEAST_BLOCK] = [2 ** 16, 2 ** 11];

/** Rows of a block when so many bytes are there for all windows; 0 when that is too little. */
export function sortBlockRows(
  bytes: number,
  { windows, size, recordBytes }: { windows: number; size: number; recordBytes: number },
): number {
  const numbers = windowNumberBytes(windows);
  if (numbers === undefined) return 0;
  const block = (bytes - numbers * size) / windows;
  if (block < Math.max(recordBytes, Math.min(LEAST_BLOCK, recordBytes * size))) return 0;
  return Math.max(1, Math.floor(Math.min(block, MOST_BLOCK) / recordBytes));
}

/** A sorter. Its scratch file is opened with the first sort. */
export function epochSorter(options: EpochSorterOptions): EpochSorter {
  const { source, placer, bytes, open, onFailure } = options;
  const { layout, size } = source;
  const sorts = new Map<number, EpochSort>();
  let scratch: Scratch | undefined;
  let chains: BlockChains | undefined;
  let buffers = new Uint8Array(0);
  let failed = false;

  const blockRows = (windows: number): number => {
    if (failed) return 0;
    const rows = sortBlockRows(bytes, { windows, size, recordBytes: layout.bytes });
    return Math.min(rows, placer.spanRows);
  };
  /** Work on the scratch file, after whose failure nothing is sorted any more. */
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ScratchError)) throw error;
      failed = true;
      sorts.clear();
      scratch?.close();
      [scratch, chains, buffers] = [undefined, undefined, new Uint8Array(0)];
      onFailure(error.cause as Error);
    }
  };
  const chainsOf = (rows: number): BlockChains => {
    const blockBytes = rows * layout.bytes;
    if (chains !== undefined && chains.blockBytes <= blockBytes) return chains;
    sorts.clear();
    const file = (scratch ??= inScratch(open));
    inScratch(file.clear);
    const write = (block: Uint8Array, position: number): void => {
      inScratch(() => {
        file.write(block, position);
      });
    };
    return (chains = blockChains({ read: file.read, write }, blockBytes));
  };
  return {
    blockRows,
    begin(number, { windows, counts }) {
      attempt(() => {
        const rows = blockRows(counts.length);
        if (rows === 0) return;
        const last = [...sorts.keys()].at(-1);
        for (const [old, sort] of sorts) {
          if (old === last && sort.isWhole()) continue;
          sort.drop();
          sorts.delete(old);
        }
        const blocks = chainsOf(rows);
        const length = counts.length * blocks.blockBytes;
        if (buffers.length !== length) buffers = new Uint8Array(length);
        sorts.set(
          number,
          epochSort({ windows, counts }, { source, placer, chains: blocks, buffers }),
        );
      });
    },
    fill(of, window) {
      attempt(() => {
        sorts.get(of.sort)?.advance(size);
      });
      const sort = sorts.get(of.sort);
      if (sort?.holds(of.window, window.rows.length) !== true) return false;
      sort.fill(of.window, window);
      return true;
    },
    scratchBytes: () => (chains === undefined ? 0 : chains.blocks() * chains.blockBytes),
    goOn(beside, rows) {
      const visits = sorts.get(beside.sort)?.visits ?? 0;
      if (visits === 0) return;
      attempt(() => {
        for (const [number, sort] of sorts)
          if (number !== beside.sort) sort.advance(Math.ceil((size * rows) / visits));
      });
    },
  };
}

/** The scratch file failed. */
class ScratchError extends Error {}

function inScratch<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ScratchError("the scratch file failed", { cause });
  }
}
