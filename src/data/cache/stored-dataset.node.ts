/** @file A data set in a cache entry. */
import type { StoredDataset } from "../dataset.ts";
import { recordsOf, type CacheEntry } from "./entry.node.ts";
import type { CachedPart } from "./meta.ts";
import { openRowReader } from "./row-reader.node.ts";

/** The data set of a part of an entry, read in windows of `windowRows` rows. */
export function storedDataset(
  entry: CacheEntry,
  part: CachedPart,
  windowRows: number,
): StoredDataset {
  const { file, ...about } = part;
  const path = recordsOf(entry, { ...about, file });
  return {
    ...about,
    windowRows,
    open: () => Promise.resolve(openRowReader({ ...about, windowRows, path })),
  };
}
