/** @file DuckDB, an optional peer: loaded when a table is read, its errors in one line. */
import type * as DuckDb from "@duckdb/node-api";
import { DataError, RuntimeError } from "../../errors.ts";

/** One column of some rows. */
export interface Vector {
  getItem(row: number): unknown;
}

/** Some rows of a result, in columns. */
export interface Chunk {
  readonly rowCount: number;
  getColumnVector(column: number): Vector;
}

/** A column of a result. */
export interface ResultColumn {
  readonly name: string;
  /** As DuckDB writes it: `BIGINT`, `DECIMAL(10,2)`. */
  readonly type: string;
}

/** A DuckDB database in memory. */
export interface Database {
  /** Rows of a query in chunks, in order. */
  chunks(sql: string): AsyncIterable<Chunk>;
  /** All rows of a small result. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** Columns of a query, without running it. */
  describe(sql: string): Promise<readonly ResultColumn[]>;
  close(): void;
}

/**
 * A new database in memory.
 *
 * @throws RuntimeError that says what to install when DuckDB is not there
 */
export async function openDatabase(): Promise<Database> {
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await connection.run(sql)).getRows();
  return {
    rows,
    async *chunks(sql) {
      const result = await connection.stream(sql);
      for (let chunk = await result.fetchChunk(); chunk; chunk = await result.fetchChunk()) {
        if (chunk.rowCount === 0) return;
        yield chunk;
      }
    },
    async describe(sql) {
      const described = await rows(`DESCRIBE ${sql}`);
      return described.map(([name, type]) => ({ name: String(name), type: String(type) }));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function loadDuckDb(): Promise<typeof DuckDb> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw new RuntimeError(
      'tables are read with DuckDB, which is not installed; install it with "npm install @duckdb/node-api"',
      { cause },
    );
  }
}

/** `'a''b'`: a text in SQL. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `"a""b"`: a name in SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What DuckDB says, in one line that names the file and, where DuckDB does, the line. */
export function readingError(error: unknown, source: string): Error {
  if (error instanceof DataError || error instanceof RuntimeError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const line = /CSV Error on Line: (\d+)/.exec(text)?.[1];
  if (line !== undefined)
    return new DataError(`${source}, line ${line}: ${csvFault(text)}`, { cause: error });
  if (text.includes("CSV Parser state machine")) {
    return new DataError(
      `${source} is not CSV as in RFC 4180: look for quotes that do not pair, and for lines that end in different ways`,
      { cause: error },
    );
  }
  return new DataError(`${source}: ${plainFault(text, source)}`, { cause: error });
}

function csvFault(text: string): string {
  const [, expected, found] = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text) ?? [];
  if (expected !== undefined && found !== undefined) {
    return `expected ${expected} columns, got ${found}`;
  }
  if (text.includes("unterminated quote")) {
    return "a quoted field does not end, or goes on after its closing quote";
  }
  if (text.includes("Invalid unicode")) return "not UTF-8; save the file as UTF-8";
  const lines = text.split("\n").map((entry) => entry.trim());
  return (
    lines.find((entry) => entry !== "" && !/CSV Error on Line|^Original Line/.test(entry)) ?? text
  );
}

/** The first line of a message, without DuckDB's class of error and the file's own name. */
function plainFault(text: string, source: string): string {
  const [first = text] = text.split("\n");
  const fault = first
    .replace(/^[A-Z][A-Za-z ]* Error: /, "")
    .replaceAll(` in file "${source}"`, "")
    .trim();
  return fault === "" ? text.replace(/\s+/g, " ").slice(0, 200) : fault.slice(0, 300);
}
