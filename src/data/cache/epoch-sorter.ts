/** @file Sorting of epochs: the one that is being read, and the next one meanwhile, in the same blocks. */
import { blockChains, type BlockChains, type Scratch } from "./block-chains.ts";
import { distributionMemory, type DistributionMemory } from "./distribute-rows.ts";
import { epochSort, type EpochSort, type EpochWindows, type SortedWindow } from "./epoch-sort.ts";
import type { RecordSource } from "./gather.ts";
import type { RowPlacer, Window } from "./place-rows.ts";
import { sortBlock, type SortBlock } from "./sort-blocks.ts";

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
  /** A block with so many windows; undefined where the memory is too little or the scratch file failed. */
  readonly block: (windows: number) => SortBlock | undefined;
  /**
   * Starts to sort an epoch. If its first window is wanted before it has gone on, a part `early` of the windows is sorted first, and the rest
   * while these are worked on. Of the sorts before only the last one is kept.
   */
  readonly begin: (number: number, epoch: EpochWindows, early: number) => void;
  /** Fills a window, sorted with those before it if it is not yet; false where it is not there. */
  readonly fill: (of: SortedWindow, window: Window) => boolean;
  /** Bytes of the scratch file. */
  readonly scratchBytes: () => number;
  /**
   * Goes on with what is to be sorted when the windows up to this one have been filled: as much as makes the next rows of its epoch ready in
   * time, and then those of the epoch after.
   */
  readonly goOn: (filled: SortedWindow) => void;
}

/** Bytes that are read at a time, if they are not one record: they are near when they are copied. */
const SPAN = 2 ** 18;

/** A sorter. Its scratch file is opened with the first sort. */
export function epochSorter(options: EpochSorterOptions): EpochSorter {
  const { source, placer, bytes, open, onFailure } = options;
  const { layout, size } = source;
  const spanBytes = Math.min(placer.spanRows, Math.max(1, Math.floor(SPAN / layout.bytes))) * layout.bytes; // prettier-ignore
  const sorts = new Map<number, EpochSort>();
  let scratch: Scratch | undefined;
  let chains: BlockChains | undefined;
  let memory: DistributionMemory | undefined;
  let failed = false;

  const blockOf = (windows: number): SortBlock | undefined =>
    failed ? undefined : sortBlock(bytes, { windows, size, recordBytes: layout.bytes });
  /** Work on the scratch file, after whose failure nothing is sorted any more. */
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ScratchError)) throw error;
      failed = true;
      sorts.clear();
      scratch?.close();
      [scratch, chains, memory] = [undefined, undefined, undefined];
      onFailure(error.cause as Error);
    }
  };
  const chainsOf = (blockBytes: number): BlockChains => {
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
  /** Goes on with a sort. The blocks in memory are for one at a time, and where another has rows in them, it is given up. */
  const advance = (number: number, sort: EpochSort, rows: number): void => {
    for (const [other, { isUnderWay, drop }] of sorts) {
      if (other === number || !isUnderWay()) continue;
      drop();
      sorts.delete(other);
    }
    sort.advance(rows);
  };
  return {
    block: blockOf,
    begin(number, { windows, counts }, early) {
      attempt(() => {
        const block = blockOf(counts.length);
        if (block === undefined) return;
        const last = [...sorts.keys()].at(-1);
        for (const [old, sort] of sorts) {
          if (old === last) continue;
          sort.drop();
          sorts.delete(old);
        }
        // One piece for all epochs, which may have more windows or fewer. What is not written to takes no memory.
        memory ??= distributionMemory(spanBytes, bytes - size);
        const tools = { source, placer, chains: chainsOf(block.bytes), memory };
        sorts.set(number, epochSort({ windows, counts }, Math.ceil(early * counts.length), tools));
      });
    },
    fill(of, window) {
      attempt(() => {
        const sort = sorts.get(of.sort);
        sort?.hurry();
        while (sort !== undefined && sort.ready() <= of.window && sort.left() > 0)
          advance(of.sort, sort, sort.left());
      });
      const sort = sorts.get(of.sort);
      if (sort?.holds(of.window, window.rows.length) !== true) return false;
      sort.fill(of.window, window);
      return true;
    },
    scratchBytes: () => (chains === undefined ? 0 : chains.blocks() * chains.blockBytes),
    goOn({ sort: number, window }) {
      const own = sorts.get(number);
      if (own === undefined) return;
      attempt(() => {
        const isWhole = own.left() === 0;
        const [at, sort] = isWhole ? [number + 1, sorts.get(number + 1)] : [number, own];
        const windows = (isWhole ? own.windows : own.ready()) - window;
        if (sort !== undefined) advance(at, sort, Math.ceil(sort.left() / Math.max(1, windows)));
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
