/** @file The rows of a block as inputs and targets, as a preprocessing that was fitted says. */
import { InputError } from "../../errors.ts";
import type { ColumnData } from "../dataset.ts";
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
import { isTextColumn, type RawColumn } from "./raw-table.ts";
import { classEncoder, type RowPlace } from "./target.ts";

/** What was done to values that are missing or not known, by column. */
export interface EncodingCounts {
  /** Missing values that were imputed. */
  readonly imputed: Record<string, number>;
  /** Rows with a category that the training part does not have. */
  readonly unknown: Record<string, number>;
  /** Rows with a category that shares the input for others: a rare one, or one that the training part does not have. */
  readonly others: Record<string, number>;
}

/** Turns rows into numbers, a block after the other. */
export interface RowEncoder {
  /** Inputs of rows of a block, row-major, from a column for each feature. @throws DataError for infinite values */
  inputs(place: RowPlace, columns: readonly RawColumn[], rows: Int32Array): ColumnData;
  /** Targets of rows of a block. @throws DataError for infinite values and unknown classes */
  targets(place: RowPlace, column: RawColumn, rows: Int32Array): ColumnData;
  /** Summed over all blocks. */
  readonly counts: EncodingCounts;
}

/** Number of inputs of a row. */
export function inputWidth({ features }: Pick<Preprocessing, "features">): number {
  return features.reduce((sum, feature) => sum + featureWidth(feature), 0);
}

/** Shape of the target of a row: classes are one index. */
export function targetShape({ target }: Pick<Preprocessing, "target">): readonly number[] {
  return target.kind === "classes" ? [] : [1];
}

/** Columns are written one after the other to so many numbers, that these stay in the processor's cache. */
const TILE = 2 ** 16;
const LEAST_ROWS = 64;

/** An encoder for rows as a preprocessing says; a column of another type than it was fitted on is refused with InputError. */
export function rowEncoder({ features, target }: Preprocessing, dtype: FloatType): RowEncoder {
  const width = inputWidth({ features });
  const tileRows = Math.max(LEAST_ROWS, Math.floor(TILE / width));
  let next = 0;
  const firstInputs = features.map(
    (feature) => (next += featureWidth(feature)) - featureWidth(feature),
  );
  const counts: EncodingCounts = { imputed: {}, unknown: {}, others: {} };
  const encoders = features.map((feature) =>
    feature.kind === "number" ? numberEncoder(feature) : categoryEncoder(feature),
  );
  return {
    counts,
    inputs(place, columns, rows) {
      const data = floats(rows.length * width, dtype);
      for (let start = 0; start < rows.length; start += tileRows) {
        const tile = rows.subarray(start, start + tileRows);
        const out = data.subarray(start * width, (start + tile.length) * width);
        encoders.forEach((encoder, i) => {
          encoder(
            { place, rows: tile, data: out, width, at: firstInputs[i]!, counts },
            columns[i]!,
          );
        });
      }
      return data;
    },
    targets: target.kind === "classes" ? classEncoder(target) : numberTargets(target, dtype),
  };
}

interface Encoding {
  readonly place: RowPlace;
  readonly rows: Int32Array;
  readonly data: Float32Array | Float64Array;
  readonly width: number;
  /** First input of the column. */
  readonly at: number;
  readonly counts: EncodingCounts;
}

type Encoder = (encoding: Encoding, column: RawColumn) => void;

function numberEncoder(feature: NumberFeature): Encoder {
  const { mean, scale, indicator } = feature;
  return ({ place, rows, data, width, at, counts }, column) => {
    if (isTextColumn(column)) throw wrongType(column, feature);
    const { values } = column;
    let imputed = 0;
    for (let i = 0, to = at; i < rows.length; i++, to += width) {
      const value = values[rows[i]!]!;
      if (Number.isNaN(value)) {
        if (indicator) data[to + 1] = 1;
        imputed++;
        continue;
      }
      data[to] = (value - mean) / scale;
      if (!Number.isFinite(data[to])) throw infinite(place.table, column, place.first + rows[i]!);
    }
    count(counts.imputed, feature.column, imputed);
  };
}

function categoryEncoder(feature: CategoryFeature): Encoder {
  const { levels, other, fill, indicator } = feature;
  const inputs = new Map(levels.map((level, i) => [level, i]));
  const missingInput = inputs.get(fill) ?? -1;
  const lastInput = levels.length + Number(other);
  const inputsOf = once((texts: readonly string[]) =>
    Int32Array.from(texts, (text) => inputs.get(text) ?? -1),
  );
  return ({ rows, data, width, at, counts }, column) => {
    if (!isTextColumn(column)) throw wrongType(column, feature);
    const { codes } = column;
    const inputOf = inputsOf(column.levels);
    let [imputed, unknown, others] = [0, 0, 0];
    for (let i = 0, to = at; i < rows.length; i++, to += width) {
      const code = codes[rows[i]!]!;
      if (code < 0) {
        if (indicator) data[to + lastInput] = 1;
        imputed++;
      }
      const own = code < 0 ? missingInput : inputOf[code]!;
      if (own >= 0) data[to + own] = 1;
      else if (other) {
        data[to + levels.length] = 1;
        others++;
      } else unknown++;
    }
    count(counts.imputed, feature.column, imputed);
    count(counts.unknown, feature.column, unknown);
    count(counts.others, feature.column, others);
  };
}

function numberTargets(target: NumberTarget, dtype: FloatType): RowEncoder["targets"] {
  return (place, column, rows) => {
    if (isTextColumn(column)) throw wrongType(column, target);
    const data = floats(rows.length, dtype);
    const { values } = column;
    for (let i = 0; i < rows.length; i++) {
      data[i] = (values[rows[i]!]! - target.mean) / target.scale;
      if (!Number.isFinite(data[i])) throw infinite(place.table, column, place.first + rows[i]!);
    }
    return data;
  };
}

/** Calls `make` again only for another argument: the blocks of a table share their texts. */
function once<A, R>(make: (argument: A) => R): (argument: A) => R {
  let last: { readonly argument: A; readonly result: R } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, result: make(argument) };
    return last.result;
  };
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

function count(counts: Record<string, number>, column: string, more: number): void {
  if (more > 0) counts[column] = (counts[column] ?? 0) + more;
}

function wrongType(column: RawColumn, wanted: Feature | NumberTarget): InputError {
  return new InputError(
    `column ${JSON.stringify(column.name)} holds ${column.type}, and the preprocessing was fitted on ${wanted.type}`,
  );
}
