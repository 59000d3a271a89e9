/** @file A table as something to select from: for each file the SQL that reads it, its columns under names of our own. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { DataError, InputError } from "../../errors.ts";
import { csvLayout, type CsvOptions } from "./csv-head.ts";
import { readingError, type Database, type ResultColumn } from "./duckdb.node.ts";
import { literalPath, type TableFile, type TableFormat } from "./files.node.ts";
import { sqlName, sqlText } from "./sql.ts";

/** A column to select. */
export interface RelationColumn {
  readonly name: string;
  /** SQL of its value. */
  readonly sql: string;
  /** DuckDB's type; undefined for text that stands for something yet to be found out, as in CSV. */
  readonly type: string | undefined;
}

/** A file or a query, and the SQL that reads it. */
export interface RelationPart {
  readonly source: string;
  readonly from: string;
  readonly path?: string;
}

/** Columns, and what to select them from, a source after the other. */
export interface Relation {
  readonly columns: readonly RelationColumn[];
  readonly parts: readonly RelationPart[];
  readonly format?: TableFormat;
  readonly decimal?: "." | ",";
  /** Guesses that the user should know of. */
  readonly notes: readonly string[];
  /** Columns that have no name in the file. */
  readonly unnamed: readonly string[];
}

/** How texts are read. */
export interface TextOptions extends CsvOptions {
  /** Texts that stand for a missing value in CSV and in JSON of mixed types. */
  readonly missingValues?: readonly string[];
  /** What stands before the decimals of a number in CSV (default "."); with "," a dot separates thousands. */
  readonly decimal?: "." | ",";
}

/** Texts that stand for a missing value, beside nothing at all. */
export const missingTexts: readonly string[] = [
  "",
  "NA",
  "N/A",
  "n/a",
  "#N/A",
  "NaN",
  "nan",
  "null",
  "NULL",
  "?",
];

/** The relation of files of one format. @throws InputError, DataError */
export async function fileRelation(
  database: Database,
  files: readonly TableFile[],
  options: TextOptions,
): Promise<Relation> {
  const formats = new Set(files.map(({ format }) => format));
  if (formats.size > 1) {
    throw new InputError(`files must be of one format, got ${[...formats].join(" and ")}`);
  }
  const [first] = files;
  if (first?.format === "csv") return csvRelation(files, options);
  return first?.format === "json"
    ? jsonRelation(database, files, options)
    : parquetRelation(database, files);
}

/**
 * The relation of a query, whose rows have the same order whenever it is read: one thread joins and groups in an order of its own, several
 * as they come to it.
 */
export async function queryRelation(database: Database, query: string): Promise<Relation> {
  await database.rows("SET threads = 1");
  await database.rows("SELECT setseed(0.5)");
  const sql = query.trim().replace(/;$/, "");
  const columns = await describe(database, `SELECT * FROM (${sql}\n)`, "query");
  return {
    columns: typedColumns(columns),
    parts: [{ source: "query", from: `(${sql}\n)` }],
    notes: [],
    unnamed: [],
  };
}

function csvRelation(files: readonly TableFile[], options: TextOptions): Relation {
  const layouts = files.map((file) => {
    const known = {
      ...(file.delimiter !== undefined && { delimiter: file.delimiter }),
      ...options,
    };
    return csvLayout(file.head, file.source, known);
  });
  const [layout] = layouts as [(typeof layouts)[number]];
  const { names } = layout;
  const odd = layouts.findIndex((other) => other.names.join("\n") !== names.join("\n"));
  if (odd >= 0) {
    throw new DataError(
      `${files[odd]?.source ?? ""} has other columns than ${files[0]?.source ?? ""}; files that are read together must have the same ones, in the same order`,
    );
  }
  const nulls = (options.missingValues ?? missingTexts).map(sqlText).join(", ");
  const types = names.map((_, i) => `'c${i}': 'VARCHAR'`).join(", ");
  return {
    decimal: options.decimal ?? ".",
    columns: names.map((name, i) => ({ name, sql: `c${i}`, type: undefined })),
    parts: files.map(({ source, path }, i) => ({
      source,
      path,
      from: `read_csv(${literalPath(path)}, auto_detect = false, strict_mode = true, delim = ${sqlText(layouts[i]!.delimiter)}, quote = '"', escape = '"', header = ${String(layouts[i]!.header)}, compression = 'none', nullstr = [${nulls === "" ? "''" : nulls}], columns = {${types}})`,
    })),
    notes: layout.header
      ? []
      : [
          `${files[0]?.source ?? ""}: line 1 is taken for data, columns are column1 to column${names.length}; give header true if it is a header`,
        ],
    unnamed: layout.unnamed.map((i) => names[i]!),
  };
}

async function jsonRelation(
  database: Database,
  files: readonly TableFile[],
  options: TextOptions,
): Promise<Relation> {
  const [first] = files as readonly [TableFile];
  const format = (await isArray(first.path)) ? "array" : "newline_delimited";
  const common = `format = '${format}', records = true, compression = 'uncompressed'`;
  const paths = files.map(({ path }) => literalPath(path)).join(", ");
  const columns = await describe(
    database,
    `SELECT * FROM read_json([${paths}], ${common}, sample_size = -1, maximum_depth = 2, union_by_name = true)`,
    first.source,
  ).catch(async (error: unknown) => {
    throw (await badLine(files)) ?? error;
  });
  refuseCase(columns, first.source);
  const types = columns.map(({ name, type }) => `${sqlText(name)}: ${sqlText(type)}`).join(", ");
  const nulls = (options.missingValues ?? missingTexts).map(sqlText).join(", ");
  return {
    columns: columns.map((column) =>
      column.type === "JSON"
        ? { name: column.name, sql: mixedJson(column.name, nulls), type: undefined }
        : { name: column.name, sql: sqlName(column.name), type: column.type },
    ),
    parts: files.map(({ source, path }) => ({
      source,
      path,
      from: `read_json(${literalPath(path)}, ${common}, columns = {${types}})`,
    })),
    format: "json",
    notes: [],
    unnamed: [],
  };
}

/** DuckDB's names have no case: beside `a` it calls `A` `A_1`, and would read it as missing. */
function refuseCase(columns: readonly ResultColumn[], source: string): void {
  const names = columns.map(({ name }) => name);
  for (const name of names) {
    const base = name.replace(/_\d+$/, "");
    const twin = names.find(
      (other) => other !== base && other.toLowerCase() === base.toLowerCase(),
    );
    if (base === name || twin === undefined) continue;
    throw new DataError(
      `${source} has keys that differ in case only, ${JSON.stringify(twin)} and ${JSON.stringify(base)}; rename one`,
    );
  }
}

/** Values of different types as text; objects and lists are refused. */
function mixedJson(name: string, nulls: string): string {
  const value = sqlName(name);
  const text = `(${value} ->> '$')`;
  const refusal = sqlText(
    `column ${JSON.stringify(name)} holds objects or lists; leave it out with drop, or take it apart with a query`,
  );
  const missing = nulls === "" ? "" : `WHEN ${text} IN (${nulls}) THEN NULL `;
  return `CASE WHEN json_type(${value}) IN ('OBJECT', 'ARRAY') THEN error(${refusal}) ${missing}ELSE ${text} END`;
}

async function parquetRelation(database: Database, files: readonly TableFile[]): Promise<Relation> {
  const parts = files.map(({ source, path }) => ({
    source,
    path,
    from: `read_parquet(${literalPath(path)})`,
  }));
  const [first] = parts as [(typeof parts)[number]];
  const columns = await describe(database, `SELECT * FROM ${first.from}`, first.source);
  const singles = await everywhereFloat(database, parts, columns);
  return {
    columns: typedColumns(columns).map((column) =>
      column.type === "FLOAT" && !singles.has(column.name) ? { ...column, type: "DOUBLE" } : column,
    ),
    parts,
    notes: [],
    unnamed: [],
  };
}

/** Names of the columns that are of 32 bits in all files, and can be read as such. */
async function everywhereFloat(
  database: Database,
  parts: readonly RelationPart[],
  columns: readonly ResultColumn[],
): Promise<ReadonlySet<string>> {
  const singles = new Set(columns.filter(({ type }) => type === "FLOAT").map(({ name }) => name));
  for (const { from, source } of parts.slice(1)) {
    if (singles.size === 0) break;
    for (const { name, type } of await describe(database, `SELECT * FROM ${from}`, source)) {
      if (type !== "FLOAT") singles.delete(name);
    }
  }
  return singles;
}

async function describe(
  database: Database,
  sql: string,
  source: string,
): Promise<readonly ResultColumn[]> {
  try {
    return await database.describe(sql);
  } catch (error) {
    throw readingError(error, source);
  }
}

function typedColumns(columns: readonly ResultColumn[]): readonly RelationColumn[] {
  return columns.map(({ name, type }) => ({ name, sql: sqlName(name), type }));
}

async function isArray(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { encoding: "utf8", end: 4095 })) {
    return /^\ufeff?\s*\[/.test(String(chunk));
  }
  return false;
}

/** The first line that is no JSON object, looked for when DuckDB has found one: the line it names is off by one at times. */
export async function badLine(
  files: readonly { readonly source: string; readonly path?: string }[],
): Promise<DataError | undefined> {
  for (const { source, path } of files) {
    if (path === undefined || (await isArray(path))) return undefined;
    let line = 0;
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
    for await (const text of lines) {
      line++;
      const fault = text.trim() === "" ? undefined : jsonFault(text);
      if (fault !== undefined) return new DataError(`${source}, line ${line}: ${fault}`);
    }
  }
  return undefined;
}

function jsonFault(text: string): string | undefined {
  if (text.includes("\ufffd")) return "not UTF-8; save the file as UTF-8";
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? undefined : "expected an object, as in every line";
  } catch {
    return "not a whole JSON object; expected one a line";
  }
}
