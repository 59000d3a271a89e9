/** @file The columns of a table, read chunk by chunk into typed arrays. */
import { DataError } from "../../errors.ts";
import { guessedColumns, typedColumns, type TypedColumn } from "./column-types.node.ts";
import { columnBuffer, type ColumnBuffer } from "./column-buffer.ts";
import { openDatabase, readingError, type Database, type DatabaseLimits } from "./duckdb.node.ts";
import { tableFiles, type TableFormat } from "./files.node.ts";
import { noColumn, type ColumnType, type RawTable, type TablePart } from "./raw-table.ts";
import {
  badLine,
  fileRelation,
  queryRelation,
  type Relation,
  type RelationColumn,
  type RelationPart,
  type TextOptions,
} from "./relation.node.ts";
import { sqlName } from "./sql.ts";

/** How to read a table. */
export interface ReadOptions extends TextOptions {
  /** Default: by the first bytes and the name. */
  readonly format?: TableFormat;
  /** SQL whose rows are the table; the files are called `data` in it. */
  readonly query?: string;
  /** Types that columns must have, by name. */
  readonly types?: ReadonlyMap<string, ColumnType>;
  /** Which of the columns to read, of those there are; default: all. */
  readonly choose?: (names: readonly string[], unnamed: readonly string[]) => readonly string[];
}

/** A table, and how its files were understood. */
export interface ReadTable {
  readonly table: RawTable;
  readonly notes: readonly string[];
}

/**
 * The table in files (CSV, TSV, JSON lines, Parquet; gzipped or not), or the rows of a query.
 *
 * @param sources paths and globs; none for a query that names its own files
 * @throws RuntimeError without DuckDB; InputError, DataError in one line that names the file and the line or row
 * @example const { table } = await readColumns(["people.csv"]);
 */
export async function readColumns(
  sources: readonly string[],
  options: ReadOptions = {},
): Promise<ReadTable> {
  const keep = (): TakeRows => () => undefined;
  const { parts, columns, notes } = await streamColumns(sources, options, keep);
  const rows = rowsOf(parts);
  return { table: { columns: columns.map((column) => column.first(rows)), rows, parts }, notes };
}

/** Told of columns to which rows were added. */
export type TakeRows = (columns: readonly ColumnBuffer[], added: number) => void;

/** What was read when all rows had come. */
export interface StreamedColumns {
  /** What is left of the columns. */
  readonly columns: readonly ColumnBuffer[];
  readonly parts: readonly TablePart[];
  readonly notes: readonly string[];
}

/**
 * Reads as {@link readColumns} does, and lets the function that `begin` returns have the rows as they come: after each chunk it may take
 * rows from the buffers.
 *
 * Most tables are read once. Where the first rows of CSV mislead about the type of a column, reading begins again.
 *
 * @param limits how much DuckDB may take; its folder is also that of decompressed files
 */
export async function streamColumns(
  sources: readonly string[],
  options: ReadOptions,
  begin: () => TakeRows,
  limits: DatabaseLimits = {},
): Promise<StreamedColumns> {
  const database = await openDatabase(limits);
  try {
    if (sources.length === 0) return await readRelation(database, undefined, options, begin);
    const found = await tableFiles(database, sources, options.format, limits.folder);
    try {
      const relation = await fileRelation(database, found.files, options);
      return await readRelation(database, relation, options, begin);
    } finally {
      await found.remove();
    }
  } finally {
    database.close();
  }
}

/** Rows of all files. */
export function rowsOf(parts: readonly TablePart[]): number {
  return parts.reduce((sum, part) => sum + part.rows, 0);
}

async function readRelation(
  database: Database,
  files: Relation | undefined,
  options: ReadOptions,
  begin: () => TakeRows,
): Promise<StreamedColumns> {
  const { query, types = new Map<string, ColumnType>(), choose } = options;
  await database.allow(files?.columns.length ?? 0);
  if (query !== undefined && files !== undefined) await createView(database, files, types);
  const relation = query === undefined ? files : await queryRelation(database, query);
  if (relation === undefined) throw new DataError("give a file to read, or a query");
  const chosen = chosenColumns(relation, choose);
  const notes = [...(files?.notes ?? []), ...(query === undefined ? [] : relation.notes)];
  return { ...(await readTyped(database, relation, chosen, types, begin)), notes };
}

async function readTyped(
  database: Database,
  relation: Relation,
  chosen: readonly RelationColumn[],
  types: ReadonlyMap<string, ColumnType>,
  begin: () => TakeRows,
): Promise<Pick<StreamedColumns, "columns" | "parts">> {
  if (chosen.some(({ type }) => type === undefined)) {
    try {
      const columns = await guessedColumns(database, relation, chosen, types);
      return await collect(database, relation, columns, begin());
    } catch (error) {
      if (!isMisfit(error)) throw error;
    }
  }
  const columns = await typedColumns(database, relation, chosen, types);
  return collect(database, relation, columns, begin());
}

/** Whether a value was not of the type that the first rows had. */
function isMisfit(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof Error && cause.message.startsWith("Conversion Error");
}

/** The columns of a relation that are to be read. @throws DataError for one that is not there */
export function chosenColumns(
  relation: Relation,
  choose: ReadOptions["choose"],
): readonly RelationColumn[] {
  const byName = new Map(relation.columns.map((column) => [column.name, column]));
  const names = [...byName.keys()];
  return [...new Set(choose?.(names, relation.unnamed) ?? names)].map((name) => {
    const column = byName.get(name);
    if (column !== undefined) return column;
    throw noColumn(relation.parts[0]?.source ?? "table", name, names, "column");
  });
}

/** The view `data` that a query selects from. */
export async function createView(
  database: Database,
  files: Relation,
  types: ReadonlyMap<string, ColumnType>,
): Promise<void> {
  const texts = files.columns.filter(({ type }) => type === undefined);
  const typed = await typedColumns(database, files, texts, types);
  const natural = new Map(typed.map((column) => [column.name, column.natural]));
  const list = files.columns
    .map(({ name, sql }) => `${natural.get(name) ?? sql} AS ${sqlName(name)}`)
    .join(", ");
  const parts = files.parts.map(({ from }) => `SELECT ${list} FROM ${from}`);
  try {
    await database.rows(`CREATE TEMP VIEW data AS ${parts.join(" UNION ALL ")}`);
  } catch (error) {
    throw readingError(error, files.parts[0]?.source ?? "table");
  }
}

async function collect(
  database: Database,
  relation: Relation,
  columns: readonly TypedColumn[],
  take: TakeRows,
): Promise<Pick<StreamedColumns, "columns" | "parts">> {
  const buffers = columns.map(columnBuffer);
  const parts: TablePart[] = [];
  const list = columns.length === 0 ? "1" : columns.map(({ sql }) => sql).join(", ");
  for (const part of relation.parts) {
    let rows = 0;
    let isTaking = false;
    try {
      for await (const chunk of database.chunks(`SELECT ${list} FROM ${part.from}`)) {
        buffers.forEach((buffer, i) => {
          buffer.add(chunk, i);
        });
        rows += chunk.rows;
        isTaking = true;
        take(buffers, chunk.rows);
        isTaking = false;
      }
    } catch (error) {
      // What goes wrong with the rows that were read is no fault of the file.
      throw isTaking ? error : await faultOf(error, relation, part);
    }
    parts.push({ source: part.source, rows });
  }
  return { columns: buffers, parts };
}

/** What went wrong while a part was read, naming its place. */
export async function faultOf(
  error: unknown,
  relation: Relation,
  part: RelationPart,
): Promise<unknown> {
  if (error instanceof RangeError) {
    return new DataError(
      `${part.source} does not fit in memory; leave columns out, or rows with a query`,
      { cause: error },
    );
  }
  const line = relation.format === "json" ? await badLine([part]) : undefined;
  return line ?? readingError(error, part.source);
}
