/** @file What is to be done with a table: rows split, preprocessing fitted on the training part. */
import { DataError, InputError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { fate, type Selection, type Steps, type TableBlocks } from "./blocks.ts";
import { completeRows, type CompleteRows } from "./complete-rows.ts";
import { countLevels, fitFeatures, type FitNotes } from "./fit.ts";
import { refuseMisread } from "./misread.ts";
import {
  checkOptions,
  prepareDefaults,
  reservedColumns,
  type PrepareOptions,
} from "./prepare-options.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { columnPlaces, isTextColumn, sourceOf } from "./raw-table.ts";
import { splitByChance, splitByColumn } from "./split-rows.ts";
import { chooseTask, fitClasses, fitNumber, type TaskChoice } from "./target.ts";

/** A table, what its columns are for, and what becomes of its rows. */
export interface PlannedPart extends CompleteRows {
  readonly table: TableBlocks;
  /** Places of columns. */
  readonly target: number;
  readonly inputs: readonly number[];
}

/** All that is needed to turn the rows into numbers. */
export interface TablePlan {
  /** The table, and the one with the rows to validate on where these come from another. */
  readonly parts: readonly [PlannedPart, ...PlannedPart[]];
  readonly choice: TaskChoice;
  readonly preprocessing: Preprocessing;
  readonly notes: FitNotes;
  /** Columns that count the rows. */
  readonly counters: readonly string[];
}

/**
 * Splits the rows and fits the preprocessing on those to train on: means and deviations, categories, what missing values count as.
 *
 * @param apart rows to validate on, from another table; then the rows of `table` are not split
 * @throws InputError, DataError in one line, with file, row and column where there is one
 */
export function* planTable(
  table: TableBlocks,
  options: PrepareOptions,
  apart?: TableBlocks,
): Steps<TablePlan> {
  checkOptions(options);
  const main = yield* partOf(table, options);
  const other = apart && (yield* partOf(apart, options));
  const choice = yield* chooseTask(main, main.target, options.task);
  if (choice.task === "classification") yield* refuseMisreadTarget(main, options);
  if (other === undefined) yield* splitRows(main, choice.task, options);
  else other.fates.forEach((is, row) => (other.fates[row] = is && fate.validates));
  const { missing, categoryLimit, categories, standardizeTarget } = {
    ...prepareDefaults,
    ...options,
  };
  const training: Selection = { table, fates: main.fates, only: fate.trains };
  const { features, notes } = yield* fitFeatures(training, main.inputs, {
    missing,
    categoryLimit,
    categories,
  });
  const parts: TablePlan["parts"] = other === undefined ? [main] : [main, other];
  const target =
    choice.task === "classification"
      ? yield* fitClasses(parts.map((part) => ({ ...part, column: part.target })))
      : yield* fitNumber({ ...training, column: main.target }, standardizeTarget);
  return {
    parts,
    choice,
    preprocessing: { version: 1, missing, features, target },
    notes,
    counters: yield* countingColumns(main),
  };
}

function* partOf(table: TableBlocks, options: PrepareOptions): Steps<PlannedPart> {
  const { missing } = { ...prepareDefaults, ...options };
  const target = columnPlaces(table)(options.target, "target column");
  const inputs = inputColumns(table, options);
  const complete = yield* completeRows(table, inputs, target, missing);
  if (complete.kept === 0) throw nothingLeft(table, options.target, complete);
  return { table, target, inputs, ...complete };
}

function nothingLeft(
  table: TableBlocks,
  target: string,
  { withoutTarget }: CompleteRows,
): DataError {
  const source = sourceOf(table);
  if (table.rows === 0) return new DataError(`${source} has no rows`);
  if (withoutTarget === table.rows) {
    return new DataError(
      `${source} has no row with a value of the target ${JSON.stringify(target)}`,
    );
  }
  return new DataError(
    `${source} has a missing value in every row; give missing "impute", or leave columns out`,
  );
}

function inputColumns(table: TableBlocks, options: PrepareOptions): readonly number[] {
  const { features, target } = options;
  const place = columnPlaces(table);
  for (const name of options.drop ?? []) place(name, "column to drop");
  for (const name of options.categories ?? []) place(name);
  const reserved = reservedColumns(options);
  if (features === undefined) {
    return [...table.columns.keys()].filter((at) => !reserved.has(table.columns[at]!.name));
  }
  if (features.includes(target)) {
    throw new InputError(`features must not name the target column ${JSON.stringify(target)}`);
  }
  return [...new Set(features)]
    .filter((name) => options.drop?.includes(name) !== true)
    .map((name) => place(name, "feature"));
}

/** At most so many different texts of a target are taken for classes, whatever they look like. */
const FEW_CLASSES = 20;

function* refuseMisreadTarget(
  { table, fates, target }: PlannedPart,
  { task, categories = prepareDefaults.categories }: PrepareOptions,
): Steps<void> {
  const { name, type } = table.columns[target]!;
  if (task !== undefined || type !== "text" || categories.includes(name)) return;
  const [counted] = yield* countLevels({ table, fates }, [target]);
  const { levels, counts } = counted!;
  const found = levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .filter(({ count }) => count > 0);
  yield* refuseMisread(
    table,
    target,
    { found, levels },
    { limit: FEW_CLASSES, otherwise: "ask for classes with task classification" },
  );
}

function* splitRows(
  { table, fates, target }: PlannedPart,
  task: Dataset["task"],
  options: PrepareOptions,
): Steps<void> {
  const { split, seed } = { ...prepareDefaults, ...options };
  const { groups, stratify } = options;
  const place = columnPlaces(table);
  const rows: Selection = { table, fates };
  if (typeof split === "object") {
    return yield* splitByColumn(rows, place(split.column, "split column"));
  }
  if (split === 0) return;
  const byClass = stratify === undefined && task === "classification" && groups === undefined;
  yield* splitByChance(rows, {
    split,
    seed,
    groups: groups === undefined ? undefined : place(groups, "group column"),
    stratify: byClass
      ? target
      : typeof stratify === "string"
        ? place(stratify, "column to stratify by")
        : undefined,
  });
}

/** Fewer rows than this may count up by chance. */
const FEW_ROWS = 20;

/** Names of the inputs that are n, n + 1, n + 2, … */
function* countingColumns({ table, inputs }: PlannedPart): Steps<readonly string[]> {
  let counting = inputs.filter((at) => table.columns[at]!.type === "number");
  if (table.rows < FEW_ROWS) return [];
  const starts = new Map<number, number>();
  for (let index = 0; index < table.count && counting.length > 0; index++) {
    const block = table.block(index, counting);
    counting = counting.filter((at, i) => {
      const column = block.columns[i]!;
      if (isTextColumn(column)) return false;
      const { values } = column;
      const start = starts.get(at) ?? values[0]!;
      starts.set(at, start);
      for (let row = 0; row < block.rows; row++) {
        if (values[row] !== start + block.first + row) return false;
      }
      return true;
    });
    yield block.rows;
  }
  return counting.map((at) => table.columns[at]!.name);
}
