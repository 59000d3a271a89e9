/** @file DuckDB, an optional peer: loaded when a table is read, its errors in one line. */
import { createRequire } from "node:module";
import type * as DuckDb from "@duckdb/node-api";
import type * as DuckDbBindings from "@duckdb/node-bindings";
import { DataError, RuntimeError } from "../../errors.ts";
import type { ColumnChunk } from "./column-buffer.ts";

/** A column of a result. */
export interface ResultColumn {
  readonly name: string;
  /** As DuckDB writes it: `BIGINT`, `DECIMAL(10,2)`. */
  readonly type: string;
}

/** A DuckDB database in memory. */
export interface Database {
  /** Rows of a query in chunks, in order; columns are FLOAT, DOUBLE or VARCHAR. A chunk is good until the next. @throws what DuckDB says */
  chunks(sql: string): AsyncIterable<ColumnChunk>;
  /** Rows of a query some at a time, in order, whatever their types: columns of values, null for a missing one. @throws what DuckDB says */
  values(sql: string): AsyncIterable<readonly (readonly unknown[])[]>;
  /** All rows of a small result. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** Columns of a query, without running it. */
  describe(sql: string): Promise<readonly ResultColumn[]>;
  /** Allows the memory that a table of so many columns takes, if that is more than the limit. */
  allow(columns: number): Promise<void>;
  close(): void;
}

/** What DuckDB takes in any case, and for a column in each thread: it holds 2048 rows, in several forms. */
const LEAST = 64 * 2 ** 20;
const COLUMN = 256 * 2 ** 10;
/** Tables of more columns are read by one thread, where memory is limited. */
const MANY_COLUMNS = 500;

/** How much DuckDB may take. */
export interface DatabaseLimits {
  /** Bytes; default: most of the machine's memory. */
  readonly memory?: number;
  /** Default: the cores of the machine. */
  readonly threads?: number;
  /** Where it puts what does not fit in its memory. */
  readonly folder?: string;
}

/**
 * A new database in memory.
 *
 * @throws RuntimeError that says what to install when DuckDB is not there
 */
export async function openDatabase(limits: DatabaseLimits = {}): Promise<Database> {
  const { DuckDBInstance, ResultReturnType } = await loadDuckDb();
  const { memory, threads, folder } = limits;
  const instance = await DuckDBInstance.create(":memory:", {
    ...(memory !== undefined && { memory_limit: inMebibytes(memory) }),
    ...(threads !== undefined && { threads: String(threads) }),
    ...(folder !== undefined && { temp_directory: folder }),
  });
  const bindings = loadBindings();
  const connection = await instance.connect();
  const rows = async (sql: string): Promise<readonly (readonly unknown[])[]> =>
    (await connection.run(sql)).getRows();
  const stream = async function* (sql: string): AsyncGenerator<DuckDb.DuckDBDataChunk> {
    const result = await connection.stream(sql);
    for (let chunk = await result.fetchChunk(); chunk; chunk = await result.fetchChunk()) {
      if (chunk.rowCount === 0) break;
      yield chunk;
    }
    // A stream that fails ends as if there were no more rows; only its type tells, and the same query without a stream says why.
    if (result.returnType !== ResultReturnType.INVALID) return;
    await rows(`SELECT bit_xor(hash(COLUMNS(*))) FROM (${sql})`);
    throw new Error("reading ended before the end of the rows");
  };
  return {
    rows,
    async *chunks(sql) {
      for await (const { chunk } of stream(sql)) yield readChunk(bindings, chunk);
    },
    async *values(sql) {
      for await (const chunk of stream(sql)) yield chunk.getColumns();
    },
    async describe(sql) {
      const described = await rows(`DESCRIBE ${sql}`);
      return described.map(([name, type]) => ({ name: String(name), type: String(type) }));
    },
    async allow(columns) {
      if (memory === undefined || threads === undefined) return;
      const own = columns > MANY_COLUMNS ? 1 : threads;
      const most = Math.max(memory, LEAST + COLUMN * columns * own);
      await rows(`SET threads = ${own}`);
      await rows(`SET memory_limit = '${inMebibytes(most)}'`);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}MiB`;
}

/**
 * The package. @throws RuntimeError that says what to install
 *
 * @internal so that the types of `minibatch/files` compile where DuckDB is not installed
 */
export async function loadDuckDb(): Promise<typeof DuckDb> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw new RuntimeError(
      'tables are read with DuckDB, which is not installed; install it with "npm install @duckdb/node-api"',
      { cause },
    );
  }
}

type Bindings = typeof DuckDbBindings;

/** What `@duckdb/node-api` itself stands on; its own vectors give a value at a time, which takes three times as long. */
function loadBindings(): Bindings {
  const api = createRequire(import.meta.url).resolve("@duckdb/node-api");
  return createRequire(api)("@duckdb/node-bindings") as Bindings;
}

/** Bytes of a text in a vector: its length and, if there are at most 12, its bytes; otherwise four of them and a pointer. */
const TEXT = 16;
const SHORT = 12;

const decoder = new TextDecoder();

function readChunk(duckdb: Bindings, chunk: DuckDbBindings.DataChunk): ColumnChunk {
  const rows = duckdb.data_chunk_get_size(chunk);
  const read = (column: number, width: number): { bytes: Uint8Array; isNull: IsNull } => {
    const vector = duckdb.data_chunk_get_vector(chunk, column);
    const mask = Math.ceil(rows / 64) * 8;
    // There is none where no value is missing.
    const validity = duckdb.vector_get_validity(vector, mask) as Uint8Array | null;
    const isNull = validity && ((row: number) => ((validity[row >>> 3]! >>> (row & 7)) & 1) === 0);
    return { bytes: duckdb.vector_get_data(vector, rows * width), isNull };
  };
  return {
    rows,
    numbers(column, to, at) {
      const { bytes, isNull } = read(column, to.BYTES_PER_ELEMENT);
      const { byteOffset } = bytes;
      const buffer = bytes.buffer as ArrayBuffer;
      const isSingle = to instanceof Float32Array;
      to.set(new (isSingle ? Float32Array : Float64Array)(buffer, byteOffset, rows), at);
      for (let row = 0; isNull && row < rows; row++) if (isNull(row)) to[at + row] = NaN;
    },
    texts(column, codes, to, at) {
      const { bytes, isNull } = read(column, TEXT);
      const { byteOffset } = bytes;
      const buffer = bytes.buffer as ArrayBuffer;
      const words = new Uint32Array(buffer, byteOffset, (rows * TEXT) / 4);
      for (let row = 0; row < rows; row++) {
        const place = (row * TEXT) / 4;
        const length = words[place]!;
        if (isNull?.(row) === true) to[at + row] = -1;
        else if (length <= SHORT) {
          const start = row * TEXT + 4;
          to[at + row] = codes.shortCode(words, place, () =>
            decoder.decode(bytes.subarray(start, start + length)),
          );
        } else {
          const pointer = byteOffset + row * TEXT + 8;
          const text = duckdb.get_data_from_pointer(buffer, pointer, length);
          to[at + row] = codes.code(decoder.decode(text));
        }
      }
    },
  };
}

type IsNull = ((row: number) => boolean) | null;

/** What DuckDB says, in one line that names the file and, where DuckDB does, the line. */
export function readingError(error: unknown, source: string): Error {
  if (error instanceof DataError || error instanceof RuntimeError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const line = /CSV Error on Line: (\d+)/.exec(text)?.[1];
  if (line !== undefined)
    return new DataError(`${source}, line ${line}: ${csvFault(text)}`, { cause: error });
  const [, most] = /^Out of Memory Error.*\/([\d.]+ \w+) used/.exec(text) ?? [];
  if (most !== undefined) {
    return new DataError(
      `${source} takes more memory to read than the ${most} that DuckDB is allowed; give more memory, or leave columns out with drop`,
      { cause: error },
    );
  }
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
