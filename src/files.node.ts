/**
 * @file `minibatch/files`: data from files, tables and arrays and images, each resolving to a training and a test part. Node only.
 */
import { arrayParts } from "./data/arrays/array-keys.ts";
import { readArrayFile, readSingleArray } from "./data/arrays/array-files.node.ts";
import {
  arraysDataset,
  type ArrayPart,
  type NamedArray,
  type PreparedArrays,
} from "./data/arrays/arrays-dataset.ts";
import { pairedFiles } from "./data/arrays/paired-files.node.ts";
import { readImageFolder } from "./data/arrays/image-folder.node.ts";
import type { StoreOptions } from "./data/cache/store-blocks.node.ts";
import { storeImageFolder } from "./data/cache/store-images.node.ts";
import { storeArrays } from "./data/cache/store-arrays.node.ts";
import { storeTable } from "./data/cache/store-table.node.ts";
import type { CacheLocation, StoredExamples } from "./data/cache/stored-dataset.node.ts";
import type { SplitDataset, StoredDataset } from "./data/dataset.ts";
import { fileKind } from "./data/file-kind.node.ts";
import {
  arraysAsked,
  imageOptions,
  optionNames,
  tableOptions,
  type LoadFileOptions,
} from "./data/file-options.node.ts";
import type { Preprocessing } from "./data/table/preprocessing.ts";
import { reportLines, type TableReport } from "./data/table/report.ts";
import { readTable } from "./data/table/read-table.node.ts";
import { InputError, knownOptions, text } from "./errors.ts";

export {
  clearCache,
  defaultCacheFolder,
  type ClearedCache,
} from "./data/cache/cache-folder.node.ts";
export type { CacheProgress } from "./data/cache/progress.ts";
export type { LoadFileOptions } from "./data/file-options.node.ts";
export {
  storeBlocks,
  type StoreBlocksOptions,
  type StoreOptions,
} from "./data/cache/store-blocks.node.ts";
export {
  storeTable,
  type StoredTable,
  type StoreTableOptions,
} from "./data/cache/store-table.node.ts";
export { applyPreprocessing, type AppliedRows, type ApplyOptions } from "./data/table/apply.ts";
export { featureNames, targetUnits, type Preprocessing } from "./data/table/preprocessing.ts";
export { prepareTable, type PrepareOptions, type PreparedTable } from "./data/table/prepare.ts";
export type { RawColumn, RawTable } from "./data/table/raw-table.ts";
export { readColumns, type ReadOptions } from "./data/table/read-columns.node.ts";
export {
  readRows,
  readTable,
  type ReadRowsOptions,
  type ReadTableOptions,
} from "./data/table/read-table.node.ts";
export { reportLines, type TableReport } from "./data/table/report.ts";
export { readArrayFile } from "./data/arrays/array-files.node.ts";
export { arraysDataset, type ArraysDatasetOptions } from "./data/arrays/arrays-dataset.ts";
export type { ElementType, FileArray } from "./data/arrays/file-array.ts";
export { readImageFolder, type ImageFolderOptions } from "./data/arrays/image-folder.node.ts";
export { parseNpy } from "./data/arrays/npy.ts";
export { parseNpz } from "./data/arrays/npz.ts";
export { parseRaw, type RawOptions } from "./data/arrays/raw.ts";
export { parseSafetensors, writeSafetensors, type Safetensors } from "./data/arrays/safetensors.ts";

/** Data sets from a file. */
export interface LoadedFile extends SplitDataset {
  /** What was fitted on the training part of a table, plain JSON. */
  readonly preprocessing?: Preprocessing;
  /** What was done to a table. */
  readonly report?: TableReport;
  /** What was read, assumed and done, in lines of text. */
  readonly notes: readonly string[];
}

/**
 * Data from a file or a folder of images: what it is follows from its first bytes and its name.
 *
 * @param path CSV, TSV, JSON lines, Parquet (also a pattern such as `parts/*.parquet`), `.npy`, `.npz`, safetensors, IDX, raw, each gzipped
 *   or not; or a folder with a folder of PNG and JPEG images for each class
 * @throws InputError, DataError, RuntimeError in a line or two that say what was wrong, what was expected and where
 * @example const { training, test, preprocessing } = await loadFile("titanic.csv", { target: "survived" });
 * @example const { training, test } = await loadFile("x.npy", { target: "y.npy" });
 */
export async function loadFile(path: string, options: LoadFileOptions = {}): Promise<LoadedFile> {
  text("the path of a file", path);
  knownOptions("loadFile", options, optionNames);
  const kind = await kindOf(path, options);
  if (kind === "images") return loadImages(path, options);
  if (kind === "arrays") return loadArrays(path, options);
  return loadTable(path, options);
}

/** What a path is, by its first bytes and its name. */
async function kindOf(
  path: string,
  { raw }: LoadFileOptions,
): Promise<"images" | "arrays" | "table"> {
  const kind = await fileKind(path);
  if (kind === "folder") return "images";
  if (raw !== undefined || kind === "arrays") return "arrays";
  if (kind === "table") return "table";
  throw new InputError(
    `${path} is one image; give a folder that has a folder of images for each class`,
  );
}

/** Options of {@link openStored}. */
export type OpenStoredOptions = LoadFileOptions & StoreOptions;

/** Data sets from a file, on disk. */
export interface StoredFile {
  readonly training: StoredDataset;
  readonly test: StoredDataset;
  /** See {@link LoadedFile}. */
  readonly preprocessing?: Preprocessing;
  readonly report?: TableReport;
  /** What was read, assumed and done, and where it is kept, in lines of text. */
  readonly notes: readonly string[];
}

/**
 * The data sets of {@link loadFile} for a file that is larger than memory: the same examples and numbers, kept on disk in a cache, of which
 * a run holds what fits in `memory`. The file is read once; the next time, and in other processes, the cache is used as long as the file and
 * the options are the same.
 *
 * @param path a table, a file of arrays whose rows lie together as they are (not compressed; its examples come in the order of the file), or a
 *   folder of images, as of {@link loadFile}
 * @param options those of {@link loadFile}, and `memory` in bytes, `cacheFolder`, `onProgress`
 * @throws as {@link loadFile}; InputError when `memory` is too little for the order of visits (4 bytes an example); DataError where the
 *   cache cannot be written to
 * @example const { training, test } = await openStored("clicks.parquet", { target: "clicked", memory: 512 * 2 ** 20 });
 */
export async function openStored(path: string, options: OpenStoredOptions): Promise<StoredFile> {
  text("the path of a file", path);
  knownOptions("openStored", options, [...optionNames, "memory", "cacheFolder", "onProgress"]);
  const { memory, cacheFolder, onProgress, ...rest } = options;
  const store = {
    memory,
    ...(cacheFolder !== undefined && { cacheFolder }),
    ...(onProgress && { onProgress }),
  };
  const kind = await kindOf(path, rest);
  if (kind === "images") {
    return storedFile(
      path,
      await storeImageFolder(path, { ...imageOptions(path, rest), ...store }),
    );
  }
  if (kind === "arrays") {
    const { selection, settings } = arraysAsked(path, rest);
    return storedFile(path, await storeArrays(path, selection, { ...settings, ...store }));
  }
  const stored = await storeTable(path, { ...(await tableOptions(path, rest)), ...store });
  const { preprocessing, report } = stored;
  const file = storedFile(path, { ...stored, notes: reportLines(report) });
  return { ...file, preprocessing, report };
}

function storedFile(
  path: string,
  { training, validation, notes, cache }: StoredExamples,
): StoredFile {
  if (validation === undefined) throw noTest(path);
  return { training, test: validation, notes: [...notes, cacheNote(cache)] };
}

function cacheNote({ folder, bytes, built }: CacheLocation): string {
  return `cached in ${folder}, ${(bytes / 1e6).toPrecision(3)} MB, ${built ? "built now" : "from an earlier run"}`;
}

async function loadImages(path: string, options: LoadFileOptions): Promise<LoadedFile> {
  return splitOf(path, await readImageFolder(path, imageOptions(path, options)));
}

async function loadTable(path: string, options: LoadFileOptions): Promise<LoadedFile> {
  const settings = await tableOptions(path, options);
  const { training, validation, preprocessing, report } = await readTable(path, settings);
  if (validation === undefined) throw noTest(path);
  return { training, test: validation, preprocessing, report, notes: reportLines(report) };
}

async function loadArrays(path: string, options: LoadFileOptions): Promise<LoadedFile> {
  const { selection, settings } = arraysAsked(path, options);
  const content = await readArrayFile(path, selection.raw);
  const parts =
    content.kind === "named"
      ? arrayParts(content.arrays, path, selection)
      : await filePair({ array: content.array, source: path }, selection.y);
  return splitOf(path, arraysDataset(parts.main, settings, parts.apart));
}

/** The arrays of the files that belong together. */
async function filePair(
  x: NamedArray,
  target: string | undefined,
): Promise<{ readonly main: ArrayPart; readonly apart?: ArrayPart }> {
  const { main, apart } = await pairedFiles(x.source, target);
  const part = { x, y: await readSingleArray(main.y) };
  if (apart === undefined) return { main: part };
  return {
    main: part,
    apart: { x: await readSingleArray(apart.x), y: await readSingleArray(apart.y) },
  };
}

function splitOf(path: string, { training, validation, notes }: PreparedArrays): LoadedFile {
  if (validation === undefined) throw noTest(path);
  return { training, test: validation, notes };
}

function noTest(path: string): InputError {
  return new InputError(`split 0 leaves nothing of ${path} to test on; give a part above 0`);
}
