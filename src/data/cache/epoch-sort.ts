/** @file The rows of an epoch sorted by window: the file of records is read once, in its order, and each row goes to the bucket of its window. */
import { emptyChain, type BlockChains } from "./block-chains.ts";
import type { RecordSource } from "./gather.ts";
import { LOOP_BYTES, type RowPlacer, type Window } from "./place-rows.ts";
import type { RecordLayout } from "./record.ts";
import { noWindow, type RowWindows } from "./row-windows.ts";

/** The windows of an epoch. */
export interface EpochWindows {
  /** By row. */
  readonly windows: RowWindows;
  /** By window, its rows. */
  readonly counts: Int32Array;
}

/** The rows of an epoch on their way through buckets. */
export interface EpochSort {
  /** Rows of all windows. */
  readonly visits: number;
  /** Puts the next `rows` records of the file into their buckets, or as many as are left. */
  readonly advance: (rows: number) => void;
  /** Whether all records are in their buckets. */
  readonly isWhole: () => boolean;
  /** Whether a window of so many rows can be filled: once, when all records are in their buckets. */
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
  /** A block for each window. */
  readonly buffers: Uint8Array<ArrayBuffer>;
}

/**
 * Starts to sort an epoch. A bucket has its rows in the order of the file, which is the order of their numbers: the sorted numbers of a window
 * tell the place of each.
 */
export function epochSort({ windows, counts }: EpochWindows, tools: EpochSortTools): EpochSort {
  const { source, placer, chains, buffers } = tools;
  const { layout, size } = source;
  const { blockBytes } = chains;
  const buckets = Array.from(counts, emptyChain);
  const taken = new Uint8Array(counts.length);
  const flush = (window: number, bytes: number): void => {
    const start = window * blockBytes;
    chains.append(buckets[window]!, buffers.subarray(start, start + bytes));
  };
  let distributing: Distribution | undefined = distribution(windows, {
    ...{ layout, blockBytes, flush, buffers },
    span: placer.span,
  });
  /** Records that are in their buckets. */
  let done = 0;
  return {
    visits: counts.reduce((sum, count) => sum + count, 0),
    advance(rows) {
      const end = Math.min(size, done + rows);
      while (done < end) {
        const count = Math.min(placer.spanRows, end - done);
        source.read(placer.span.subarray(0, count * layout.bytes), done * layout.bytes);
        distributing?.take(done, count);
        done += count;
      }
      if (done < size) return;
      distributing?.end();
      distributing = undefined;
    },
    isWhole: () => done === size,
    holds: (number, rows) => done === size && taken[number] === 0 && counts[number] === rows,
    fill(number, window) {
      const { putAll } = placer.open(window);
      taken[number] = 1;
      const { length } = window.rows;
      const blockRows = blockBytes / layout.bytes;
      const most = Math.floor(placer.spanRows / blockRows) * blockRows;
      for (let start = 0; start < length; start += most) {
        const end = Math.min(length, start + most);
        for (let at = start; at < end; at += blockRows) {
          const [from, to] = [at - start, Math.min(end, at + blockRows) - start];
          chains.take(
            buckets[number]!,
            placer.span.subarray(from * layout.bytes, to * layout.bytes),
          );
        }
        putAll(start, end);
      }
    },
    drop() {
      for (const bucket of buckets) chains.drop(bucket);
      distributing = undefined;
      done = 0;
    },
  };
}

/** Records on their way from a span into a block for each window. */
interface Distribution {
  /** Takes `count` records, of which the first is row `first`. */
  readonly take: (first: number, count: number) => void;
  /** Flushes the blocks that are not full. */
  readonly end: () => void;
}

interface DistributionOptions {
  readonly layout: RecordLayout;
  readonly span: Uint8Array<ArrayBuffer>;
  readonly buffers: Uint8Array<ArrayBuffer>;
  readonly blockBytes: number;
  /** Takes the first bytes of the block of a window. */
  readonly flush: (window: number, bytes: number) => void;
}

function distribution(windows: RowWindows, options: DistributionOptions): Distribution {
  const { layout, blockBytes, flush, buffers } = options;
  /** By window, the bytes in its block. */
  const filled = new Int32Array(buffers.length / blockBytes);
  const take =
    layout.bytes % 4 === 0 && layout.bytes <= LOOP_BYTES
      ? distributeWords(windows, filled, options)
      : distributeBytes(windows, filled, options);
  return {
    take,
    end() {
      filled.forEach((bytes, window) => {
        if (bytes > 0) flush(window, bytes);
      });
    },
  };
}

function distributeBytes(
  windows: RowWindows,
  filled: Int32Array,
  { layout: { bytes }, blockBytes, flush, buffers, span }: DistributionOptions,
): Distribution["take"] {
  const none = noWindow(windows);
  return (first, count) => {
    for (let i = 0; i < count; i++) {
      const window = windows[first + i]!;
      if (window === none) continue;
      buffers.set(span.subarray(i * bytes, (i + 1) * bytes), window * blockBytes + filled[window]!);
      filled[window]! += bytes;
      if (filled[window]! < blockBytes) continue;
      flush(window, blockBytes);
      filled[window] = 0;
    }
  };
}

function distributeWords(
  windows: RowWindows,
  filled: Int32Array,
  { layout: { bytes }, blockBytes, flush, buffers, span }: DistributionOptions,
): Distribution["take"] {
  const none = noWindow(windows);
  const [source, target] = [new Int32Array(span.buffer), new Int32Array(buffers.buffer)];
  const words = bytes / 4;
  return (first, count) => {
    for (let i = 0; i < count; i++) {
      const window = windows[first + i]!;
      if (window === none) continue;
      let from = i * words;
      let at = (window * blockBytes + filled[window]!) >>> 2;
      for (const stop = from + words; from < stop;) target[at++] = source[from++]!;
      filled[window]! += bytes;
      if (filled[window]! < blockBytes) continue;
      flush(window, blockBytes);
      filled[window] = 0;
    }
  };
}
