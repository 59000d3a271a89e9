/** A table on disk is the table in memory: same rows, split, preprocessing and numbers, bit by bit. */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RawTable } from "../src/data/table/raw-table.ts";
import { readTable, storeTable, type ReadTableOptions } from "../src/files.node.ts";
import { testFolder } from "./support/files.ts";
import { randomOptions, randomTable } from "./support/random-tables.ts";
import { inMemory } from "./support/stored-tables.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const cacheFolder = join(folder, "cache");
const MB = 2 ** 20;

const csvOf = ({ columns, rows }: RawTable): string => {
  const field = (column: RawTable["columns"][number], row: number): string => {
    const value = "codes" in column ? column.levels[column.codes[row]!] : column.values[row];
    return typeof value === "string"
      ? `"${value}"`
      : Number.isNaN(value ?? NaN)
        ? ""
        : String(value);
  };
  const lines = range(rows).map((row) => columns.map((column) => field(column, row)).join(","));
  return [columns.map(({ name }) => name).join(","), ...lines, ""].join("\n");
};

type Result = Awaited<ReturnType<typeof readTable>> | { readonly error: string };
const result = (work: Promise<Result>): Promise<Result> =>
  work.catch((error: unknown) => ({ error: String(error) }));

const fromDisk = async (
  source: string | readonly string[],
  options: ReadTableOptions,
  memory = MB,
  sizes = {},
): Promise<Result> => {
  const stored = await storeTable(source, { ...options, memory, cacheFolder }, sizes);
  const { training, validation, preprocessing, report } = stored;
  return {
    training: await inMemory(training),
    ...(validation && { validation: await inMemory(validation) }),
    preprocessing,
    report,
  };
};

const exec = async (sql: string): Promise<void> => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(sql);
};

describe("a table on disk is the one in memory", () => {
  it("for random tables, options, block sizes and memories", async () => {
    let [good, run] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        randomTable,
        randomOptions,
        fc.integer({ min: 1, max: 3000 }),
        fc.constantFrom(1, 400, MB),
        fc.integer({ min: 4000, max: 40_000 }),
        async (table, options, blockBytes, sliceBytes, memory) => {
          const path = write("t.csv", csvOf(table));
          const wanted = await result(readTable(path, options));
          const got = await result(fromDisk(path, options, memory, { blockBytes, sliceBytes }));
          expect(got).toEqual(wanted);
          run++;
          good += Number(!("error" in wanted));
        },
      ),
      { numRuns: 40 },
    );
    expect(good / run).toBeGreaterThan(0.4);
  });

  const rows = range(500).map((i) => ({
    a: i % 9 === 0 ? null : Math.sin(i) * 1e3,
    b: i % 2 === 0,
    c: ["x", "a text of more than twelve bytes", "ü"][i % 3],
    d: `2020-0${(i % 9) + 1}-15`,
    y: i % 3,
  }));
  const jsonl = rows.map((row) => JSON.stringify(row)).join("\n");

  it("from every format, from several files, from a query, with a file to validate on", async () => {
    const json = write("t.jsonl", jsonl);
    const parquet = (name: string, where: string, types: string): string => {
      const path = join(folder, name);
      files.push(
        exec(
          `COPY (SELECT a::${types} AS a, b, c, d::DATE AS d, y FROM read_json('${json}') WHERE ${where}) TO '${path}'`,
        ),
      );
      return path;
    };
    const files: Promise<void>[] = [];
    const single = parquet("one.parquet", "true", "FLOAT");
    parquet("part-1.parquet", "y < 2", "FLOAT");
    parquet("part-2.parquet", "y = 2", "DOUBLE");
    const test = parquet("test.parquet", "a > 900", "FLOAT");
    await Promise.all(files);
    const target = { target: "y" };
    const cases: [string | string[], ReadTableOptions][] = [
      [json, target],
      [write("t.jsonl.gz", gzipSync(jsonl)), target],
      [single, target],
      [join(folder, "part-*.parquet"), target],
      [single, { ...target, split: { file: test } }],
      [single, { ...target, query: "SELECT * EXCLUDE d FROM data WHERE a > -900" }],
      [[], { ...target, query: `SELECT a, y FROM '${single}' ORDER BY a` }],
      [[], { ...target, query: "SELECT i % 7 AS a, i / 3 AS y FROM range(100) t(i)" }],
    ];
    for (const [source, options] of cases) {
      const wanted = await readTable(source, options);
      expect(await fromDisk(source, options, MB, { blockBytes: 997 })).toEqual(wanted);
    }
  });

  it("where the first rows mislead about the types of columns", async () => {
    const last = 20_050;
    const lines = range(last + 1).map((i) => {
      const isLast = i === last;
      const early = i < 20_010;
      return [
        isLast ? "oops" : i % 3,
        isLast ? 7 : "true",
        i / 3,
        isLast ? "2020-01-02 03:04:05" : "2020-01-02",
        early ? "" : `late ${i % 3}`,
        i % 2,
      ].join(",");
    });
    const path = write("t.csv", ["a,b,c,d,e,y", ...lines].join("\n"));
    const wanted = await readTable(path, { target: "y" });
    // What every row is: the first one that all texts are, of number, boolean, time, date, timestamp.
    expect(wanted.preprocessing.features.map(({ type }) => type)).toEqual([
      "text",
      "text",
      "number",
      "timestamp",
      "text",
    ]);
    expect(wanted.report.rows).toBe(last + 1);
    expect(await fromDisk(path, { target: "y" }, MB, { blockBytes: 50_000 })).toEqual(wanted);
  });

  it("with one row to train on, and with a thousand columns", async () => {
    const few = write("few.csv", "a,y\n1,2.5\n2,3\n3,7\n");
    const options = {
      target: "y",
      split: 0.6,
      task: "regression",
      standardizeTarget: false,
    } as const;
    const wide = write(
      "wide.csv",
      [
        [...range(1000).map((i) => `c${i}`), "y"].join(","),
        ...range(30).map((row) => [...range(1000).map((i) => (row * i) % 17), row % 2].join(",")),
      ].join("\n"),
    );
    await expect(readTable(few, options)).rejects.toThrow(/is 2.5 in every row|there is nothing/);
    expect(await result(fromDisk(few, options))).toEqual(await result(readTable(few, options)));
    expect(
      await fromDisk(wide, { target: "y" }, MB, { blockBytes: 5000, sliceBytes: 9000 }),
    ).toEqual(await readTable(wide, { target: "y" }));
  });
});
