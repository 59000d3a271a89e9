/** @file An `.npy` file of inputs that is larger than memory, with its targets in another file, kept on disk as records. */
import { open } from "node:fs/promises";
import { wholeNumber } from "../../errors.ts";
import { readSingleArray } from "../arrays/array-files.node.ts";
import {
  arrayNotes,
  arrayTargets,
  byteScale,
  checkRows,
  rowShape,
  splitSettings,
  type ArraysDatasetOptions,
} from "../arrays/arrays-dataset.ts";
import type { ElementType } from "../arrays/file-array.ts";
import { dtypeOf, type Column, type ColumnLayout, type Dataset } from "../dataset.ts";
import { classLabels, splitIndices, takeRows } from "../split.ts";
import { elements } from "../table.ts";
import { chosenRows, fate } from "../table/blocks.ts";
import { defaultCacheFolder } from "./cache-folder.node.ts";
import { checkExamples } from "./check-examples.ts";
import { cacheEntry } from "./entry.node.ts";
import { fingerprintOf, refuseChange } from "./fingerprint.node.ts";
import type { CacheContent } from "./meta.ts";
import { openNpyRows, type NpyRows } from "./npy-rows.node.ts";
import { openPartWriters, type PartWriters } from "./part-writers.node.ts";
import { recordLayout } from "./record.ts";
import type { StoreOptions } from "./store-blocks.node.ts";
import { requirePartMemory, storedExamples, type StoredExamples } from "./stored-dataset.node.ts";

/** Options of {@link storeNpy}. */
export type StoreNpyOptions = ArraysDatasetOptions & StoreOptions;

/** Values of inputs that are read at a time. */
const BLOCK = 2 ** 20;

/** Types that stay bytes. */
const bytes: ReadonlySet<ElementType> = new Set(["uint8", "bool"]);

/**
 * The data sets of `arraysDataset` for an `.npy` file of inputs and a file of targets, on disk: the same examples in both parts, each in the
 * order of the file. The inputs are read once, from start to end; the targets are in memory meanwhile.
 *
 * @throws DataError naming the file that is cut, in Fortran order, or has a value that is not finite; InputError when `memory` is too little
 * @example await storeNpy("x.npy", "y.npy", { memory: 512 * 2 ** 20 })
 */
export async function storeNpy(
  path: string,
  target: string,
  options: StoreNpyOptions,
): Promise<StoredExamples> {
  const { memory, cacheFolder = defaultCacheFolder(), onProgress, ...reading } = options;
  wholeNumber("memory", memory);
  const fingerprint = await fingerprintOf("npy", [path, target], reading);
  const entry = await cacheEntry({
    root: cacheFolder,
    key: fingerprint,
    onProgress,
    build: async (folder) => {
      const content = await cacheNpy(folder, path, target, {
        ...{ ...reading, onProgress, memory },
      });
      refuseChange(fingerprint, await fingerprintOf("npy", [path, target], reading));
      return content;
    },
  });
  return storedExamples(entry, memory);
}

async function cacheNpy(
  folder: string,
  path: string,
  target: string,
  options: ArraysDatasetOptions & Pick<StoreOptions, "onProgress" | "memory">,
): Promise<CacheContent> {
  const file = await open(path);
  try {
    const inputs = await openNpyRows(file, path);
    const answers = await readSingleArray(target);
    checkRows({ array: inputs, source: path }, answers);
    const { reason, y, ...about } = arrayTargets(answers, options);
    const whole: Examples = { name: options.name ?? path, source: path, ...about, y };
    const x: ColumnLayout = {
      dtype: options.dtype ?? (bytes.has(inputs.type) ? "uint8" : "float32"),
      shape: rowShape(inputs.shape),
    };
    const layout: ColumnLayout = { dtype: dtypeOf(y.data), shape: y.shape };
    const fates = fatesOf(whole, inputs.rows, options);
    const training = fates.filter((is) => is === fate.trains).length;
    const sizes = { training, validation: inputs.rows - training };
    requirePartMemory(options.memory, recordLayout(x, layout), sizes);
    const writers = openPartWriters(folder, x, layout);
    try {
      const isLarge = await writeExamples(writers, inputs, { ...whole, fates }, x, options);
      const scale = options.scale ?? byteScale(inputs.type === "uint8", isLarge);
      const size = inputs.rows;
      return {
        ...writers.end(() => ({ name: whole.name, source: path, ...about }), scale),
        about: { notes: arrayNotes({ source: path, ...about, size, x }, reason, scale) },
      };
    } finally {
      writers.close();
    }
  } finally {
    await file.close();
  }
}

/** Examples but for their inputs. */
type Examples = Pick<Dataset, "name" | "task" | "classes" | "y"> & { readonly source: string };

/** Writes all rows to the part that they belong to; whether a value is above 1. */
async function writeExamples(
  writers: PartWriters,
  inputs: NpyRows,
  { fates, ...examples }: Examples & { readonly fates: Uint8Array },
  x: ColumnLayout,
  options: Pick<StoreOptions, "onProgress">,
): Promise<boolean> {
  const { rows: size } = inputs;
  const width = elements(examples.y.shape);
  const blockRows = Math.max(1, Math.floor(BLOCK / elements(x.shape)));
  let isLarge = false;
  for (let first = 0; first < size; first += blockRows) {
    const rows = Math.min(blockRows, size - first);
    const block: { readonly x: Column; readonly y: Column } = {
      x: { data: await inputs.read(first, rows, x.dtype), shape: x.shape },
      y: {
        data: examples.y.data.subarray(first * width, (first + rows) * width),
        shape: examples.y.shape,
      },
    };
    checkExamples({ ...examples, ...block, name: examples.source, size: rows }, first);
    isLarge ||= block.x.data.some((value) => value > 1);
    for (const part of ["training", "validation"] as const) {
      const only = part === "training" ? fate.trains : fate.validates;
      const chosen = chosenRows({ fates, only }, { first, rows });
      const [own, answers] = [takeRows(block.x, chosen), takeRows(block.y, chosen)];
      writers.write(part, own.data, answers.data, chosen.length);
    }
    options.onProgress?.({ phase: "writing", rows: first + rows, total: size });
  }
  return isLarge;
}

/** Which examples train and which validate. */
function fatesOf(examples: Examples, size: number, options: ArraysDatasetOptions): Uint8Array {
  const fates = new Uint8Array(size).fill(fate.trains);
  const settings = splitSettings(examples, options);
  if (settings === undefined) return fates;
  const { validation } = splitIndices({ size, labels: classLabels(examples) }, settings);
  for (const example of validation) fates[example] = fate.validates;
  return fates;
}
