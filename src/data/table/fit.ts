/** @file How the columns of a table become inputs, fitted on its training rows. */
import { DataError } from "../../errors.ts";
import {
  selectedCount,
  selectedRows,
  type ColumnHead,
  type Selection,
  type Steps,
  type TableBlocks,
} from "./blocks.ts";
import { refuseMisread } from "./misread.ts";
import { columnMoments, type Moments } from "./moments.ts";
import type { CategoryFeature, Feature, MissingPolicy, NumberFeature } from "./preprocessing.ts";
import { isText, sourceOf, type TextColumn } from "./raw-table.ts";

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

/**
 * Features for `columns`, from the training rows only. A column without a value there is left out.
 *
 * @param training the training rows
 * @param columns places of the columns
 * @throws DataError for texts that nearly all are numbers, for infinite values, and when no feature is left
 */
export function* fitFeatures(
  training: Selection,
  columns: readonly number[],
  options: FitOptions,
): Steps<{ readonly features: readonly Feature[]; readonly notes: FitNotes }> {
  const { table } = training;
  const isOfTexts = (at: number): boolean => isText(table.columns[at]!.type);
  const numbers = columns.filter((at) => !isOfTexts(at));
  const texts = columns.filter(isOfTexts);
  const size = selectedCount(training);
  const fitted = new Map<number, Fitted>();
  const moments = yield* columnMoments(training, numbers);
  numbers.forEach((at, i) =>
    fitted.set(at, numberFeature(table.columns[at]!, moments[i]!, options)),
  );
  const counts = yield* countLevels(training, texts);
  for (const [i, at] of texts.entries()) {
    fitted.set(at, yield* categoryFeature(table, at, counts[i]!, options));
  }
  return collect(table, columns, fitted, size);
}

/** Fitted columns in their order, without those that have no value. */
function collect(
  table: TableBlocks,
  columns: readonly number[],
  fitted: ReadonlyMap<number, Fitted>,
  size: number,
): { readonly features: readonly Feature[]; readonly notes: FitNotes } {
  const features: Feature[] = [];
  const merged: FitNotes["merged"][number][] = [];
  const leftOut: FitNotes["leftOut"][number][] = [];
  const constant: string[] = [];
  for (const at of columns) {
    const column = table.columns[at]!.name;
    const found = fitted.get(at)!;
    if (found.missing === size) {
      leftOut.push({ column, reason: "it has no value in the training part" });
      continue;
    }
    features.push(found.feature);
    if (found.merged !== undefined) merged.push({ column, ...found.merged });
    if (found.constant) constant.push(column);
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

function numberFeature(
  { name, type }: ColumnHead,
  { mean, scale, missing, constant }: Moments,
  options: FitOptions,
): Fitted {
  const indicator = options.missing === "impute" && missing > 0;
  const feature: NumberFeature = {
    kind: "number",
    column: name,
    type: type as NumberFeature["type"],
    mean,
    scale,
    indicator,
  };
  return { feature, missing, constant };
}

/** Texts of a column, and how often each comes in the rows that were chosen. */
export interface LevelCounts {
  readonly levels: readonly string[];
  readonly counts: Float64Array;
  readonly missing: number;
}

/** The texts of columns in the rows that are chosen. */
export function* countLevels(
  training: Selection,
  columns: readonly number[],
): Steps<readonly LevelCounts[]> {
  const found = columns.map(() => ({
    levels: [] as readonly string[],
    counts: new Float64Array(0),
    missing: 0,
  }));
  for (const block of columns.length > 0 ? selectedRows(training, columns) : []) {
    found.forEach((own, i) => {
      const { codes, levels } = block.columns[i] as TextColumn;
      // Every block has the texts of the whole table.
      if (block.first === 0)
        Object.assign(own, { levels, counts: new Float64Array(levels.length) });
      const { chosen } = block;
      for (let j = 0; j < chosen.length; j++) {
        const code = codes[chosen[j]!]!;
        if (code < 0) own.missing++;
        else own.counts[code]!++;
      }
    });
    yield block.rows;
  }
  return found;
}

function* categoryFeature(
  table: TableBlocks,
  at: number,
  { levels, counts, missing }: LevelCounts,
  options: FitOptions,
): Steps<Fitted> {
  const { name, type } = table.columns[at]!;
  const found = levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    // By count, equal counts by text, so that the order of the rows does not matter.
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1));
  if (type === "text" && !options.categories.includes(name)) {
    yield* refuseMisread(
      table,
      at,
      { found, levels },
      { limit: options.categoryLimit, otherwise: "name the column in categories" },
    );
  }
  const fill = found[0]?.level ?? "";
  // What a missing value counts as is a category of the training part like the others.
  const kept = found.slice(0, options.categoryLimit);
  const rest = found.slice(options.categoryLimit);
  const indicator = options.missing === "impute" && missing > 0;
  const feature: CategoryFeature = {
    kind: "category",
    column: name,
    type: type as CategoryFeature["type"],
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
