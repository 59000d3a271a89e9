/** @file A table in a file, ready for training; and new rows for a model that was trained on one. */
import { InputError } from "../../errors.ts";
import type { ColumnHead } from "./blocks.ts";
import { checkOptions, reservedColumns, type PrepareOptions } from "./prepare-options.ts";
import { prepareTable, type PreparedTable } from "./prepare.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { noColumn, type ColumnType, type RawTable } from "./raw-table.ts";
import { readColumns, type ReadOptions } from "./read-columns.node.ts";
import type { TableReport } from "./report.ts";

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
  const { main, apart, prepare, reading, leftOut } = await readParts(
    source,
    options,
    async (sources, reads) => {
      const { table, notes } = await readColumns(sources, reads);
      return { columns: table.columns, table, notes };
    },
  );
  const prepared = prepareTable(main.table, prepare, apart?.table);
  return { ...prepared, report: withReading(prepared.report, reading, leftOut) };
}

/** What was read, whether it is in memory or not. */
interface ReadPart {
  readonly columns: readonly ColumnHead[];
  readonly notes: readonly string[];
}

/** Both parts of a table as they were read, and what is to be done with them. */
export interface ReadParts<T> {
  readonly main: T;
  /** The rows to validate on, where they are in a file of their own. */
  readonly apart?: T;
  readonly prepare: PrepareOptions;
  readonly reading: readonly string[];
  readonly leftOut: TableReport["leftOut"];
}

/** Reads the columns of a table that have a role, with `read`. @throws as {@link readTable} */
export async function readParts<T extends ReadPart>(
  source: string | readonly string[],
  options: ReadTableOptions,
  read: (sources: readonly string[], options: ReadOptions) => Promise<T>,
): Promise<ReadParts<T>> {
  const sources = typeof source === "string" ? [source] : source;
  const { split, ...rest } = options;
  const prepare: PrepareOptions = {
    ...rest,
    ...(split === undefined || isFile(split) ? {} : { split }),
  };
  checkOptions(prepare);
  const unread = new Set<string>();
  const types = new Map<string, ColumnType>(
    (options.categories ?? []).map((name) => [name, "text"]),
  );
  const main = await read(sources, {
    ...options,
    types,
    choose: (names, unnamed) => {
      checkNames(sources[0] ?? "query", names, prepare);
      return neededColumns(names, unnamed, prepare, unread);
    },
  });
  const apart = isFile(split)
    ? await read([split.file], apartOptions(main.columns, options))
    : undefined;
  const names = new Set(main.columns.map(({ name }) => name));
  return {
    main,
    ...(apart && { apart }),
    prepare: {
      ...prepare,
      // What was dropped was not read.
      drop: (prepare.drop ?? []).filter((name) => names.has(name)),
      categories: (prepare.categories ?? []).filter((name) => names.has(name)),
    },
    reading: main.notes,
    leftOut: [...unread].map((column) => ({ column, reason: "it has no name" })),
  };
}

/** A report with what is known from reading. */
export function withReading(
  report: TableReport,
  reading: TableReport["reading"],
  leftOut: TableReport["leftOut"],
): TableReport {
  return { ...report, reading, leftOut: [...leftOut, ...report.leftOut] };
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

/** How to read the rows to validate on from their own file: the columns and types of the training rows. */
function apartOptions(columns: readonly ColumnHead[], options: ReadTableOptions): ReadOptions {
  const { query, ...reading } = options;
  return {
    ...reading,
    // A query is for the rows of both files; one without files of its own stands for the training rows alone.
    ...(query !== undefined && /\bdata\b/i.test(query) && { query }),
    types: new Map(columns.map(({ name, type }) => [name, type])),
    choose: () => columns.map(({ name }) => name),
  };
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
