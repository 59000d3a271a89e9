/** @file What columns hold: from DuckDB's types, and from the values themselves where a file has only texts. */
import { DataError } from "../../errors.ts";
import { readingError, type Database } from "./duckdb.node.ts";
import type { ColumnType } from "./raw-table.ts";
import type { Relation, RelationColumn } from "./relation.node.ts";

/** A column with its type. */
export interface TypedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** SQL of its value in DuckDB's own type. */
  readonly natural: string;
  /** SQL of its value as a DOUBLE, a FLOAT or a VARCHAR. */
  readonly sql: string;
  /** Whether that is a FLOAT. */
  readonly isFloat: boolean;
}

/** What a cast does with a text that is no value of the type: `TRY_CAST` makes it NULL, `CAST` ends the query. */
type Cast = "TRY_CAST" | "CAST";

/**
 * A text as a value of a type. There is no CASE in it: DuckDB takes time that grows with the square of the number
 * of columns over thousands of those.
 */
const casts: Readonly<Record<Exclude<ColumnType, "text">, (sql: string) => string>> = {
  number: (sql) => `(${sql} AS DOUBLE)`,
  boolean: (sql) => `(regexp_extract(${sql}, '^\\s*(?i:true|false)\\s*$') AS BOOLEAN)`,
  time: (sql) => `(regexp_extract(${sql}, '^\\s*\\d{1,2}:\\d.*$') AS TIME)`,
  date: (sql) => `(regexp_extract(${sql}, '^\\s*\\d{4}[-/].{1,5}\\s*$') AS DATE)`,
  timestamp: (sql) => `(regexp_extract(${sql}, '^\\s*\\d{4}[-/].*$') AS TIMESTAMP)`,
};

/** A text of a relation as a value of a type. */
function castOf(
  { decimal }: Pick<Relation, "decimal">,
  type: Exclude<ColumnType, "text">,
  sql: string,
  cast: Cast = "TRY_CAST",
): string {
  const isComma = type === "number" && decimal === ",";
  return `${cast}${casts[type](isComma ? `translate(${sql}, ',.', '.')` : sql)}`;
}

/** Tried on texts in this order, after numbers. */
const candidates = ["boolean", "time", "date", "timestamp"] as const;

/**
 * The columns with their types. A column of texts is of numbers, booleans, dates or times when every text is one; of `text` otherwise. All
 * rows are gone over for that.
 *
 * @param wanted types that are known beforehand
 * @throws DataError for a text that is not what is wanted, naming its row, and for a column of lists, structs or bytes
 */
export async function typedColumns(
  database: Database,
  relation: Relation,
  columns: readonly RelationColumn[],
  wanted: ReadonlyMap<string, ColumnType>,
): Promise<readonly TypedColumn[]> {
  const texts = columns.filter(({ type }) => type === undefined);
  const types = await textTypes(database, relation, texts, wanted);
  for (const column of texts) {
    const type = wanted.get(column.name);
    if (type === undefined || type === types.get(column.name)) continue;
    if (type !== "text") await refuseMisfit(database, relation, column, type);
    types.set(column.name, type);
  }
  return withTypes(relation, columns, wanted, types, "TRY_CAST");
}

/** Rows from which types are guessed. */
const SAMPLE = 20_000;

/**
 * The columns with the types that the first rows show, or that are wanted. A type that does not fit the first rows does not fit all, so that
 * these are the right ones if they fit all rows; if not, the SQL ends with a conversion error where it meets the first that does not.
 */
export async function guessedColumns(
  database: Database,
  relation: Relation,
  columns: readonly RelationColumn[],
  wanted: ReadonlyMap<string, ColumnType>,
): Promise<readonly TypedColumn[]> {
  const texts = columns.filter(({ type }) => type === undefined);
  const [first] = relation.parts;
  const sample = {
    ...relation,
    parts: first ? [{ ...first, from: `(SELECT * FROM ${first.from} LIMIT ${SAMPLE})` }] : [],
  };
  const open = texts.filter(({ name }) => !wanted.has(name));
  const types = new Map([...wanted, ...(await textTypes(database, sample, open, wanted))]);
  return withTypes(relation, columns, wanted, types, "CAST");
}

function withTypes(
  relation: Relation,
  columns: readonly RelationColumn[],
  wanted: ReadonlyMap<string, ColumnType>,
  types: ReadonlyMap<string, ColumnType>,
  cast: Cast,
): readonly TypedColumn[] {
  return columns.map((column) =>
    column.type === undefined
      ? textColumn(relation, column, types.get(column.name) ?? "text", cast)
      : knownColumn(column, column.type, relation, wanted.get(column.name)),
  );
}

/** Types other than `text` that all texts of a column have. */
async function textTypes(
  database: Database,
  relation: Relation,
  columns: readonly RelationColumn[],
  wanted: ReadonlyMap<string, ColumnType>,
): Promise<Map<string, ColumnType>> {
  const types = new Map<string, ColumnType>();
  const open = columns.filter(({ name }) => wanted.get(name) !== "text");
  const numbers = await countCasts(database, relation, open, ["number"]);
  const rest = open.filter(({ name }, i) => {
    if (!numbers.fits(i, "number")) return true;
    types.set(name, "number");
    return false;
  });
  const others = await countCasts(database, relation, rest, candidates);
  rest.forEach(({ name }, i) => {
    const type = candidates.find((candidate) => others.fits(i, candidate));
    if (type !== undefined) types.set(name, type);
  });
  return types;
}

interface CastCounts {
  /** Whether every text of a column is of that type. */
  fits(column: number, type: Exclude<ColumnType, "text">): boolean;
}

/** Counts the texts of each column, and those that are of each type. */
async function countCasts(
  database: Database,
  relation: Relation,
  columns: readonly RelationColumn[],
  types: readonly Exclude<ColumnType, "text">[],
): Promise<CastCounts> {
  const stride = types.length + 1;
  const totals = new Array<number>(columns.length * stride).fill(0);
  const counts = columns.flatMap(({ sql }) => [
    `count(${sql})`,
    ...types.map((type) => `count(${castOf(relation, type, sql)})`),
  ]);
  for (const { from, source } of counts.length === 0 ? [] : relation.parts) {
    const [row = []] = await rowsOf(database, `SELECT ${counts.join(", ")} FROM ${from}`, source);
    row.forEach((count, i) => (totals[i]! += Number(count)));
  }
  return {
    fits: (column, type) =>
      totals[column * stride] === totals[column * stride + 1 + types.indexOf(type)],
  };
}

async function rowsOf(
  database: Database,
  sql: string,
  source: string,
): Promise<readonly (readonly unknown[])[]> {
  try {
    return await database.rows(sql);
  } catch (error) {
    throw readingError(error, source);
  }
}

/** Finds the first text that is not of the type. */
async function refuseMisfit(
  database: Database,
  relation: Relation,
  { name, sql }: RelationColumn,
  type: Exclude<ColumnType, "text">,
): Promise<void> {
  for (const { from, source } of relation.parts) {
    const [found] = await rowsOf(
      database,
      `SELECT n, v FROM (SELECT row_number() OVER () AS n, ${sql} AS v FROM ${from}) WHERE v IS NOT NULL AND (${castOf(relation, type, "v")}) IS NULL ORDER BY n LIMIT 1`,
      source,
    );
    if (found === undefined) continue;
    throw new DataError(
      `${source}, row ${Number(found[0])}: column ${JSON.stringify(name)} must be a ${type}, got ${JSON.stringify(found[1])}`,
    );
  }
}

function textColumn(
  relation: Relation,
  { name, sql }: RelationColumn,
  type: ColumnType,
  cast: Cast,
): TypedColumn {
  const natural = type === "text" ? sql : castOf(relation, type, sql, cast);
  return { name, type, natural, sql: encoded(natural, type), isFloat: false };
}

function knownColumn(
  { name, sql, type }: RelationColumn,
  duckType: string,
  relation: Relation,
  wanted: ColumnType | undefined,
): TypedColumn {
  const held = typeOf(duckType);
  if (held === undefined) {
    throw new DataError(
      `${relation.parts[0]?.source ?? "table"}: column ${JSON.stringify(name)} holds ${String(type)}, which is no number, text or time; leave it out with drop, or take it apart with a query`,
    );
  }
  const natural = wanted === undefined || wanted === held ? sql : casted(sql, wanted);
  const column = wanted ?? held;
  const isFloat = duckType === "FLOAT" && column === "number";
  return {
    name,
    type: column,
    natural,
    sql: isFloat ? natural : encoded(natural, column),
    isFloat,
  };
}

const castTypes: Readonly<Record<ColumnType, string>> = {
  number: "DOUBLE",
  date: "DATE",
  timestamp: "TIMESTAMP",
  time: "TIME",
  boolean: "BOOLEAN",
  text: "VARCHAR",
};

function casted(sql: string, type: ColumnType): string {
  return `CAST(${sql} AS ${castTypes[type]})`;
}

/** A value of DuckDB's type as a DOUBLE or a VARCHAR. */
function encoded(sql: string, type: ColumnType): string {
  if (type === "number") return `CAST(${sql} AS DOUBLE)`;
  if (type === "date") return `CAST(CAST(${sql} AS DATE) - DATE '1970-01-01' AS DOUBLE)`;
  if (type === "timestamp" || type === "time") return `CAST(epoch(${sql}) AS DOUBLE)`;
  return `CAST(${sql} AS VARCHAR)`;
}

function typeOf(duckType: string): ColumnType | undefined {
  if (/\[|^(STRUCT|MAP|UNION|LIST)/.test(duckType)) return undefined;
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/.test(duckType))
    return "number";
  if (duckType === "BOOLEAN") return "boolean";
  if (duckType === "DATE") return "date";
  if (duckType.startsWith("TIMESTAMP")) return "timestamp";
  if (duckType === "TIME" || duckType === "TIME_NS") return "time";
  return /^(VARCHAR|UUID|ENUM.*|JSON|"?NULL"?)$/.test(duckType) ? "text" : undefined;
}
