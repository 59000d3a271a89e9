/** @file Rows into a Parquet file, through a table of DuckDB's. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBValue } from "@duckdb/node-api";
import { InputError } from "../../errors.ts";
import { loadDuckDb } from "./duckdb.node.ts";
import { sqlName, sqlText } from "./sql.ts";

/** A column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  /** DuckDB's type: FLOAT, DOUBLE, VARCHAR, BIGINT, DATE, … */
  readonly type: string;
}

/** A Parquet file that is being filled. */
export interface ParquetWriter {
  /** Adds rows, given as columns of values; null is a missing one. */
  readonly append: (columns: readonly (readonly unknown[])[]) => void;
  /** Writes the file. */
  readonly finish: (path: string) => Promise<void>;
  /** Gives everything back; must be called once. */
  readonly close: () => Promise<void>;
}

/** Rows of one chunk of DuckDB's, at most. */
const chunkRows = 2048;

/** Rows wait in memory up to this, and then in a temporary file. */
const memoryLimit = "256MB";

/**
 * A writer for rows of these columns. Rows are collected in a table that is written when it is whole.
 *
 * @throws RuntimeError without DuckDB; InputError for names that differ in case only, which DuckDB takes for one
 * @example
 * const writer = await parquetWriter([{ name: "row", type: "BIGINT" }]);
 * writer.append([[1n, 2n]]);
 * await writer.finish("rows.parquet");
 * await writer.close();
 */
export async function parquetWriter(columns: readonly ParquetColumn[]): Promise<ParquetWriter> {
  refuseTwins(columns);
  const { DuckDBDataChunk, DuckDBInstance } = await loadDuckDb();
  const folder = await mkdtemp(join(tmpdir(), "minibatch-"));
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memoryLimit,
    temp_directory: folder,
  });
  const connection = await instance.connect();
  const list = columns.map(({ name, type }) => `${sqlName(name)} ${type}`).join(", ");
  await connection.run(`CREATE TABLE output (${list})`);
  const appender = await connection.createAppender("output");
  const types = columns.map((_, i) => appender.columnType(i));
  const chunk = DuckDBDataChunk.create(types);
  return {
    append: (values) => {
      const rows = values[0]?.length ?? 0;
      for (let start = 0; start < rows; start += chunkRows) {
        const end = Math.min(rows, start + chunkRows);
        // One chunk for all: its memory is not known to the garbage collector.
        chunk.reset();
        chunk.rowCount = end - start;
        chunk.setColumns(values.map((column) => column.slice(start, end) as DuckDBValue[]));
        appender.appendDataChunk(chunk);
      }
    },
    finish: async (path) => {
      appender.flushSync();
      await connection.run(`COPY output TO ${sqlText(path)} (FORMAT parquet)`);
    },
    close: async () => {
      appender.closeSync();
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function refuseTwins(columns: readonly ParquetColumn[]): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined)
      throw new InputError(
        `two columns of the output are called ${JSON.stringify(twin)} and ${JSON.stringify(name)}, which are one name in Parquet; write CSV or JSON lines`,
      );
    seen.set(name.toLowerCase(), name);
  }
}
