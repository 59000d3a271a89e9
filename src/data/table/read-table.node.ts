/** @file A table in a file, ready for training; and new rows for a model that was trained on one. */
import { InputError } from "../../errors.ts";
import { reservedColumns, type PrepareOptions } from "./prepare-options.ts";
import { prepareTable, type PreparedTable } from "./prepare.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { noColumn, type ColumnType, type RawTable } from "./raw-table.ts";
import { readColumns, type ReadOptions } from "./read-columns.node.ts";

/** Options of {@link readTable}. */
export type ReadTableOptions = Omit<PrepareOptions, "split"> &
  Omit<ReadOptions, "types" | "choose"> & {
    /** Part of the rows to validate on (default 0.2; 0: none), the column that says which, or a file with them. */
    readonly split?: PrepareOptions["split"] | { readonly file: string };
  };

/**
 * Data sets from a table: CSV, TSV, JSON lines or Parquet, gzipped or not, one file or several by a pattern, or the rows of an SQL query.
 *
 * Numbers are standardised, dates and times become numbers, booleans and categories inputs of 0 and 1, missing values are imputed; all of
 * it is fitted on the training rows and returned as `preprocessing`. A column without a name is left out unless `features` names it.
 *
 * @param source path, pattern, or several of them; none for a query that names its own files
 * @throws RuntimeError when DuckDB, an optional peer, is not installed
 * @throws InputError, DataError in a line or two that name the file, and the row and column where there is one
 * @example const { training, validation, report } = await readTable("titanic.csv", { target: "survived" });
 * @example await readTable("*.parquet", { target: "price", query: "SELECT * FROM data WHERE price < 1e6", split: { file: "test.parquet" } });
 */
export async function readTable(
  source: string | readonly string[],
  options: ReadTableOptions,
): Promise<PreparedTable> {
  const sources = typeof source === "string" ? [source] : source;
  const { split, ...rest } = options;
  const prepare: PrepareOptions = {
    ...rest,
    ...(split === undefined || isFile(split) ? {} : { split }),
  };
  const unread = new Set<string>();
  const types = new Map<string, ColumnType>(
    (options.categories ?? []).map((name) => [name, "text"]),
  );
  const read = await readColumns(sources, {
    ...options,
    types,
    choose: (names, unnamed) => {
      checkNames(sources[0] ?? "query", names, prepare);
      return neededColumns(names, unnamed, prepare, unread);
    },
  });
  const { table, notes } = read;
  const left = [...unread].map((column) => ({ column, reason: "it has no name" }));
  // What was dropped was not read.
  const known = {
    ...prepare,
    drop: (prepare.drop ?? []).filter((name) => hasColumn(table, name)),
    categories: (prepare.categories ?? []).filter((name) => hasColumn(table, name)),
  };
  const apart = isFile(split) ? await validationTable(table, split.file, options) : undefined;
  const prepared = prepareTable(table, known, apart);
  const { report } = prepared;
  return {
    ...prepared,
    report: { ...report, reading: notes, leftOut: [...left, ...report.leftOut] },
  };
}

/** Options of {@link readRows}. */
export interface ReadRowsOptions extends Omit<ReadOptions, "types" | "choose"> {
  /** Whether the target column is read too (default false). */
  readonly target?: boolean;
}

/**
 * New rows for `applyPreprocessing`: the columns that `preprocessing` was fitted on, with the types they had.
 *
 * @throws as {@link readTable}
 * @example const { x } = applyPreprocessing(await readRows("new.csv", preprocessing), preprocessing);
 */
export async function readRows(
  source: string | readonly string[],
  preprocessing: Preprocessing,
  options: ReadRowsOptions = {},
): Promise<RawTable> {
  const { features, target } = preprocessing;
  const wanted = options.target === true ? [...features, target] : features;
  const { table } = await readColumns(typeof source === "string" ? [source] : source, {
    ...options,
    types: new Map(wanted.map(({ column, type }) => [column, type])),
    choose: () => wanted.map(({ column }) => column),
  });
  return table;
}

function isFile(split: ReadTableOptions["split"]): split is { readonly file: string } {
  return typeof split === "object" && "file" in split;
}

/** The rows to validate on, from their own file, with the columns and types of the training rows. */
async function validationTable(
  table: RawTable,
  file: string,
  options: ReadTableOptions,
): Promise<RawTable> {
  const { query, ...reading } = options;
  const read = await readColumns([file], {
    ...reading,
    // A query is for the rows of both files; one without files of its own stands for the training rows alone.
    ...(query !== undefined && /\bdata\b/i.test(query) && { query }),
    types: new Map(table.columns.map(({ name, type }) => [name, type])),
    choose: () => table.columns.map(({ name }) => name),
  });
  return read.table;
}

/** Refuses names that no column has, by their role. */
function checkNames(source: string, names: readonly string[], options: PrepareOptions): void {
  const { target, features = [], drop = [], categories = [], groups, stratify, split } = options;
  const roles: readonly (readonly [string, readonly (string | false | undefined)[]])[] = [
    ["target column", [target]],
    ["feature", features],
    ["column to drop", drop],
    ["column of categories", categories],
    ["group column", [groups]],
    ["column to stratify by", [stratify]],
    ["split column", [typeof split === "object" ? split.column : undefined]],
  ];
  for (const [role, wanted] of roles) {
    for (const name of wanted) {
      if (typeof name === "string" && !names.includes(name))
        throw noColumn(source, name, names, role);
    }
  }
  if (features.includes(target)) {
    throw new InputError(`features must not name the target column ${JSON.stringify(target)}`);
  }
}

/** The columns that have a role: the others are not read. */
function neededColumns(
  names: readonly string[],
  unnamed: readonly string[],
  options: PrepareOptions,
  unread: Set<string>,
): readonly string[] {
  const { target, features, drop = [], groups, stratify, split } = options;
  const steering = [groups, stratify, typeof split === "object" ? split.column : undefined];
  const reserved = reservedColumns(options);
  if (features === undefined) {
    for (const name of unnamed) if (!reserved.has(name)) unread.add(name);
  }
  const inputs = features ?? names.filter((name) => !reserved.has(name) && !unread.has(name));
  return [
    ...inputs.filter((name) => !drop.includes(name)),
    target,
    ...steering.filter((name) => typeof name === "string"),
  ];
}

function hasColumn(table: RawTable, name: string): boolean {
  return table.columns.some((column) => column.name === name);
}
