import { describe, expect, it } from "vitest";
import { testFolder } from "../../../test/support/files.ts";
import { range } from "../../../test/support/tables.ts";
import { DataError } from "../../errors.ts";
import { readColumns } from "./read-columns.node.ts";
import { placeOf, textAt, type RawTable } from "./raw-table.ts";
import { openTableBlocks, type BlockOptions, type TableBlock } from "./table-blocks.node.ts";
import { openDatabase } from "./duckdb.node.ts";

const { folder, write } = testFolder();

/** More rows than DuckDB hands over at a time. */
const rows = 5000;
const csv = write(
  "long.csv",
  `n,word,day\n${range(rows)
    .map((i) => `${i % 7 === 0 ? "" : i / 4},"w,${i % 100}",${i % 5 === 0 ? "NA" : "2024-02-29"}`)
    .join("\n")}\n`,
);

async function blocksOf(path: string, options: BlockOptions, least = 1): Promise<TableBlock[]> {
  const open = await openTableBlocks([path], options);
  try {
    const blocks: TableBlock[] = [];
    for await (const block of open.blocks(least)) blocks.push(block);
    return blocks;
  } finally {
    await open.close();
  }
}

const textsOf = ({ columns, rows: count }: RawTable) =>
  columns.map((column) => range(count).map((row) => textAt(column, row)));

describe("blocks", () => {
  it("are the table that is read at once, in order", async () => {
    const blocks = await blocksOf(csv, {});
    const { table } = await readColumns([csv]);
    expect(blocks.length).toBeGreaterThan(1);
    expect(blocks.reduce((sum, block) => sum + block.table.rows, 0)).toBe(rows);
    const parts = blocks.map((block) => textsOf(block.table));
    expect(table.columns.map((_, c) => parts.flatMap((part) => part[c]!))).toEqual(textsOf(table));
  });

  it("have as many rows as they are asked for, but for the last", async () => {
    const blocks = await blocksOf(csv, {}, 4000);
    expect(blocks).toHaveLength(2);
    expect(blocks[0]!.table.rows).toBeGreaterThanOrEqual(4000);
  });

  it("know which rows of the file they are", async () => {
    const [first, second] = await blocksOf(csv, { choose: () => ["n"] });
    const before = first!.table.rows;
    expect(placeOf(second!.table, 3)).toBe(`${csv}, row ${before + 4}`);
    expect(placeOf(first!.table, 3)).toBe(`${csv}, row 4`);
  });

  it("hand over columns as texts, of CSV the very text", async () => {
    const file = write("kept.csv", 'id,day,n\n007,2024-02-29,1.50\n"8",NA, 2\n');
    const [block] = await blocksOf(file, { keep: "all", keepAs: "texts", choose: () => ["n"] });
    expect(block?.kept).toEqual([
      ["007", "8"],
      ["2024-02-29", null],
      ["1.50", " 2"],
    ]);
    expect(block?.table.columns.map(({ name }) => name)).toEqual(["n"]);
  });

  it("hand over columns as values with DuckDB's types", async () => {
    const path = `${folder}/types.parquet`;
    const database = await openDatabase();
    await database.rows(
      `COPY (SELECT 9007199254740993 AS big, DATE '2024-02-29' AS day, 1.25::DECIMAL(9, 2) AS price, [1, 2] AS list) TO '${path}' (FORMAT parquet)`,
    );
    database.close();
    const open = await openTableBlocks([path], { keep: "all", choose: () => [] });
    const { value } = (await open.blocks(1).next()) as { value: TableBlock };
    await open.close();
    expect(open.kept.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "big BIGINT",
      "day DATE",
      "price DECIMAL(9,2)",
      "list INTEGER[]",
    ]);
    expect(value.kept.map(([only]) => String(only))).toEqual([
      "9007199254740993",
      "2024-02-29",
      "1.25",
      "[1, 2]",
    ]);
    expect(value.table.rows).toBe(1);
  });

  it("of a CSV file find out the types of what is kept", async () => {
    const open = await openTableBlocks([csv], { keep: ["day", "n", "word"], choose: () => [] });
    await open.close();
    expect(open.kept.map(({ type }) => type)).toEqual(["DATE", "DOUBLE", "VARCHAR"]);
  });

  it("keep identifiers as they are written: zeros in front, more digits than a number has", async () => {
    const file = write("ids.csv", "zip,key,n,part\n00501,9007199254740993,12,0.5\n10001,7,,0\n");
    const open = await openTableBlocks([file], { keep: "all", choose: () => [] });
    const { value } = (await open.blocks(1).next()) as { value: TableBlock };
    await open.close();
    expect(open.kept.map(({ type }) => type)).toEqual(["VARCHAR", "VARCHAR", "DOUBLE", "DOUBLE"]);
    expect(value.kept).toEqual([
      ["00501", "10001"],
      ["9007199254740993", "7"],
      [12, null],
      [0.5, 0],
    ]);
  });

  it("are those of several files, one after the other", async () => {
    write("part.csv", "n\n1\n2\n");
    write("part.csv", "n\n3\n");
    const blocks = await blocksOf(`${folder}/*-part.csv`, { choose: () => ["n"] });
    expect(blocks.map(({ table }) => textsOf(table))).toEqual([[["1", "2"]], [["3"]]]);
    expect(placeOf(blocks[1]!.table, 0)).toMatch(/part\.csv, row 1$/);
  });

  it("refuse a column that is not there, and a value of another type, by its row", async () => {
    await expect(blocksOf(csv, { keep: ["id"] })).rejects.toThrow(
      new DataError(`${csv} has no column "id"; its columns are "n", "word", "day"`),
    );
    const types = new Map([["word", "number"]] as const);
    await expect(blocksOf(csv, { types })).rejects.toThrow(
      new DataError(`${csv}, row 1: column "word" must be a number, got "w,0"`),
    );
  });
});
