/** @file How the columns of a table become inputs, fitted on its training rows. */
import { DataError } from "../../errors.ts";
import { columnMoments } from "./moments.ts";
import type { CategoryFeature, Feature, MissingPolicy, NumberFeature } from "./preprocessing.ts";
import {
  isTextColumn,
  sourceOf,
  type NumberColumn,
  type RawColumn,
  type RawTable,
  type TextColumn,
} from "./raw-table.ts";

/** How to fit. */
export interface FitOptions {
  readonly missing: MissingPolicy;
  /** At most so many categories of a column have an input of their own; the others share one. */
  readonly categoryLimit: number;
  /** Columns that hold categories, whatever their values look like. */
  readonly categories: readonly string[];
}

/** What fitting found out beside the features. */
export interface FitNotes {
  readonly merged: readonly {
    readonly column: string;
    readonly kept: number;
    readonly merged: number;
    readonly rows: number;
  }[];
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
  readonly constant: readonly string[];
}

/** Of so large a part of the rows with numbers, a column of texts is taken for one of numbers with mistakes in it. */
const MOSTLY = 0.9;

/**
 * Features for `columns`, from the training rows only. A column without a value there is left out.
 *
 * @throws DataError for texts that nearly all are numbers, for infinite values, and when no feature is left
 */
export function fitFeatures(
  table: RawTable,
  columns: readonly RawColumn[],
  rows: Int32Array,
  options: FitOptions,
): { readonly features: readonly Feature[]; readonly notes: FitNotes } {
  const features: Feature[] = [];
  const merged: FitNotes["merged"][number][] = [];
  const leftOut: FitNotes["leftOut"][number][] = [];
  const constant: string[] = [];
  for (const column of columns) {
    const fitted = isTextColumn(column)
      ? fitCategory(table, column, rows, options)
      : fitNumbers(table, column, rows, options);
    if (fitted.missing === rows.length) {
      leftOut.push({ column: column.name, reason: "it has no value in the training part" });
      continue;
    }
    features.push(fitted.feature);
    if (fitted.merged !== undefined) merged.push({ column: column.name, ...fitted.merged });
    if (fitted.constant) constant.push(column.name);
  }
  if (features.length === 0) {
    throw new DataError(
      `${sourceOf(table)} has no column to learn from: give one beside the target that has values in the training part`,
    );
  }
  return { features, notes: { merged, leftOut, constant } };
}

interface Fitted {
  readonly feature: Feature;
  readonly missing: number;
  readonly constant: boolean;
  readonly merged?: { readonly kept: number; readonly merged: number; readonly rows: number };
}

function fitNumbers(
  table: RawTable,
  column: NumberColumn,
  rows: Int32Array,
  options: FitOptions,
): Fitted {
  const { mean, scale, missing, constant } = columnMoments(table, column, rows);
  const indicator = options.missing === "impute" && missing > 0;
  const { name, type } = column;
  const feature: NumberFeature = { kind: "number", column: name, type, mean, scale, indicator };
  return { feature, missing, constant };
}

function fitCategory(
  table: RawTable,
  column: TextColumn,
  rows: Int32Array,
  options: FitOptions,
): Fitted {
  const { name, type } = column;
  const counts = new Float64Array(column.levels.length);
  let missing = 0;
  for (const row of rows) {
    const code = column.codes[row]!;
    if (code < 0) missing++;
    else counts[code]!++;
  }
  const found = column.levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    // By count, equal counts by text, so that the order of the rows does not matter.
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1));
  if (type === "text" && !options.categories.includes(name)) {
    refuseNumbers(table, column, found, options.categoryLimit);
  }
  const fill = found[0]?.level ?? "";
  // What a missing value counts as is a category of the training part like the others.
  const kept = found.slice(0, options.categoryLimit);
  const rest = found.slice(options.categoryLimit);
  const indicator = options.missing === "impute" && missing > 0;
  const feature: CategoryFeature = {
    kind: "category",
    column: name,
    type,
    levels: kept.map(({ level }) => level).sort(),
    other: rest.length > 0,
    fill,
    indicator,
  };
  const merged = {
    kept: kept.length,
    merged: rest.length,
    rows: rest.reduce((sum, { count }) => sum + count, 0),
  };
  return {
    feature,
    missing,
    constant: found.length === 1,
    ...(rest.length > 0 ? { merged } : {}),
  };
}

/** Refuses texts that are numbers but for a few, and numbers with a decimal comma: as categories they would be nonsense. */
function refuseNumbers(
  table: RawTable,
  column: TextColumn,
  found: readonly { readonly level: string; readonly count: number }[],
  limit: number,
): void {
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const share = (test: (level: string) => boolean): number =>
    found.reduce((sum, { level, count }) => sum + (test(level) ? count : 0), 0) / total;
  const what = `${sourceOf(table)}: column ${JSON.stringify(column.name)}`;
  if (total > 0 && share(isCommaNumber) >= MOSTLY) {
    throw new DataError(
      `${what} holds numbers with a comma such as ${JSON.stringify(found[0]?.level)}; give decimal "," or name the column in categories`,
    );
  }
  if (found.length <= limit || share(isNumber) < MOSTLY) return;
  const odd = found.find(({ level }) => !isNumber(level));
  if (odd === undefined) return;
  const row = column.codes.indexOf(column.levels.indexOf(odd.level));
  throw new DataError(
    `${what} holds numbers, but also ${JSON.stringify(odd.level)} (first in row ${row + 1}); correct it, or give missingValues with that text, or name the column in categories`,
  );
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

function isCommaNumber(text: string): boolean {
  return /^\s*[+-]?\d{1,3}(\.?\d{3})*,\d+\s*$/.test(text) || /^\s*[+-]?\d+,\d+\s*$/.test(text);
}
