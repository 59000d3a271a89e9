/** @file Examples that come in blocks, cached as a data set that is larger than memory. */
import { DataError, InputError, wholeNumber } from "../../errors.ts";
import {
  dtypeOf,
  type Column,
  type ColumnLayout,
  type Dataset,
  type StoredDataset,
} from "../dataset.ts";
import { defaultCacheFolder } from "./cache-folder.node.ts";
import { checkExamples } from "./check-examples.ts";
import { cacheEntry } from "./entry.node.ts";
import type { CacheContent } from "./meta.ts";
import { openPartWriters, type PartWriters } from "./part-writers.node.ts";
import type { CacheProgress } from "./progress.ts";
import { storedParts } from "./stored-dataset.node.ts";

/** How much memory stored data may take, and where it is kept. */
export interface StoreOptions {
  /** Bytes of memory: for the order of visits and for windows of rows. */
  readonly memory: number;
  /** Default: `MINIBATCH_CACHE`, or a folder `minibatch` where the system keeps caches. */
  readonly cacheFolder?: string;
  /** Told of the rows done. */
  readonly onProgress?: ((progress: CacheProgress) => void) | undefined;
}

/** Options of {@link storeBlocks}. */
export interface StoreBlocksOptions extends StoreOptions {
  /** What the blocks are: they are not asked for when the cache has them. Give another key when they change. */
  readonly key: string;
}

/**
 * A data set of blocks that come one after the other, kept in the cache: the first time they are written there, after that `blocks` is not
 * called. Blocks may differ in size, and in nothing else.
 *
 * @throws InputError for blocks that do not fit together and for weights; DataError for NaN, infinity and unknown classes, and where the
 *   cache cannot be written to
 * @example
 * const stored = await storeBlocks(async function* () { yield fromArrays(x0, y0); yield fromArrays(x1, y1); }, { key: "mine 1", memory: 2 ** 28 });
 */
export async function storeBlocks(
  blocks: () => AsyncIterable<Dataset> | Iterable<Dataset>,
  options: StoreBlocksOptions,
): Promise<StoredDataset> {
  const { key, memory, cacheFolder = defaultCacheFolder(), onProgress } = options;
  wholeNumber("memory", memory);
  const entry = await cacheEntry({
    root: cacheFolder,
    key: { kind: "blocks", key },
    onProgress,
    build: (folder) => writeBlocks(folder, blocks(), onProgress),
  });
  return storedParts(entry, memory).training;
}

async function writeBlocks(
  folder: string,
  blocks: AsyncIterable<Dataset> | Iterable<Dataset>,
  onProgress: StoreOptions["onProgress"],
): Promise<CacheContent> {
  let first: Dataset | undefined;
  let writers: PartWriters | undefined;
  let rows = 0;
  try {
    for await (const block of blocks) {
      first ??= block;
      checkLike(block, first, rows);
      checkExamples(block, rows);
      writers ??= openPartWriters(folder, layoutOf(first.x), layoutOf(first.y));
      writers.write("training", block.x.data, block.y.data, block.size);
      rows += block.size;
      onProgress?.({ phase: "writing", rows });
    }
    if (first === undefined || writers === undefined) {
      throw new DataError("there are no examples to cache: expected at least one block");
    }
    const { name, task, classes, source } = first;
    const about = {
      name,
      task,
      ...(classes && { classes }),
      ...(source !== undefined && { source }),
    };
    return { ...writers.end(() => about), about: {} };
  } finally {
    writers?.close();
  }
}

/** The layout of a column in memory. */
export function layoutOf({ data, shape, scale }: Column): ColumnLayout {
  return { dtype: dtypeOf(data), shape, ...(scale !== undefined && { scale }) };
}

function checkLike(block: Dataset, first: Dataset, rows: number): void {
  if (block.sampleWeight !== undefined) {
    throw new InputError("stored data has no weights; leave sampleWeight out");
  }
  const about = ({ task, classes, x, y }: Dataset): string =>
    JSON.stringify([task, classes ?? null, layoutOf(x), layoutOf(y)]);
  if (about(block) === about(first)) return;
  throw new InputError(
    `blocks must be alike in task, classes, types and shapes: the one from row ${rows} on is ${about(block)}, the first one ${about(first)}`,
  );
}
