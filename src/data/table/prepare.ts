/** @file From a table as it was read to data sets: rows split, preprocessing fitted on the training part, applied to both. */
import { DataError, InputError, invariant, nonNegative, oneOf, wholeNumber } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import type { FloatType } from "../table.ts";
import { applyPreprocessing, completeRows, type AppliedRows } from "./apply.ts";
import { fitFeatures } from "./fit.ts";
import {
  featureNames,
  type Feature,
  type MissingPolicy,
  type Preprocessing,
} from "./preprocessing.ts";
import { columnNamed, isTextColumn, sourceOf, type RawColumn, type RawTable } from "./raw-table.ts";
import type { TableReport } from "./report.ts";
import { splitByChance, splitByColumn, type RowSplit } from "./split-rows.ts";
import { chooseTask, encodeClasses, fitClasses, fitNumber } from "./target.ts";

/** Options of {@link prepareTable}. */
export interface PrepareOptions {
  /** Column to predict. */
  readonly target: string;
  /** Columns to learn from; default: all but those that have another role. */
  readonly features?: readonly string[];
  /** Columns to leave out. */
  readonly drop?: readonly string[];
  /** Default: inferred from the target, see {@link chooseTask}. */
  readonly task?: Dataset["task"];
  /**
   * Missing values of features: `"impute"` (default) puts the mean or the most frequent category there and adds an input that says so,
   * `"drop"` leaves the row out, `"refuse"` throws. A row without a target is left out, or refused.
   */
  readonly missing?: MissingPolicy;
  /** Categories of a column with an input of their own (default 32): the most frequent ones; the others share one input. */
  readonly categoryLimit?: number;
  /** Columns of numbers that are categories, such as postal codes. */
  readonly categories?: readonly string[];
  /** Part of the rows to validate on (default 0.2; 0: none), or the column that says which. */
  readonly split?: number | { readonly column: string };
  /** Seed of the split (default 0). */
  readonly seed?: number;
  /** Column whose equal values stay in one part. */
  readonly groups?: string;
  /** Column whose proportions both parts keep; default: the target, where it is classes and there are no groups; false: none. */
  readonly stratify?: string | false;
  /** Whether a regression target is standardised (default true); see {@link targetUnits} for the way back. */
  readonly standardizeTarget?: boolean;
  /** Type of the inputs (default float32). */
  readonly dtype?: FloatType;
  /** Name for reports; default: where the table came from. */
  readonly name?: string;
}

const defaults = {
  missing: "impute",
  categoryLimit: 32,
  categories: [],
  standardizeTarget: true,
  dtype: "float32",
} as const;

/** A table ready for training. */
export interface PreparedTable {
  readonly training: Dataset;
  /** Absent with `split: 0`. */
  readonly validation?: Dataset;
  /** Plain JSON; {@link applyPreprocessing} does the same to new rows. */
  readonly preprocessing: Preprocessing;
  readonly report: TableReport;
}

/**
 * Data sets from a table. Everything is fitted on the training rows alone: means and deviations, categories, what missing values count as.
 *
 * @param apart rows to validate on, from another file; then the rows of `table` are not split
 * @throws InputError, DataError in one line, with file, row and column where there is one
 * @example const { training, validation, preprocessing, report } = prepareTable(table, { target: "species" });
 */
export function prepareTable(
  table: RawTable,
  options: PrepareOptions,
  apart?: RawTable,
): PreparedTable {
  checkOptions(options);
  const main = partOf(table, options);
  const other = apart && partOf(apart, options);
  const choice = chooseTask(main.target, main.rows, options.task);
  const split =
    other === undefined
      ? splitRows(main, choice.task, options)
      : { training: main.rows, validation: other.rows };
  const { missing, categoryLimit, categories, standardizeTarget, dtype } = {
    ...defaults,
    ...options,
  };
  const fitted = fitFeatures(table, main.inputs, split.training, {
    missing,
    categoryLimit,
    categories,
  });
  const parts = [main, other].filter((part) => part !== undefined);
  const trainingRows = { table, column: main.target, rows: split.training };
  const preprocessing: Preprocessing = {
    version: 1,
    missing,
    features: fitted.features,
    target:
      choice.task === "classification"
        ? fitClasses(parts.map((part) => ({ ...part, column: part.target })))
        : fitNumber(trainingRows, standardizeTarget),
  };
  const apply = (from: RawTable, rows: Int32Array): AppliedRows =>
    applyPreprocessing(from, preprocessing, {
      rows,
      target: true,
      dtype,
    });
  const trained = apply(table, split.training);
  const validated =
    split.validation.length > 0 ? apply(apart ?? table, split.validation) : undefined;
  const name = options.name ?? sourceOf(table);
  return {
    training: datasetOf(trained, preprocessing, name, sourceOf(table)),
    ...(validated && {
      validation: datasetOf(validated, preprocessing, name, sourceOf(apart ?? table)),
    }),
    preprocessing,
    report: {
      source: sourceOf(table),
      ...rowCounts(parts, split),
      imputed: imputedValues(preprocessing.features, [trained, validated]),
      columns: preprocessing.features.length,
      inputs: featureNames(preprocessing).length,
      task: choice.task,
      taskReason: choice.reason,
      target: preprocessing.target,
      ...fitted.notes,
      unknown: validated?.unknown ?? {},
      untrained: untrainedClasses(trainingRows, preprocessing.target),
      counters: main.inputs.filter(countsRows).map((column) => column.name),
      reading: [],
    },
  };
}

function rowCounts(
  parts: readonly Part[],
  { training, validation }: RowSplit,
): Pick<TableReport, "rows" | "training" | "validation" | "dropped"> {
  return {
    rows: sum(parts, (part) => part.table.rows),
    training: training.length,
    validation: validation.length,
    dropped: {
      target: sum(parts, (part) => part.withoutTarget),
      features: sum(parts, (part) => part.incomplete),
    },
  };
}

function imputedValues(
  features: readonly Feature[],
  parts: readonly (AppliedRows | undefined)[],
): TableReport["imputed"] {
  return features
    .map((feature) => ({
      column: feature.column,
      rows: sum(parts, (part) => part?.imputed[feature.column] ?? 0),
      value: feature.kind === "number" ? String(feature.mean) : feature.fill,
    }))
    .filter(({ rows }) => rows > 0);
}

/** A table, what its columns are for, and the rows of it that are used. */
interface Part {
  readonly table: RawTable;
  readonly target: RawColumn;
  readonly inputs: readonly RawColumn[];
  readonly rows: Int32Array;
  /** Rows left out because the target is missing. */
  readonly withoutTarget: number;
  /** Rows left out because another value is missing. */
  readonly incomplete: number;
}

function partOf(table: RawTable, options: PrepareOptions): Part {
  const { missing = "impute" } = options;
  const target = columnNamed(table, options.target, "target column");
  const inputs = inputColumns(table, options);
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  const policy = missing === "drop" ? "impute" : missing;
  const answered = completeRows(table, all, inputs, target, policy);
  const rows = completeRows(table, answered, inputs, target, missing);
  if (rows.length === 0) throw nothingLeft(table, target, answered.length);
  return {
    table,
    target,
    inputs,
    rows,
    withoutTarget: table.rows - answered.length,
    incomplete: answered.length - rows.length,
  };
}

function nothingLeft(table: RawTable, target: RawColumn, answered: number): DataError {
  const source = sourceOf(table);
  if (table.rows === 0) return new DataError(`${source} has no rows`);
  if (answered === 0) {
    return new DataError(
      `${source} has no row with a value of the target ${JSON.stringify(target.name)}`,
    );
  }
  return new DataError(
    `${source} has a missing value in every row; give missing "impute", or leave columns out`,
  );
}

function datasetOf(
  { rows, x, y }: AppliedRows,
  { target }: Preprocessing,
  name: string,
  source: string,
): Dataset {
  invariant(y !== undefined, "a data set needs targets");
  const common = { name, size: rows.length, x, y, source };
  return target.kind === "classes"
    ? { ...common, task: "classification", classes: target.classes }
    : { ...common, task: "regression" };
}

function sum<T>(values: readonly T[], figure: (value: T) => number): number {
  return values.reduce((total, value) => total + figure(value), 0);
}

function checkOptions(options: PrepareOptions): void {
  if (options.missing !== undefined) {
    oneOf("missing", options.missing, ["impute", "refuse", "drop"]);
  }
  if (options.task !== undefined) oneOf("task", options.task, ["classification", "regression"]);
  wholeNumber("categoryLimit", options.categoryLimit ?? 32);
  wholeNumber("seed", options.seed ?? 0, 0);
  if (typeof options.split === "number") nonNegative("split", options.split);
  if (typeof options.split === "object" && (options.groups ?? options.stratify) !== undefined) {
    throw new InputError(
      "groups and stratify are for a split by chance; the split column says it all",
    );
  }
}

/** Names of the columns that are no inputs: the target, those dropped, and those that only steer the split. */
export function reservedColumns(options: PrepareOptions): ReadonlySet<string> {
  const { target, drop = [], groups, split } = options;
  const steering = [groups, typeof split === "object" ? split.column : undefined];
  return new Set([target, ...drop, ...steering.filter((name) => name !== undefined)]);
}

function inputColumns(table: RawTable, options: PrepareOptions): readonly RawColumn[] {
  const { features, target } = options;
  for (const name of options.drop ?? []) columnNamed(table, name, "column to drop");
  for (const name of options.categories ?? []) columnNamed(table, name);
  const reserved = reservedColumns(options);
  if (features === undefined) return table.columns.filter(({ name }) => !reserved.has(name));
  if (features.includes(target)) {
    throw new InputError(`features must not name the target column ${JSON.stringify(target)}`);
  }
  return [...new Set(features)]
    .filter((name) => options.drop?.includes(name) !== true)
    .map((name) => columnNamed(table, name, "feature"));
}

function splitRows(
  { table, rows, target }: Part,
  task: Dataset["task"],
  options: PrepareOptions,
): RowSplit {
  const { split = 0.2, groups, stratify, seed = 0 } = options;
  if (typeof split === "object") {
    return splitByColumn(table, rows, columnNamed(table, split.column, "split column"));
  }
  if (split === 0) return { training: rows, validation: new Int32Array(0) };
  const byClass = stratify === undefined && task === "classification" && groups === undefined;
  return splitByChance(table, rows, {
    split,
    seed,
    groups: groups === undefined ? undefined : columnNamed(table, groups, "group column"),
    stratify: byClass
      ? target
      : typeof stratify === "string"
        ? columnNamed(table, stratify, "column to stratify by")
        : undefined,
  });
}

function untrainedClasses(
  part: Parameters<typeof encodeClasses>[0],
  target: Preprocessing["target"],
): readonly string[] {
  if (target.kind !== "classes") return [];
  const found = new Set(encodeClasses(part, target));
  return target.classes.filter((_, i) => !found.has(i));
}

/** Whether a column is n, n + 1, n + 2, … */
function countsRows(column: RawColumn): boolean {
  if (isTextColumn(column) || column.type !== "number" || column.values.length < 20) return false;
  const [first = 0] = column.values;
  return column.values.every((value, i) => value === first + i);
}
