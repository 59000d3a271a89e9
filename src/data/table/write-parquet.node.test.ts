import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { testFolder } from "../../../test/support/files.ts";
import { range } from "../../../test/support/tables.ts";
import { InputError } from "../../errors.ts";
import { openDatabase } from "./duckdb.node.ts";
import { parquetWriter } from "./write-parquet.node.ts";

const { folder } = testFolder();

async function readBack(path: string): Promise<readonly (readonly unknown[])[]> {
  const database = await openDatabase();
  try {
    return await database.rows(`SELECT * FROM '${path}'`);
  } finally {
    database.close();
  }
}

describe("a Parquet file", () => {
  it("holds the rows bit by bit, in order, missing ones as such", async () => {
    const path = `${folder}/rows.parquet`;
    const count = 7000;
    const float = (i: number) =>
      i % 11 === 0 ? null : Math.fround(Math.sin(i) * 10 ** ((i % 60) - 30));
    const double = (i: number) => (i % 13 === 0 ? null : Math.sin(i) * 10 ** ((i % 600) - 300));
    const text = (i: number) => (i % 17 === 0 ? null : i % 19 === 0 ? "" : `größe ${i}`);
    const writer = await parquetWriter([
      { name: "row", type: "BIGINT" },
      { name: "float", type: "FLOAT" },
      { name: "double", type: "DOUBLE" },
      { name: 'a "name"', type: "VARCHAR" },
    ]);
    for (const [from, to] of [
      [0, 1],
      [1, 5001],
      [5001, count],
    ] as const) {
      const part = range(to - from).map((i) => from + i);
      writer.append([part.map(BigInt), part.map(float), part.map(double), part.map(text)]);
    }
    await writer.finish(path);
    await writer.close();
    const rows = await readBack(path);
    expect(rows).toHaveLength(count);
    const wrong = rows.findIndex(
      ([row, a, b, c], i) =>
        row !== BigInt(i) || !Object.is(a, float(i)) || !Object.is(b, double(i)) || c !== text(i),
    );
    expect(wrong).toBe(-1);
  });

  it("is not there before it is finished, and leaves no folder behind", async () => {
    const temporary = mkdtempSync(`${folder}/tmp-`);
    vi.stubEnv("TMPDIR", temporary);
    const writer = await parquetWriter([{ name: "row", type: "BIGINT" }]);
    writer.append([[1n]]);
    await writer.close();
    vi.unstubAllEnvs();
    expect(existsSync(`${folder}/none.parquet`)).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("cannot have two columns that differ in case only", async () => {
    const columns = ["a", "b", "A"].map((name) => ({ name, type: "FLOAT" }));
    await expect(parquetWriter(columns)).rejects.toThrow(
      new InputError(
        'two columns of the output are called "a" and "A", which are one name in Parquet; write CSV or JSON lines',
      ),
    );
  });
});
