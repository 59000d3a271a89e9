/** @file DATA that is arrays: a file of them, or built-in data. */
import { stat } from "node:fs/promises";
import { inputArrays } from "../../data/arrays/array-keys.ts";
import { readArrayFile } from "../../data/arrays/array-files.node.ts";
import type { RawOptions } from "../../data/arrays/raw.ts";
import type { NamedArray } from "../../data/arrays/arrays-dataset.ts";
import type { Column, ColumnData, Dataset } from "../../data/dataset.ts";
import type { NumericArray } from "../../data/table.ts";
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

/** The arrays of a file. It is read whole. @throws DataError */
export async function arraySource(
  path: string,
  model: ModelFile,
  options: ArrayOptions,
): Promise<InputSource> {
  const { x, y } = await readInputs(path, options);
  const shape = x.array.shape;
  return source(model, {
    name: x.source,
    data: x.array.data,
    // A list of numbers is rows of the model's width, one after the other.
    rows: shape.length > 1 ? (shape[0] ?? 0) : x.array.data.length / sizeOf(model.input.shape),
    notes: [`predicting from ${x.source}`],
    targets: y && targetsOf(model, y),
    targetRows: y?.array.shape[0],
  });
}

/** The test part of built-in data. @throws DataError */
export function builtInSource(model: ModelFile, test: Dataset): InputSource {
  const { name, size, x, y, classes } = test;
  const names = classes ?? [];
  const byIndex = test.task === "classification" && y.shape.length === 0;
  return source(model, {
    name,
    data: x.data,
    rows: size,
    notes: [`predicting the ${size} test examples of ${name}`],
    targets: byIndex
      ? { kind: "classes", names: Array.from(y.data, (c) => names[c] ?? String(c)) }
      : { kind: "numbers", values: y.data },
    targetRows: size,
  });
}

async function readInputs(
  path: string,
  { features, target, raw }: ArrayOptions,
): Promise<{ readonly x: NamedArray; readonly y?: NamedArray | undefined }> {
  const content = await readArrayFile(path, raw);
  if (content.kind === "named")
    return inputArrays(content.arrays, path, { x: features, y: target });
  const x = { array: content.array, source: path };
  // The labels of `t10k-images-idx3-ubyte` have such a name too.
  const labels = path.replace(/images([.-])idx3/, "labels$1idx1");
  const beside = labels === path ? undefined : await stat(labels).catch(() => undefined);
  const file = target ?? (beside === undefined ? undefined : labels);
  if (file === undefined) return { x };
  const other = await readArrayFile(file);
  if (other.kind === "single") return { x, y: { array: other.array, source: file } };
  const [only, ...more] = other.arrays.values();
  if (only === undefined || more.length > 0)
    throw new DataError(`${file} holds ${other.arrays.size} arrays; expected one`);
  return { x, y: { array: only, source: file } };
}

/** Examples in memory. */
interface Arrays {
  readonly name: string;
  readonly data: NumericArray;
  readonly rows: number;
  readonly notes: readonly string[];
  readonly targets: Targets | undefined;
  readonly targetRows: number | undefined;
}

function source(model: ModelFile, arrays: Arrays): InputSource {
  const { name, data, rows, targetRows } = arrays;
  const targets = fits(arrays, model) ? arrays.targets : undefined;
  const ignored = "the targets are of another kind than the predictions: they are not compared";
  const { shape } = model.input;
  const width = sizeOf(shape);
  if (model.preprocessing !== undefined)
    throw new DataError(
      `${model.source} was trained on the columns of a table, and ${name} is none; give a table`,
    );
  if (!Number.isInteger(rows) || rows * width !== data.length)
    throw new DataError(
      `${name} holds ${data.length} numbers in ${Math.ceil(rows)} rows; ${model.source} takes rows of shape [${shape.join(", ")}]`,
    );
  if (targetRows !== undefined && targetRows !== rows)
    throw new DataError(`${name} has ${rows} rows and ${targetRows} targets; expected as many`);
  const step = blockRows(width);
  return {
    kept: [],
    notes: [...arrays.notes, ...(targets === arrays.targets ? [] : [ignored])],
    // eslint-disable-next-line @typescript-eslint/require-await -- all is in memory
    async *blocks() {
      for (let start = 0; start < rows; start += step) {
        const end = Math.min(rows, start + step);
        const values = data.subarray(start * width, end * width);
        yield {
          rows: end - start,
          x: { data: asStored(values, model, name, start), shape } satisfies Column,
          places: Int32Array.from({ length: end - start }, (_, i) => i),
          kept: [],
          targets: targets && slice(targets, start, end, rows),
        } satisfies InputBlock;
      }
    },
    counts: () => noCounts,
    close: () => Promise.resolve(),
  };
}

function fits({ targets, rows }: Arrays, { task, outputs }: ModelFile): boolean {
  if (targets?.kind === "numbers")
    return task === "regression" && targets.values.length === rows * outputs;
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

function targetsOf({ task, classes }: ModelFile, { array }: NamedArray): Targets {
  const [rows = 0] = array.shape;
  const width = array.data.length / Math.max(1, rows);
  if (task === "regression") return { kind: "numbers", values: array.data };
  const names = Array.from({ length: rows }, (_, row) => {
    if (width === 1) return String(array.data[row] ?? "");
    const probabilities = array.data.subarray(row * width, (row + 1) * width);
    return classes[probabilities.indexOf(Math.max(...probabilities))] ?? null;
  });
  return { kind: "classes", names };
}

function slice(targets: Targets, start: number, end: number, rows: number): Targets {
  if (targets.kind === "classes") return { ...targets, names: targets.names.slice(start, end) };
  const width = targets.values.length / rows;
  const values = Array.prototype.slice.call(targets.values, start * width, end * width) as number[];
  return { ...targets, values };
}
