/** @file Arrays that are larger than memory, with their targets, kept on disk as records. */
import { open, type FileHandle } from "node:fs/promises";
import { DataError, wholeNumber } from "../../errors.ts";
import { arrayParts, type ArrayKeys } from "../arrays/array-keys.ts";
import { readSingleArray } from "../arrays/array-files.node.ts";
import {
  arrayPlaces,
  arrayRows,
  wholeArray,
  type ArrayPlace,
  type ArrayRows,
} from "../arrays/array-places.node.ts";
import {
  arrayNotes,
  arrayTargets,
  byteScale,
  checkRows,
  checkSameShape,
  rowShape,
  splitSettings,
  type ArrayPart,
  type ArraysDatasetOptions,
  type NamedArray,
} from "../arrays/arrays-dataset.ts";
import type { ElementType } from "../arrays/file-array.ts";
import { pairedFiles, type FilePair } from "../arrays/paired-files.node.ts";
import type { RawOptions } from "../arrays/raw.ts";
import { dtypeOf, type ColumnData, type ColumnLayout, type Dataset } from "../dataset.ts";
import { classLabels, splitIndices, takeRows } from "../split.ts";
import { elements, type NumericArray } from "../table.ts";
import { chosenRows, fate } from "../table/blocks.ts";
import type { PartName } from "../table/encode-table.ts";
import type { TargetColumn } from "../targets.ts";
import { defaultCacheFolder } from "./cache-folder.node.ts";
import { checkExamples } from "./check-examples.ts";
import { cacheEntry } from "./entry.node.ts";
import { fingerprintOf, refuseChange } from "./fingerprint.node.ts";
import type { CacheContent } from "./meta.ts";
import { openPartWriters, type PartWriters } from "./part-writers.node.ts";
import { recordLayout } from "./record.ts";
import type { StoreOptions } from "./store-blocks.node.ts";
import {
  requirePartMemory,
  storedExamples,
  type PartSizes,
  type StoredExamples,
} from "./stored-dataset.node.ts";

/** Which arrays, and how a raw file is read. */
export interface ArraySelection extends ArrayKeys {
  readonly raw?: Partial<RawOptions> | undefined;
}

/** Options of {@link storeArrays}. */
export type StoreArraysOptions = ArraysDatasetOptions & StoreOptions;

/** Values of inputs that are read at a time. */
const BLOCK = 2 ** 20;

/** Types that stay bytes. */
const bytes: ReadonlySet<ElementType> = new Set(["uint8", "bool"]);

/**
 * The data sets of `arraysDataset` for a file of arrays, on disk: the same examples in both parts, each in the order of the file. The inputs
 * are read once, from start to end; the targets are in memory meanwhile.
 *
 * @param selection names of arrays, or for a file that holds one array the file with the targets as `y`
 * @throws DataError naming the file that is cut, compressed, in Fortran order, or has a value that is not finite; InputError when `memory`
 *   is too little
 * @example await storeArrays("x.npy", { y: "y.npy" }, { memory: 512 * 2 ** 20 })
 */
export async function storeArrays(
  path: string,
  selection: ArraySelection,
  options: StoreArraysOptions,
): Promise<StoredExamples> {
  const { memory, cacheFolder = defaultCacheFolder(), onProgress, ...reading } = options;
  wholeNumber("memory", memory);
  const { parts, files } = await locate(path, selection);
  const about = { ...reading, ...selection };
  const fingerprint = await fingerprintOf("arrays", files, about);
  const entry = await cacheEntry({
    root: cacheFolder,
    key: fingerprint,
    onProgress,
    build: async (folder) => {
      const content = await cacheArrays(folder, parts, { ...reading, onProgress, memory });
      refuseChange(fingerprint, await fingerprintOf("arrays", files, about));
      return content;
    },
  });
  return storedExamples(entry, memory);
}

/** Inputs in their file, and how to get their targets. */
interface LocatedPart {
  readonly file: string;
  readonly x: ArrayPlace;
  readonly targets: () => Promise<NamedArray>;
}

/** Examples to train on, then those to validate on where they are apart. */
type LocatedParts = readonly LocatedPart[];

/** Where the arrays are, and all files that they are in. */
async function locate(
  path: string,
  { x, y, raw }: ArraySelection,
): Promise<{ readonly parts: LocatedParts; readonly files: readonly string[] }> {
  const places = await opened(path, (file) => arrayPlaces(file, path, raw));
  if (places.kind === "named") {
    const { main, apart } = arrayParts(places.arrays, path, { x, y });
    const inFile = (part: ArrayPart<ArrayPlace>): LocatedPart => ({
      file: path,
      x: { ...part.x.array, source: part.x.source },
      targets: () =>
        opened(path, async (file) => ({
          array: await wholeArray(file, part.y.array),
          source: part.y.source,
        })),
    });
    const parts: LocatedParts = [inFile(main), ...(apart === undefined ? [] : [inFile(apart)])];
    return { parts, files: [path] };
  }
  const { main, apart } = await pairedFiles(path, y);
  const paired = (pair: FilePair, inputs: ArrayPlace): LocatedPart => ({
    file: pair.x,
    x: inputs,
    targets: () => readSingleArray(pair.y),
  });
  const own = paired(main, places.array);
  if (apart === undefined) return { parts: [own], files: [main.x, main.y] };
  const other = await opened(apart.x, (file) => arrayPlaces(file, apart.x));
  if (other.kind === "named") throw new DataError(`${apart.x} holds several arrays; expected one`);
  return { parts: [own, paired(apart, other.array)], files: [main.x, main.y, apart.x, apart.y] };
}

async function opened<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function cacheArrays(
  folder: string,
  parts: LocatedParts,
  options: ArraysDatasetOptions & Pick<StoreOptions, "onProgress" | "memory">,
): Promise<CacheContent> {
  const named = await targetsOf(parts);
  const { columns, reason } = arrayTargets(named, options);
  const examples = parts.map(({ file, x }, i): PartExamples => ({
    file,
    x,
    ...columns[i]!,
    fates: new Uint8Array(x.shape[0] ?? 0),
  }));
  const [main, apart] = examples as [PartExamples, PartExamples?];
  assignFates(main, apart, options);
  const { task, classes, y: answers } = main;
  const about = { task, ...(classes && { classes }) };
  const x = inputLayout(main.x, options);
  checkSameShape({ x }, apart && { x: inputLayout(apart.x, options) });
  const y: ColumnLayout = { dtype: dtypeOf(answers.data), shape: answers.shape };
  const { source } = main.x;
  const sourceOf = (part: PartName) =>
    part === "validation" && apart !== undefined ? apart.x.source : source;
  requirePartMemory(options.memory, recordLayout(x, y), sizesOf(examples));
  const writers = openPartWriters(folder, x, y);
  try {
    const isLarge = await writeParts(writers, examples, x, options);
    const isBytes = parts.every((part) => part.x.type === "uint8");
    const scale = options.scale ?? byteScale(isBytes, isLarge);
    const size = main.x.shape[0] ?? 0;
    return {
      ...writers.end(
        (part) => ({ ...about, name: options.name ?? source, source: sourceOf(part) }),
        scale,
      ),
      about: { notes: arrayNotes({ source, ...about, size, x }, reason, scale) },
    };
  } finally {
    writers.close();
  }
}

/** Inputs in their file, with targets that are at hand, and which of the examples train and which validate. */
interface PartExamples extends Pick<LocatedPart, "file" | "x">, TargetColumn {
  readonly fates: Uint8Array;
}

async function targetsOf(parts: LocatedParts): Promise<readonly NamedArray[]> {
  const all: NamedArray[] = [];
  for (const { x, targets } of parts) {
    const own = await targets();
    checkRows({ array: x, source: x.source }, own);
    all.push(own);
  }
  return all;
}

function inputLayout(
  { type, shape }: ArrayPlace,
  { dtype }: Pick<ArraysDatasetOptions, "dtype">,
): ColumnLayout {
  return { dtype: dtype ?? (bytes.has(type) ? "uint8" : "float32"), shape: rowShape(shape) };
}

/** Examples that are apart validate; otherwise a part that is chosen by chance. */
function assignFates(
  main: PartExamples,
  apart: PartExamples | undefined,
  options: ArraysDatasetOptions,
): void {
  main.fates.fill(fate.trains);
  apart?.fates.fill(fate.validates);
  const settings = apart === undefined ? splitSettings(main, options) : undefined;
  if (settings === undefined) return;
  const { validation } = splitIndices(
    { size: main.fates.length, labels: classLabels(main) },
    settings,
  );
  for (const example of validation) main.fates[example] = fate.validates;
}

function sizesOf(examples: readonly PartExamples[]): PartSizes {
  const count = (which: number) =>
    examples.reduce((sum, { fates }) => sum + fates.filter((is) => is === which).length, 0);
  return { training: count(fate.trains), validation: count(fate.validates) };
}

/** Writes all rows to the parts that they belong to; whether a value is above 1. */
async function writeParts(
  writers: PartWriters,
  examples: readonly PartExamples[],
  x: ColumnLayout,
  { onProgress }: Pick<StoreOptions, "onProgress">,
): Promise<boolean> {
  const total = examples.reduce((sum, { fates }) => sum + fates.length, 0);
  let isLarge = false;
  let done = 0;
  for (const part of examples) {
    const read = async (file: FileHandle) => {
      for await (const block of blocksOf(arrayRows(file, part.x), part, x)) {
        isLarge ||= block.x.data.some((value) => value > 1);
        writeBlock(writers, part.fates, block);
        done += block.size;
        onProgress?.({ phase: "writing", rows: done, total });
      }
    };
    await opened(part.file, read);
  }
  return isLarge;
}

/** The examples of a part, in the order of the file. */
async function* blocksOf(
  inputs: ArrayRows,
  { y, task, classes }: PartExamples,
  x: ColumnLayout,
): AsyncGenerator<Dataset & { readonly first: number }> {
  const width = elements(y.shape);
  const blockRows = Math.max(1, Math.floor(BLOCK / elements(x.shape)));
  for (let first = 0; first < inputs.rows; first += blockRows) {
    const size = Math.min(blockRows, inputs.rows - first);
    const answers = y.data.subarray(first * width, (first + size) * width);
    const block: Dataset = {
      ...{ name: inputs.source, task, size, ...(classes && { classes }) },
      x: { data: asColumn(await inputs.read(first, size), x.dtype), shape: x.shape },
      y: { data: answers, shape: y.shape },
    };
    checkExamples(block, first);
    yield { ...block, first };
  }
}

/** Values as a type that a column can hold. */
function asColumn(values: NumericArray, dtype: ColumnLayout["dtype"]): ColumnData {
  if (dtype === "uint8" && values instanceof Uint8Array) return values;
  return dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values);
}

function writeBlock(
  writers: PartWriters,
  fates: Uint8Array,
  { x, y, first, size: rows }: Dataset & { readonly first: number },
): void {
  for (const part of ["training", "validation"] as const) {
    const only = part === "training" ? fate.trains : fate.validates;
    const chosen = chosenRows({ fates, only }, { first, rows });
    writers.write(part, takeRows(x, chosen).data, takeRows(y, chosen).data, chosen.length);
  }
}
