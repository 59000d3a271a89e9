/** @file The data sets in a cache entry. */
import type { StoredDataset } from "../dataset.ts";
import { scratchFile } from "./cache-folder.node.ts";
import { recordsOf, type CacheEntry } from "./entry.node.ts";
import { requireMemory, storedMemory, workBytes } from "./memory.ts";
import type { CachedPart } from "./meta.ts";
import { recordLayout, type RecordLayout } from "./record.ts";
import { openRowReader } from "./row-reader.node.ts";

/** Data sets that are on disk. */
export interface StoredParts {
  readonly training: StoredDataset;
  /** Absent where nothing is set apart. */
  readonly validation?: StoredDataset;
}

/** Data sets that are on disk, and where. */
export interface StoredExamples extends StoredParts {
  /** What was read and assumed, in lines of text. */
  readonly notes: readonly string[];
  readonly cache: CacheLocation;
}

/** Where data is kept. */
export type CacheLocation = Pick<CacheEntry, "folder" | "bytes" | "built">;

/** The data sets of an entry whose notes were kept with it. @throws InputError when `memory` is too little */
export function storedExamples(entry: CacheEntry, memory: number): StoredExamples {
  const { notes } = entry.content.about as Pick<StoredExamples, "notes">;
  return { ...storedParts(entry, memory), notes, cache: locationOf(entry) };
}

/** Where an entry is. */
export function locationOf({ folder, bytes, built }: CacheEntry): CacheLocation {
  return { folder, bytes, built };
}

/** Part of the memory for the rows to train on, where there are others too: these are read in order, for which little is enough. */
const TRAINING_SHARE = 7 / 8;

/** Examples of both parts. */
export interface PartSizes {
  readonly training: number;
  readonly validation: number;
}

/** Refuses memory that is too little for data sets of such records: before they are written, and of a cache. @throws InputError */
export function requirePartMemory(
  memory: number,
  layout: RecordLayout,
  { training, validation }: PartSizes,
): void {
  const share = validation > 0 ? TRAINING_SHARE : 1;
  const parts = [
    { share, layout, size: training, shuffled: true },
    { share: 1 - share, layout, size: validation, shuffled: false },
  ];
  requireMemory(
    memory,
    parts.filter(({ size }) => size > 0),
  );
}

/** The data sets of an entry, which together take `memory` bytes. @throws InputError when that is too little */
export function storedParts(entry: CacheEntry, memory: number): StoredParts {
  const { training, validation } = entry.content;
  const sizes = { training: training.size, validation: validation?.size ?? 0 };
  requirePartMemory(memory, recordLayout(training.x, training.y), sizes);
  if (validation === undefined) return { training: storedDataset(entry, training, memory, 1) };
  return {
    training: storedDataset(entry, training, memory, TRAINING_SHARE),
    validation: storedDataset(entry, validation, memory, 1 - TRAINING_SHARE),
  };
}

function storedDataset(
  entry: CacheEntry,
  part: CachedPart,
  memory: number,
  share: number,
): StoredDataset {
  const { file, ...about } = part;
  const layout = recordLayout(part.x, part.y);
  const shuffled = part === entry.content.training;
  const { windowRows, sortBytes } = storedMemory({
    ...{ memory, share, layout, shuffled },
    size: part.size,
  });
  const path = recordsOf(entry, { ...about, file });
  return {
    ...about,
    windowRows,
    workBytes: workBytes(memory),
    open: () => {
      const sorting = { bytes: sortBytes, scratch: scratchFile(entry.folder) };
      return Promise.resolve(openRowReader({ ...about, windowRows, path, sorting }));
    },
  };
}
