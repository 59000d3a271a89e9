/** @file DATA that is arrays: a file of them, or built-in data. */
import { open, stat, type FileHandle } from "node:fs/promises";
import { inputArrays } from "../../data/arrays/array-keys.ts";
import {
  arrayPlaces,
  arrayRows,
  wholeArray,
  type ArrayPlace,
} from "../../data/arrays/array-places.node.ts";
import { readArrayFile } from "../../data/arrays/array-files.node.ts";
import type { RawOptions } from "../../data/arrays/raw.ts";
import type { NamedArray } from "../../data/arrays/arrays-dataset.ts";
import type { Column, ColumnData, Dataset } from "../../data/dataset.ts";
import { elements, type NumericArray } from "../../data/table.ts";
import { DataError } from "../../errors.ts";
import { sizeOf } from "../../graph/types.ts";
import { blockRows, noCounts, type InputBlock, type InputSource } from "./input-source.ts";
import type { ModelFile } from "./model-file.ts";
import type { Targets } from "./score.ts";

/** Names of arrays, or for a file with one array that of the file with the targets. */
export interface ArrayOptions {
  readonly features: string | undefined;
  readonly target: string | undefined;
  readonly raw: Partial<RawOptions> | undefined;
}

/** The arrays of a file: rows are read as they are predicted where they lie together, compressed files whole. @throws DataError */
export async function arraySource(
  path: string,
  model: ModelFile,
  options: ArrayOptions,
): Promise<InputSource> {
  const inFile = await openRows(path, options);
  if (inFile === undefined) {
    const { x, y } = await readInputs(path, options);
    const { data, shape } = x.array;
    return arraysOf(model, y, { name: x.source, shape, length: data.length, ...inMemory(data) });
  }
  const { file, x, y } = inFile;
  try {
    const { shape, read, source } = arrayRows(file, x);
    const unit = elements(shape.slice(1));
    return arraysOf(model, await y(), {
      ...{ name: source, shape, length: elements(shape) },
      read: (start, end) => read(start / unit, (end - start) / unit),
      close: () => file.close(),
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file whose rows are read one by one. */
interface RowsInFile {
  readonly file: FileHandle;
  readonly x: ArrayPlace;
  readonly y: () => Promise<NamedArray | undefined>;
}

/** Undefined where the file is to be read whole, or where that will say what is wrong. */
async function openRows(
  path: string,
  { features, target, raw }: ArrayOptions,
): Promise<RowsInFile | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const places = await arrayPlaces(file, path, raw);
    if (places.kind === "single")
      return { file, x: places.array, y: () => targetsBeside(path, target) };
    const { x, y } = inputArrays(places.arrays, path, { x: features, y: target });
    const targets = async () => y && { array: await wholeArray(file, y.array), source: y.source };
    return { file, x: { ...x.array, source: x.source }, y: targets };
  } catch {
    await file.close();
    return undefined;
  }
}

/** An array of inputs. */
interface InputArray extends Pick<Arrays, "name" | "length" | "read" | "close"> {
  readonly shape: readonly number[];
}

function arraysOf(
  model: ModelFile,
  y: NamedArray | undefined,
  { shape, ...x }: InputArray,
): InputSource {
  return source(model, {
    ...x,
    // A list of numbers is rows of the model's width, one after the other.
    rows: shape.length > 1 ? (shape[0] ?? 0) : x.length / sizeOf(model.input.shape),
    notes: [`predicting from ${x.name}`],
    targets: y && targetsOf(model, y),
  });
}

/** Values that are at hand. */
function inMemory(data: NumericArray): Pick<Arrays, "read" | "close"> {
  return { read: (start, end) => data.subarray(start, end), close: () => Promise.resolve() };
}

/** The test part of built-in data. @throws DataError */
export function builtInSource(model: ModelFile, test: Dataset): InputSource {
  const { name, size, x, y, classes } = test;
  const names = classes ?? [];
  const byIndex = test.task === "classification" && y.shape.length === 0;
  return source(model, {
    ...{ name, rows: size, length: x.data.length, ...inMemory(x.data) },
    notes: [`predicting the ${size} test examples of ${name}`],
    targets: byIndex
      ? targetRows(size, y.data, (data) => ({
          kind: "classes",
          names: Array.from(data, (c) => names[c] ?? String(c)),
        }))
      : targetRows(size, y.data, (values) => ({ kind: "numbers", values })),
  });
}

async function readInputs(
  path: string,
  { features, target, raw }: ArrayOptions,
): Promise<{ readonly x: NamedArray; readonly y?: NamedArray | undefined }> {
  const content = await readArrayFile(path, raw);
  if (content.kind === "named")
    return inputArrays(content.arrays, path, { x: features, y: target });
  return { x: { array: content.array, source: path }, y: await targetsBeside(path, target) };
}

/** The targets in a file of their own: the one that is named, or the labels that `t10k-images-idx3-ubyte` has. */
async function targetsBeside(
  path: string,
  target: string | undefined,
): Promise<NamedArray | undefined> {
  const labels = path.replace(/images([.-])idx3/, "labels$1idx1");
  const beside = labels === path ? undefined : await stat(labels).catch(() => undefined);
  const file = target ?? (beside === undefined ? undefined : labels);
  return file === undefined ? undefined : readTargets(file);
}

/** A file of one array. @throws DataError */
async function readTargets(file: string): Promise<NamedArray> {
  const content = await readArrayFile(file);
  if (content.kind === "single") return { array: content.array, source: file };
  const [only, ...more] = content.arrays.values();
  if (only === undefined || more.length > 0)
    throw new DataError(`${file} holds ${content.arrays.size} arrays; expected one`);
  return { array: only, source: file };
}

/** Examples, of which some are at hand at a time. */
interface Arrays {
  readonly name: string;
  readonly rows: number;
  /** Numbers in all. */
  readonly length: number;
  /** The numbers `start` … `end` − 1, which are whole rows. */
  readonly read: (start: number, end: number) => NumericArray | Promise<NumericArray>;
  readonly notes: readonly string[];
  readonly targets: TargetRows | undefined;
  readonly close: () => Promise<void>;
}

/** Targets, of which some are made at a time. */
interface TargetRows {
  readonly kind: Targets["kind"];
  readonly rows: number;
  /** Numbers in all. */
  readonly length: number;
  readonly at: (start: number, end: number) => Targets;
}

function targetRows(
  rows: number,
  data: NumericArray,
  make: (part: NumericArray) => Targets,
): TargetRows {
  const width = data.length / Math.max(1, rows);
  return {
    ...{ kind: make(data.subarray(0, 0)).kind, rows, length: data.length },
    at: (start, end) => make(data.subarray(start * width, end * width)),
  };
}

function source(model: ModelFile, arrays: Arrays): InputSource {
  const { name, length, rows, read } = arrays;
  const targets = fits(arrays, model) ? arrays.targets : undefined;
  const ignored = "the targets are of another kind than the predictions: they are not compared";
  const { shape } = model.input;
  const width = sizeOf(shape);
  if (model.preprocessing !== undefined)
    throw new DataError(
      `${model.source} was trained on the columns of a table, and ${name} is none; give a table`,
    );
  if (!Number.isInteger(rows) || rows * width !== length)
    throw new DataError(
      `${name} holds ${length} numbers in ${Math.ceil(rows)} rows; ${model.source} takes rows of shape [${shape.join(", ")}]`,
    );
  if (arrays.targets !== undefined && arrays.targets.rows !== rows)
    throw new DataError(
      `${name} has ${rows} rows and ${arrays.targets.rows} targets; expected as many`,
    );
  const step = blockRows(width);
  return {
    kept: [],
    notes: [...arrays.notes, ...(targets === arrays.targets ? [] : [ignored])],
    async *blocks() {
      for (let start = 0; start < rows; start += step) {
        const end = Math.min(rows, start + step);
        const values = await read(start * width, end * width);
        yield {
          rows: end - start,
          x: { data: asStored(values, model, name, start), shape } satisfies Column,
          places: Int32Array.from({ length: end - start }, (_, i) => i),
          kept: [],
          targets: targets?.at(start, end),
        } satisfies InputBlock;
      }
    },
    counts: () => noCounts,
    close: arrays.close,
  };
}

function fits({ targets, rows }: Arrays, { task, outputs }: ModelFile): boolean {
  if (targets?.kind === "numbers")
    return task === "regression" && targets.length === rows * outputs;
  return targets === undefined || task === "classification";
}

const arrayOf = {
  uint8: Uint8Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Values as the model stores them. @throws DataError for one that is not finite, or that the type cannot hold */
function asStored(
  values: NumericArray,
  { input }: ModelFile,
  name: string,
  before: number,
): ColumnData {
  const type = arrayOf[input.dtype];
  const stored = values instanceof type ? values : type.from(values);
  const whole = input.dtype === "uint8" || input.dtype === "int32";
  const wrong = stored.findIndex((value, i) =>
    whole ? value !== values[i] : !Number.isFinite(value),
  );
  if (wrong < 0) return stored;
  const row = before + Math.floor(wrong / sizeOf(input.shape)) + 1;
  const wanted = whole ? `whole numbers that ${input.dtype} can hold` : "finite numbers";
  throw new DataError(`${name}, row ${row} holds ${values[wrong] ?? ""}; expected ${wanted}`);
}

function targetsOf({ task, classes }: ModelFile, { array }: NamedArray): TargetRows {
  const [rows = 0] = array.shape;
  const width = array.data.length / Math.max(1, rows);
  if (task === "regression")
    return targetRows(rows, array.data, (values) => ({ kind: "numbers", values }));
  const nameOf = (part: NumericArray): string | null =>
    width === 1 ? String(part[0] ?? "") : (classes[part.indexOf(Math.max(...part))] ?? null);
  return targetRows(rows, array.data, (data) => ({
    kind: "classes",
    names: Array.from({ length: data.length / width }, (_, row) =>
      nameOf(data.subarray(row * width, (row + 1) * width)),
    ),
  }));
}
