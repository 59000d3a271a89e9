/** @file Preprocessing that was fitted, applied to the rows of a table. */
import { InputError } from "../../errors.ts";
import type { Column } from "../dataset.ts";
import type { FloatType } from "../table.ts";
import { infinite } from "./moments.ts";
import {
  featureWidth,
  type CategoryFeature,
  type Feature,
  type NumberFeature,
  type NumberTarget,
  type Preprocessing,
} from "./preprocessing.ts";
import {
  columnNamed,
  isMissing,
  isTextColumn,
  rowError,
  type RawColumn,
  type RawTable,
} from "./raw-table.ts";
import { encodeClasses } from "./target.ts";

/** How to apply. */
export interface ApplyOptions {
  /** Rows to take, by index; default: all. */
  readonly rows?: ArrayLike<number>;
  /** Whether the target is wanted too (default false); rows where it is missing are dropped, or refused. */
  readonly target?: boolean;
  /** Type of `x` and of regression targets (default float32). */
  readonly dtype?: FloatType;
}

/** Rows ready for a model. */
export interface AppliedRows {
  readonly x: Column;
  /** There when it was asked for. */
  readonly y?: Column;
  /** The rows of the table that these are. */
  readonly rows: Int32Array;
  /** Missing values that were imputed, by column. */
  readonly imputed: Readonly<Record<string, number>>;
  /** Rows with a category that the training part does not have, by column. */
  readonly unknown: Readonly<Record<string, number>>;
}

/**
 * Inputs (and targets) of rows, as {@link Preprocessing} says: the same numbers that the training part was given.
 *
 * @throws DataError for a column that is not there, a missing value where they are refused, infinite values and unknown classes, naming
 *   file, row and column
 * @example const { x } = applyPreprocessing(table, preprocessing);
 */
export function applyPreprocessing(
  table: RawTable,
  preprocessing: Preprocessing,
  options: ApplyOptions = {},
): AppliedRows {
  const { target = false, dtype = "float32" } = options;
  const { features } = preprocessing;
  const inputs = features.map(({ column }) => columnNamed(table, column));
  const answer = target
    ? columnNamed(table, preprocessing.target.column, "target column")
    : undefined;
  const wanted = options.rows ?? Int32Array.from({ length: table.rows }, (_, row) => row);
  const rows = completeRows(table, wanted, inputs, answer, preprocessing.missing);
  const width = features.reduce((sum, feature) => sum + featureWidth(feature), 0);
  const data = floats(rows.length * width, dtype);
  const counts = { imputed: {}, unknown: {} };
  let at = 0;
  features.forEach((feature, i) => {
    encode({ table, rows, data, width, at, counts }, inputs[i]!, feature);
    at += featureWidth(feature);
  });
  return {
    x: { data, shape: [width] },
    ...(answer && { y: encodeTarget(table, answer, rows, preprocessing, dtype) }),
    rows,
    ...counts,
  };
}

/**
 * The rows that are kept: all with a target, and where missing values drop a row, all without one.
 *
 * @throws DataError for a missing value where they are refused
 */
export function completeRows(
  table: RawTable,
  rows: ArrayLike<number>,
  inputs: readonly RawColumn[],
  target: RawColumn | undefined,
  missing: Preprocessing["missing"],
): Int32Array {
  const needed = [...(target ? [target] : []), ...(missing === "impute" ? [] : inputs)];
  return Int32Array.from(rows).filter((row) => {
    const column = needed.find((candidate) => isMissing(candidate, row));
    if (column === undefined) return true;
    if (missing !== "refuse") return false;
    throw rowError(
      table,
      row,
      `column ${JSON.stringify(column.name)} has no value; fill it in, or give missing "impute" or "drop"`,
    );
  });
}

interface Encoding {
  readonly table: RawTable;
  readonly rows: Int32Array;
  readonly data: Float32Array | Float64Array;
  readonly width: number;
  /** First input of the column. */
  readonly at: number;
  readonly counts: {
    readonly imputed: Record<string, number>;
    readonly unknown: Record<string, number>;
  };
}

function encode(encoding: Encoding, column: RawColumn, feature: Feature): void {
  if (feature.kind === "number") encodeNumbers(encoding, column, feature);
  else encodeCategories(encoding, column, feature);
}

function encodeNumbers(encoding: Encoding, column: RawColumn, feature: NumberFeature): void {
  const { table, rows, data, width, at, counts } = encoding;
  if (isTextColumn(column)) throw wrongType(column, feature);
  const { mean, scale, indicator } = feature;
  for (let i = 0, to = at; i < rows.length; i++, to += width) {
    const value = column.values[rows[i]!]!;
    if (Number.isNaN(value)) {
      if (indicator) data[to + 1] = 1;
      count(counts.imputed, feature.column);
      continue;
    }
    data[to] = (value - mean) / scale;
    if (!Number.isFinite(data[to])) throw infinite(table, column, rows[i]!);
  }
}

function encodeCategories(encoding: Encoding, column: RawColumn, feature: CategoryFeature): void {
  const { rows, data, width, at, counts } = encoding;
  if (!isTextColumn(column)) throw wrongType(column, feature);
  const { levels, other, fill, indicator } = feature;
  const place = new Map(levels.map((level, i) => [level, i]));
  const inputOf = column.levels.map((level) => place.get(level) ?? -1);
  const missingInput = place.get(fill) ?? -1;
  const lastInput = levels.length + Number(other);
  for (let i = 0, to = at; i < rows.length; i++, to += width) {
    const code = column.codes[rows[i]!]!;
    if (code < 0) {
      if (indicator) data[to + lastInput] = 1;
      count(counts.imputed, feature.column);
    }
    const own = code < 0 ? missingInput : inputOf[code]!;
    if (own >= 0) data[to + own] = 1;
    else if (other) data[to + levels.length] = 1;
    else count(counts.unknown, feature.column);
  }
}

function encodeTarget(
  table: RawTable,
  column: RawColumn,
  rows: Int32Array,
  { target }: Preprocessing,
  dtype: FloatType,
): Column {
  if (target.kind === "classes") {
    return { data: encodeClasses({ table, column, rows }, target), shape: [] };
  }
  if (isTextColumn(column)) throw wrongType(column, target);
  const data = floats(rows.length, dtype);
  rows.forEach((row, i) => {
    data[i] = (column.values[row]! - target.mean) / target.scale;
    if (!Number.isFinite(data[i])) throw infinite(table, column, row);
  });
  return { data, shape: [1] };
}

function floats(length: number, dtype: FloatType): Float32Array | Float64Array {
  try {
    return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
  } catch (cause) {
    const bytes = length * (dtype === "float64" ? 8 : 4);
    throw new InputError(
      `the inputs would take ${(bytes / 2 ** 30).toFixed(1)} GiB; leave columns out, or lower the limit of categories`,
      { cause },
    );
  }
}

function count(counts: Record<string, number>, column: string): void {
  counts[column] = (counts[column] ?? 0) + 1;
}

function wrongType(column: RawColumn, wanted: Feature | NumberTarget): InputError {
  return new InputError(
    `column ${JSON.stringify(column.name)} holds ${column.type}, and the preprocessing was fitted on ${wanted.type}`,
  );
}
