/** @file Arrays read from files as data sets: inputs, targets, and a part set apart. */
import { DataError, InputError } from "../../errors.ts";
import { fromArrays } from "../arrays.ts";
import type { Dataset } from "../dataset.ts";
import { range } from "../sampler.ts";
import { splitDataset, type SplitOptions } from "../split.ts";
import type { FloatType } from "../table.ts";
import { targetColumn, type TargetColumn } from "../targets.ts";
import { fate, inMemory, inOneGo } from "../table/blocks.ts";
import type { NumberColumn } from "../table/raw-table.ts";
import { chooseTask, classEncoder, fitClasses, type SelectedColumn } from "../table/target.ts";
import type { FileArray } from "./file-array.ts";

/** An array, and where it came from. */
export interface NamedArray<T = FileArray> {
  readonly array: T;
  readonly source: string;
}

/** Inputs and targets of some examples. */
export interface ArrayPart<T = FileArray> {
  readonly x: NamedArray<T>;
  readonly y: NamedArray<T>;
}

/** Options of {@link arraysDataset}. */
export interface ArraysDatasetOptions {
  /** Default: classification for one whole number of few values an example, and for one-hot rows. */
  readonly task?: Dataset["task"];
  /** Part of the examples to validate on (default 0.2; 0: none), chosen by chance; not used with a part of its own. */
  readonly split?: number;
  /** Seed of the split (default 0). */
  readonly seed?: number;
  /** Keep the proportions of the classes in both parts (default: where there are classes). */
  readonly stratify?: boolean;
  /** The value of a stored number v of x is v · scale; default: 1/255 for bytes above 1. */
  readonly scale?: number;
  /** Type of the inputs (default float32, bytes stay bytes). */
  readonly dtype?: FloatType;
  readonly name?: string;
}

/** Data sets, and what was assumed. */
export interface PreparedArrays {
  readonly training: Dataset;
  readonly validation?: Dataset;
  readonly notes: readonly string[];
}

/**
 * Data sets from arrays: `x` of shape [N, …], `y` of shape [N] (classes or numbers) or [N, outputs].
 *
 * Whole numbers that are classes become class indices in order of size, so that labels of −1 and 1 are two classes.
 *
 * @param apart examples to validate on; without them a part is chosen by chance
 * @throws DataError, InputError naming the file
 */
export function arraysDataset(
  main: ArrayPart,
  options: ArraysDatasetOptions = {},
  apart?: ArrayPart,
): PreparedArrays {
  const parts = apart === undefined ? [main] : [main, apart];
  for (const { x, y } of parts) checkRows(x, y);
  const isBytes = parts.every(({ x }) => x.array.type === "uint8");
  const isLarge = parts.some(({ x }) => x.array.data.some((value) => value > 1));
  const scale = options.scale ?? byteScale(isBytes, isLarge);
  const targets = targetsOf(
    parts.map(({ y }) => y),
    options.task,
  );
  const datasets = parts.map(({ x }, i) => {
    const shape = rowShape(x.array.shape);
    const dtype = options.dtype === undefined ? {} : { dtype: options.dtype };
    return atSource(x.source, () =>
      fromArrays(x.array.data, targets.y[i]!, {
        ...targets.options,
        ...dtype,
        name: options.name ?? main.x.source,
        source: x.source,
        shape,
        ...(scale === undefined ? {} : { scale }),
      }),
    );
  });
  const [whole, other] = datasets as [Dataset, Dataset?];
  checkSameShape(whole, other);
  const notes = arrayNotes({ ...whole, source: main.x.source }, targets.reason, scale);
  if (other !== undefined) return { training: whole, validation: other, notes };
  return { ...splitParts(whole, options), notes };
}

function splitParts(
  whole: Dataset,
  options: ArraysDatasetOptions,
): Pick<PreparedArrays, "training" | "validation"> {
  const settings = splitSettings(whole, options);
  return settings === undefined ? { training: whole } : splitDataset(whole, settings);
}

/** How examples are split, by class where there are classes; undefined: not at all. */
export function splitSettings(
  { task, y }: Pick<Dataset, "task" | "y">,
  options: Pick<ArraysDatasetOptions, "split" | "seed" | "stratify">,
): SplitOptions | undefined {
  const { split = 0.2, seed = 0 } = options;
  if (split === 0) return undefined;
  const byClass = task === "classification" && y.shape.length === 0;
  const { stratify = byClass } = options;
  return { validationSplit: split, shuffle: true, seed, stratify };
}

/** Shape of an example of an array. */
export function rowShape(shape: readonly number[]): readonly number[] {
  return shape.length > 1 ? shape.slice(1) : [1];
}

/** What was read and assumed, in lines. */
export function arrayNotes(
  {
    source = "",
    size,
    x,
    task,
  }: Pick<Dataset, "source" | "size" | "task"> & {
    readonly x: { readonly shape: readonly number[] };
  },
  reason: string,
  scale: number | undefined,
): readonly string[] {
  return [
    `${source}: ${size} examples of shape [${x.shape.join(", ")}]`,
    `${task}: ${reason}`,
    ...(scale === undefined ? [] : [`values are scaled by ${scale === 1 / 255 ? "1/255" : scale}`]),
  ];
}

/** What is known of an array without its elements. */
interface ArrayHead {
  readonly array: Pick<FileArray, "shape">;
  readonly source: string;
}

/** @throws DataError for an array without rows, and for different numbers of rows */
export function checkRows(x: ArrayHead, y: ArrayHead): void {
  for (const { array, source } of [x, y]) {
    if (array.shape.length === 0 || array.shape.includes(0)) {
      throw new DataError(
        `${source} has shape [${array.shape.join(", ")}]; expected an example a row`,
      );
    }
  }
  const [rows] = x.array.shape;
  const [labels] = y.array.shape;
  if (rows === labels) return;
  throw new DataError(
    `${x.source} has ${rows ?? 0} examples and ${y.source} ${labels ?? 0} targets; expected as many of both${x.array.shape.length === 1 ? ", or give raw, the type and shape of a row" : ""}`,
  );
}

interface ShapeOfRows {
  readonly x: { readonly shape: readonly number[] };
}

/** @throws DataError where examples to validate on have another shape */
export function checkSameShape(whole: ShapeOfRows, other: ShapeOfRows | undefined): void {
  if (other === undefined || other.x.shape.join() === whole.x.shape.join()) return;
  throw new DataError(
    `examples to train on have shape [${whole.x.shape.join(", ")}], those to validate on [${other.x.shape.join(", ")}]`,
  );
}

/** Bytes that are no switches are taken for intensities from 0 to 255. */
export function byteScale(isBytes: boolean, isLarge: boolean): number | undefined {
  return isBytes && isLarge ? 1 / 255 : undefined;
}

/** Targets of the examples of each part, and why they are taken so. @throws DataError, InputError */
export function arrayTargets(
  parts: readonly NamedArray[],
  { task, dtype }: Pick<ArraysDatasetOptions, "task" | "dtype">,
): { readonly columns: readonly TargetColumn[]; readonly reason: string } {
  const targets = targetsOf(parts, task);
  const options = { ...targets.options, ...(dtype !== undefined && { dtype }) };
  const columns = parts.map(({ source }, i) =>
    atSource(source, () => targetColumn(targets.y[i]!, options)),
  );
  return { columns, reason: targets.reason };
}

interface ArrayTargets {
  readonly y: readonly Parameters<typeof fromArrays>[1][];
  readonly options: { readonly task?: Dataset["task"]; readonly classes?: readonly string[] };
  readonly reason: string;
}

function targetsOf(parts: readonly NamedArray[], asked: Dataset["task"] | undefined): ArrayTargets {
  const [first] = parts as [NamedArray];
  const width = first.array.shape.slice(1).reduce((a, b) => a * b, 1);
  if (width > 1) {
    const y = parts.map(({ array }) => rowsOf(array));
    return {
      y,
      options: asked === undefined ? {} : { task: asked },
      reason: `targets are rows of ${width} values`,
    };
  }
  const labels = parts.map(labelRows);
  const [main] = labels as [LabelColumn];
  const { task, reason } = inOneGo(chooseTask(main, 0, asked));
  if (task === "regression") {
    return { y: labels.map(({ values }) => values), options: { task }, reason };
  }
  const target = inOneGo(fitClasses(labels));
  const encode = classEncoder(target);
  return {
    y: labels.map(({ table, values }) => {
      const [column] = table.block(0, [0]).columns;
      return encode({ table, first: 0 }, column!, range(values.length));
    }),
    options: { task, classes: target.classes },
    reason: `${reason}; ${target.classes.length} classes`,
  };
}

interface LabelColumn extends SelectedColumn {
  readonly values: Float64Array;
}

/** One number an example, as a table of one column. */
function labelRows({ array, source }: NamedArray): LabelColumn {
  const values = Float64Array.from(array.data);
  const rows = values.length;
  const column: NumberColumn = { name: "y", type: "number", values };
  const table = inMemory({ columns: [column], rows, parts: [{ source, rows }] });
  return { table, column: 0, values, fates: new Uint8Array(rows).fill(fate.trains) };
}

function rowsOf({ data, shape }: FileArray): Float64Array[] {
  const [rows = 0] = shape;
  const width = data.length / rows;
  return Array.from({ length: rows }, (_, row) =>
    Float64Array.from(data.subarray(row * width, (row + 1) * width)),
  );
}

/** Puts the file's name before what `make` finds wrong with its values. */
function atSource<T>(source: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(source)) throw error;
    throw new DataError(`${source}: ${error.message}`, { cause: error });
  }
}
