/** @file A table a block of rows after the other, so that one of any length takes the memory of a block. */
import { typedColumns, type TypedColumn } from "./column-types.node.ts";
import { openDatabase, type Database } from "./duckdb.node.ts";
import { tableFiles } from "./files.node.ts";
import { noColumn, type ColumnType, type RawColumn, type RawTable } from "./raw-table.ts";
import { chosenColumns, createView, faultOf, type ReadOptions } from "./read-columns.node.ts";
import {
  fileRelation,
  queryRelation,
  type Relation,
  type RelationColumn,
  type RelationPart,
} from "./relation.node.ts";
import { sqlName } from "./sql.ts";

/** How to read blocks. */
export interface BlockOptions extends ReadOptions {
  /** Columns that are handed over as they are, beside those that `choose` chooses; default: none. */
  readonly keep?: readonly string[] | "all";
  /** What of them: their values with DuckDB's types, or their texts; of CSV the very text in the file. */
  readonly keepAs?: "values" | "texts";
}

/** A column that is handed over as it is. */
export interface KeptColumn {
  readonly name: string;
  /** DuckDB's type. */
  readonly type: string;
}

/** Some rows. */
export interface TableBlock {
  /** The columns that were chosen. */
  readonly table: RawTable;
  /** The columns that are kept, each with a value a row: null where it is missing. */
  readonly kept: readonly (readonly unknown[])[];
}

/** A table that is open. */
export interface TableBlocks {
  readonly kept: readonly KeptColumn[];
  readonly notes: readonly string[];
  /** All rows in order; each block but the last of a file has at least `rows`. */
  readonly blocks: (rows: number) => AsyncGenerator<TableBlock>;
  readonly close: () => Promise<void>;
}

interface KeptSql extends KeptColumn {
  readonly sql: string;
}

/**
 * Opens the table in files, or the rows of a query, as {@link readColumns} does. Whoever opens it closes it.
 *
 * @throws as readColumns
 * @example
 * const table = await openTableBlocks(["big.parquet"], { keep: ["id"] });
 * for await (const { table: rows, kept: [ids] } of table.blocks(10_000)) console.log(rows.rows, ids);
 */
export async function openTableBlocks(
  sources: readonly string[],
  options: BlockOptions,
): Promise<TableBlocks> {
  const database = await openDatabase();
  let remove = (): Promise<void> => Promise.resolve();
  const close = async (): Promise<void> => {
    database.close();
    await remove();
  };
  try {
    const found = await tableFiles(database, sources, options.format);
    remove = () => found.remove();
    const files = await fileRelation(database, found.files, options);
    const open = await openRelation(database, files, options);
    const kept = await keptColumns(open, options);
    return { kept, notes: open.notes, blocks: (rows) => blocksOf(open, kept, rows), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A table whose columns are known. */
interface OpenTable {
  readonly database: Database;
  readonly relation: Relation;
  readonly columns: readonly TypedColumn[];
  readonly notes: readonly string[];
}

async function openRelation(
  database: Database,
  files: Relation,
  { query, types = new Map<string, ColumnType>(), choose }: BlockOptions,
): Promise<OpenTable> {
  if (query !== undefined) await createView(database, files, types);
  const relation = query === undefined ? files : await queryRelation(database, query);
  const columns = await typedColumns(database, relation, chosenColumns(relation, choose), types);
  const notes = query === undefined ? files.notes : [...files.notes, ...relation.notes];
  return { database, relation, columns, notes };
}

async function keptColumns(
  { database, relation }: OpenTable,
  { keep = [], keepAs = "values" }: BlockOptions,
): Promise<readonly KeptSql[]> {
  const names = relation.columns.map(({ name }) => name);
  const source = relation.parts[0]?.source ?? "table";
  const columns = (keep === "all" ? names : [...new Set(keep)]).map((name) => {
    const column = relation.columns.find((one) => one.name === name);
    if (column === undefined) throw noColumn(source, name, names, "column");
    return column;
  });
  if (keepAs === "texts") {
    return columns.map(({ name, sql, type }) => ({
      name,
      sql: type === undefined ? sql : `CAST(${sql} AS VARCHAR)`,
      type: "VARCHAR",
    }));
  }
  const texts = columns.filter(({ type }) => type === undefined);
  const typed = await typedColumns(database, relation, texts, new Map());
  const written = await unlikeNumbers(
    database,
    relation,
    texts.filter((_, i) => typed[i]!.type === "number"),
  );
  const natural = new Map(
    typed.filter(({ name }) => !written.has(name)).map((column) => [column.name, column.natural]),
  );
  const list = columns.map(({ name, sql }) => ({ name, sql: natural.get(name) ?? sql }));
  const [part] = relation.parts;
  if (part === undefined || list.length === 0) return [];
  const selected = list.map(({ sql }, i) => `${sql} AS ${sqlName(String(i))}`).join(", ");
  const described = await database.describe(`SELECT ${selected} FROM ${part.from}`);
  return list.map((column, i) => ({ ...column, type: described[i]?.type ?? "VARCHAR" }));
}

/** Names of columns of numbers that are not what is written: identifiers, with zeros in front or more digits than a DOUBLE has. */
async function unlikeNumbers(
  database: Database,
  { parts }: Relation,
  columns: readonly RelationColumn[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const tests = columns.map(
    ({ sql }) => `bool_or(regexp_matches(${sql}, '^\\s*[+-]?(0\\d|\\d{16,}\\s*$)'))`,
  );
  for (const { from } of tests.length === 0 ? [] : parts) {
    const [row = []] = await database.rows(`SELECT ${tests.join(", ")} FROM ${from}`);
    row.forEach((is, i) => is === true && found.add(columns[i]!.name));
  }
  return found;
}

async function* blocksOf(
  open: OpenTable,
  kept: readonly KeptSql[],
  least: number,
): AsyncGenerator<TableBlock> {
  for (const part of open.relation.parts) {
    let block = new Block(open, part, 0);
    try {
      for await (const values of open.database.values(selectOf(open, kept, part))) {
        block.add(values);
        if (block.rows < least) continue;
        yield block.result();
        block = new Block(open, part, block.end);
      }
    } catch (error) {
      throw await faultOf(error, open.relation, part);
    }
    if (block.rows > 0) yield block.result();
  }
}

function selectOf(
  { columns }: OpenTable,
  kept: readonly KeptSql[],
  { from }: RelationPart,
): string {
  const list = [...columns, ...kept].map(({ sql }) => sql).join(", ");
  return `SELECT ${list === "" ? "1" : list} FROM ${from}`;
}

/** Rows that are being gathered. */
class Block {
  readonly #columns: readonly TypedColumn[];
  readonly #source: string;
  readonly #before: number;
  #values: (readonly unknown[])[] = [];
  rows = 0;

  constructor({ columns }: OpenTable, { source }: RelationPart, before: number) {
    this.#columns = columns;
    this.#source = source;
    this.#before = before;
  }

  /** Rows of the file up to the end of this block. */
  get end(): number {
    return this.#before + this.rows;
  }

  add(values: readonly (readonly unknown[])[]): void {
    this.rows += values[0]?.length ?? 0;
    this.#values =
      this.#values.length === 0
        ? [...values]
        : this.#values.map((column, i) => column.concat(values[i] ?? []));
  }

  result(): TableBlock {
    const { rows } = this;
    const columns = this.#columns.map((column, i) => rawColumn(column, this.#values[i] ?? []));
    const parts = [{ source: this.#source, rows, before: this.#before }];
    return { table: { columns, rows, parts }, kept: this.#values.slice(columns.length) };
  }
}

function rawColumn({ name, type }: TypedColumn, values: readonly unknown[]): RawColumn {
  if (type !== "text" && type !== "boolean") {
    const numbers = Float64Array.from(values, (value) => (typeof value === "number" ? value : NaN));
    return { name, type, values: numbers };
  }
  const places = new Map<string, number>();
  const codes = Int32Array.from(values, (value) => {
    if (typeof value !== "string") return -1;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { name, type, codes, levels: [...places.keys()] };
}
