/** @file The columns of a table, read chunk by chunk into typed arrays. */
import { DataError } from "../../errors.ts";
import { typedColumns, type TypedColumn } from "./column-types.node.ts";
import { openDatabase, readingError, sqlName, type Database, type Vector } from "./duckdb.node.ts";
import { tableFiles, type TableFormat } from "./files.node.ts";
import {
  noColumn,
  type ColumnType,
  type RawColumn,
  type RawTable,
  type TablePart,
} from "./raw-table.ts";
import {
  badLine,
  fileRelation,
  queryRelation,
  type Relation,
  type RelationColumn,
  type RelationPart,
  type TextOptions,
} from "./relation.node.ts";

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
  const database = await openDatabase();
  try {
    if (sources.length === 0) return await readRelation(database, undefined, options);
    const found = await tableFiles(database, sources, options.format);
    try {
      const relation = await fileRelation(database, found.files, options);
      return await readRelation(database, relation, options);
    } finally {
      await found.remove();
    }
  } finally {
    database.close();
  }
}

async function readRelation(
  database: Database,
  files: Relation | undefined,
  options: ReadOptions,
): Promise<ReadTable> {
  const { query, types = new Map<string, ColumnType>(), choose } = options;
  if (query !== undefined && files !== undefined) await createView(database, files, types);
  const relation = query === undefined ? files : await queryRelation(database, query);
  if (relation === undefined) throw new DataError("give a file to read, or a query");
  const chosen = chosenColumns(relation, choose);
  const columns = await typedColumns(database, relation, chosen, types);
  const notes = [...(files?.notes ?? []), ...(query === undefined ? [] : relation.notes)];
  return { table: await collect(database, relation, columns), notes };
}

function chosenColumns(
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
async function createView(
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
): Promise<RawTable> {
  const collectors = columns.map(collectorOf);
  const parts: TablePart[] = [];
  const list = columns.length === 0 ? "1" : columns.map(({ sql }) => sql).join(", ");
  for (const part of relation.parts) {
    let rows = 0;
    try {
      for await (const chunk of database.chunks(`SELECT ${list} FROM ${part.from}`)) {
        const { rowCount } = chunk;
        collectors.forEach((collector, i) => {
          collector.add(chunk.getColumnVector(i), rowCount);
        });
        rows += rowCount;
      }
    } catch (error) {
      throw await faultOf(error, relation, part);
    }
    parts.push({ source: part.source, rows });
  }
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return { columns: collectors.map((collector) => collector.column()), rows, parts };
}

async function faultOf(error: unknown, relation: Relation, part: RelationPart): Promise<unknown> {
  if (error instanceof RangeError) {
    return new DataError(
      `${part.source} does not fit in memory; leave columns out, or rows with a query`,
      { cause: error },
    );
  }
  const line = relation.format === "json" ? await badLine([part]) : undefined;
  return line ?? readingError(error, part.source);
}

interface Collector {
  add(vector: Vector, rows: number): void;
  column(): RawColumn;
}

function collectorOf({ name, type }: TypedColumn): Collector {
  if (type === "text" || type === "boolean") return textCollector(name, type);
  return numberCollector(name, type);
}

function numberCollector(name: string, type: "number" | "date" | "timestamp" | "time"): Collector {
  let values = new Float64Array(0);
  let length = 0;
  return {
    add(vector, rows) {
      values = withRoom(values, length + rows, Float64Array);
      for (let row = 0; row < rows; row++) {
        const value = vector.getItem(row);
        values[length++] = typeof value === "number" ? value : NaN;
      }
    },
    column: () => ({ name, type, values: values.slice(0, length) }),
  };
}

function textCollector(name: string, type: "text" | "boolean"): Collector {
  let codes = new Int32Array(0);
  let length = 0;
  const places = new Map<string, number>();
  return {
    add(vector, rows) {
      codes = withRoom(codes, length + rows, Int32Array);
      for (let row = 0; row < rows; row++) {
        const text = vector.getItem(row);
        if (typeof text !== "string") {
          codes[length++] = -1;
          continue;
        }
        const code = places.get(text) ?? places.size;
        if (code === places.size) places.set(text, code);
        codes[length++] = code;
      }
    },
    column: () => ({ name, type, codes: codes.slice(0, length), levels: [...places.keys()] }),
  };
}

/** The array itself where it holds `least` values, otherwise a larger one, at least twice as long. */
function withRoom<T extends Float64Array | Int32Array>(
  values: T,
  least: number,
  type: new (length: number) => T,
): T {
  if (values.length >= least) return values;
  const larger = new type(Math.max(least, 2 * values.length));
  larger.set(values);
  return larger;
}
