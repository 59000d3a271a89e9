import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { DataError, RuntimeError } from "../../errors.ts";
import { openDatabase, readingError } from "./duckdb.node.ts";
import { isTextColumn } from "./raw-table.ts";
import { readColumns } from "./read-columns.node.ts";
import { readTable } from "./read-table.node.ts";
import { textCodes } from "./text-codes.ts";

it("says what to install when DuckDB is not there", async () => {
  vi.doMock("@duckdb/node-api", () => {
    throw new Error("Cannot find package");
  });
  const error: unknown = await readTable("a.csv", { target: "y" }).catch((e: unknown) => e);
  vi.doUnmock("@duckdb/node-api");
  expect(error).toBeInstanceOf(RuntimeError);
  expect(String(error)).toContain('install it with "npm install @duckdb/node-api"');
});

it("makes one line of what DuckDB says", () => {
  const text = "Binder Error: no such thing\nCandidates: a, b\n\nLINE 1: SELECT";
  expect(readingError(new Error(text), "a.csv").message).toBe("a.csv: no such thing");
  const own = new DataError("a.csv: told before");
  expect(readingError(own, "a.csv")).toBe(own);
});

it("hands over columns as DuckDB's own values are, NULL marked", async () => {
  const database = await openDatabase();
  const rows = 5000;
  const query = `SELECT
      CASE WHEN i % 7 = 0 THEN NULL ELSE sin(i) END::DOUBLE AS d,
      CASE WHEN i % 64 = 63 THEN NULL ELSE cos(i) END::FLOAT AS f,
      i::DOUBLE AS whole,
      CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'twelve bytes'
        WHEN 3 THEN 'a text that is longer, ' || (i % 11) ELSE 'ü' || (i % 3000) END AS t
    FROM range(${rows}) r(i) ORDER BY i`;
  const wanted = await database.rows(query);
  const columns = {
    d: new Float64Array(rows),
    f: new Float32Array(rows),
    whole: new Float64Array(rows),
  };
  const codes = textCodes();
  const texts = new Int32Array(rows);
  let at = 0;
  let chunks = 0;
  for await (const chunk of database.chunks(query)) {
    chunk.numbers(0, columns.d, at);
    chunk.numbers(1, columns.f, at);
    chunk.numbers(2, columns.whole, at);
    chunk.texts(3, codes, texts, at);
    at += chunk.rows;
    chunks++;
  }
  database.close();
  expect([at, chunks > 1]).toEqual([rows, true]);
  const shown = (value: number): number | null => (Number.isNaN(value) ? null : value);
  for (let row = 0; row < rows; row++) {
    const { d, f, whole } = columns;
    const got = [shown(d[row]!), shown(f[row]!), whole[row], codes.levels[texts[row]!] ?? null];
    expect(got).toEqual(wanted[row]);
  }
});

it("keeps to a limit of memory, and says so when that is too little", async () => {
  const database = await openDatabase({ memory: 2 ** 20, threads: 1 });
  const all = "SELECT list(i) FROM range(10_000_000) r(i)";
  const error: unknown = await database.rows(all).catch((e: unknown) => e);
  expect(readingError(error, "big.csv").message).toMatch(
    /^big.csv takes more memory to read than the [\d.]+ \w+ that DuckDB is allowed/,
  );
  database.close();
});

it("does not take an error late in the rows for their end", async () => {
  const database = await openDatabase();
  const rows = "SELECT CASE WHEN i = 900_000 THEN error('late') ELSE i END::DOUBLE AS a FROM";
  const readers = {
    chunks: async (sql: string): Promise<number> => {
      let count = 0;
      for await (const chunk of database.chunks(sql)) count += chunk.rows;
      return count;
    },
    values: async (sql: string): Promise<number> => {
      let count = 0;
      for await (const [column] of database.values(sql)) count += column!.length;
      return count;
    },
  };
  for (const [name, read] of Object.entries(readers)) {
    await expect(read(`${rows} range(1_000_000) t(i)`), name).rejects.toThrow("late");
    expect(await read(`${rows} range(900_000) t(i)`), name).toBe(900_000);
  }
  database.close();
});

it("reads the rows of a query in the same order each time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "minibatch-order-"));
  const big = join(folder, "big.parquet");
  const database = await openDatabase();
  await database.rows(
    `COPY (SELECT i AS id, i % 1000 AS k FROM range(300_000) t(i)) TO '${big}' (FORMAT parquet, ROW_GROUP_SIZE 20_000)`,
  );
  database.close();
  const groups = "SELECT k, count(*) AS n FROM data GROUP BY k";
  const queries = [
    groups,
    `SELECT id, n FROM data JOIN (${groups}) USING (k)`,
    "SELECT id, random() AS r FROM data",
    "SELECT id FROM data USING SAMPLE 10%",
    "SELECT id FROM data ORDER BY k",
  ];
  const digest = async (query: string): Promise<string> => {
    const hash = createHash("md5");
    for (const column of (await readColumns([big], { query })).table.columns) {
      hash.update(isTextColumn(column) ? column.codes : column.values);
    }
    return hash.digest("hex");
  };
  for (const query of queries) {
    const first = await digest(query);
    for (let again = 0; again < 3; again++) expect(await digest(query), query).toBe(first);
  }
  rmSync(folder, { recursive: true });
});
