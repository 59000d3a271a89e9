/** @file The rows of an epoch sorted by window: the file of records is read in its order, and each row goes to the bucket of its window. */
import { emptyChain, type BlockChains } from "./block-chains.ts";
import { distribution, type Distribution, type DistributionMemory } from "./distribute-rows.ts";
import type { RecordSource } from "./gather.ts";
import type { RowPlacer, Window } from "./place-rows.ts";
import type { RowWindows } from "./row-windows.ts";

/** The windows of an epoch. */
export interface EpochWindows {
  /** By row. */
  readonly windows: RowWindows;
  /** By window, its rows. */
  readonly counts: Int32Array;
}

/** A window of a sort. */
export interface SortedWindow {
  /** Number of the sort. */
  readonly sort: number;
  /** Number of the window in it, from 0. */
  readonly window: number;
}

/** The rows of an epoch on their way through buckets. */
export interface EpochSort {
  /** Number of windows. */
  readonly windows: number;
  /** The rows of the windows below this one are all in their buckets. */
  readonly ready: () => number;
  /** Records that the pass under way has yet to read; 0 when all rows are in their buckets. */
  readonly left: () => number;
  /** Whether a pass is under way, so that the blocks in memory are in use. */
  readonly isUnderWay: () => boolean;
  /** Has the first windows sorted by themselves, if no pass has begun. */
  readonly hurry: () => void;
  /** Reads the next `rows` records of the pass under way, or as many as are left, and puts the rows of its windows into their buckets. */
  readonly advance: (rows: number) => void;
  /** Whether a window of so many rows can be filled: once, when all of its rows are in its bucket. */
  readonly holds: (number: number, rows: number) => boolean;
  /** Fills a window from its bucket. */
  readonly fill: (number: number, window: Window) => void;
  /** Gives all blocks back. */
  readonly drop: () => void;
}

/** What a sort works with. */
export interface EpochSortTools {
  readonly source: RecordSource;
  readonly placer: RowPlacer;
  readonly chains: BlockChains;
  readonly memory: DistributionMemory;
}

/** Each pass is of so many times the windows of the one before, and of all that are left where the next one would be of fewer. */
const GROWTH = 3;

/**
 * Starts to sort an epoch: in one pass over the file, or, where that is in a hurry, in several, of which the first is of `early` windows and each
 * of the others of thrice as many as the one before.
 *
 * A block has the x of its rows side by side, and then the y, so that they are read to where they are wanted. A bucket has its rows in the order
 * of the file, which is the order of their numbers: a window has them in this order, and says where each visit finds its own.
 */
export function epochSort(
  { windows: windowsOfRows, counts }: EpochWindows,
  early: number,
  tools: EpochSortTools,
): EpochSort {
  const { source, placer, chains, memory } = tools;
  const { layout, size } = source;
  const { blockBytes } = chains;
  const blockRows = Math.floor(blockBytes / layout.bytes);
  const { span, blocks } = memory;
  const spanRows = span.length / layout.bytes;
  const buckets = Array.from(counts, emptyChain);
  const taken = new Uint8Array(counts.length);
  const flush = (window: number): void => {
    const start = window * blockBytes;
    chains.append(buckets[window]!, blocks.subarray(start, start + blockBytes));
  };
  let [ready, end] = [0, counts.length];
  /** Those of the rows, until all are in their buckets. */
  let windows: RowWindows | undefined = windowsOfRows;
  let distributing: Distribution | undefined;
  /** Records that the pass under way has read. */
  let done = 0;
  return {
    windows: counts.length,
    ready: () => ready,
    left: () => (ready < counts.length ? size - done : 0),
    isUnderWay: () => distributing !== undefined,
    hurry() {
      if (ready === 0 && distributing === undefined) end = Math.min(end, Math.max(1, early));
    },
    advance(rows) {
      if (windows === undefined) return;
      const first = ready;
      distributing ??= distribution({
        windows,
        first,
        end,
        layout,
        block: { rows: blockRows, bytes: blockBytes },
        flush,
        span,
        blocks,
      });
      for (const stop = Math.min(size, done + rows); done < stop;) {
        const count = Math.min(spanRows, stop - done);
        source.read(span.subarray(0, count * layout.bytes), done * layout.bytes);
        distributing.take(done, count);
        done += count;
      }
      if (done < size) return;
      distributing.end();
      distributing = undefined;
      done = 0;
      const next = GROWTH * (end - ready);
      [ready, end] = [end, end + 2 * next > counts.length ? counts.length : end + next];
      if (ready === counts.length) windows = undefined;
    },
    holds: (number, rows) => number < ready && taken[number] === 0 && counts[number] === rows,
    fill(number, window) {
      taken[number] = 1;
      const { length } = window.rows;
      const [x, y] = [new Uint8Array(window.x), new Uint8Array(window.y)];
      const { xBytes, yBytes } = layout;
      for (let start = 0; start < length; start += blockRows) {
        const stop = Math.min(length, start + blockRows);
        chains.take(buckets[number]!, [
          { from: 0, into: x.subarray(start * xBytes, stop * xBytes) },
          { from: blockRows * xBytes, into: y.subarray(start * yBytes, stop * yBytes) },
        ]);
      }
      placer.rank(window.rows);
    },
    drop() {
      for (const bucket of buckets) chains.drop(bucket);
      windows = distributing = undefined;
    },
  };
}
