import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readColumns } from "../../src/files.node.ts";
import type { NumberColumn } from "../../src/data/table/raw-table.ts";
import { writeLargeTable } from "./table.ts";

const paths: string[] = [];
afterAll(() => {
  for (const path of paths) rmSync(path);
});
const columnsOf = async (ending: string, rows: number, seed: number): Promise<number[][]> => {
  const path = join(tmpdir(), `minibatch-large-${process.pid}-${paths.length}.${ending}`);
  paths.push(path);
  await writeLargeTable(path, { rows, columns: 7, seed });
  const { table } = await readColumns([path]);
  return table.columns.map((column) => [...(column as NumberColumn).values]);
};

it("the generated table is a function of its seed, row by row, in both formats", async () => {
  const whole = await columnsOf("parquet", 3000, 1);
  expect(whole).toHaveLength(8);
  expect(await columnsOf("parquet", 100, 1)).toEqual(whole.map((column) => column.slice(0, 100)));
  expect(await columnsOf("parquet", 3000, 2)).not.toEqual(whole);
  const text = await columnsOf("csv", 100, 1);
  expect(text.map((column) => column.map(Math.fround))).toEqual(
    whole.map((column) => column.slice(0, 100)),
  );
  // The sum of two uniform numbers on [-1, 1] has mean 0 and variance 2/3; 3000 of them.
  for (const column of whole.slice(0, -1)) {
    const mean = column.reduce((sum, value) => sum + value, 0) / 3000;
    const variance = column.reduce((sum, value) => sum + value ** 2, 0) / 3000;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(2 / 3 / 3000));
    expect(Math.abs(variance - 2 / 3)).toBeLessThan(0.06);
  }
  const ones = whole.at(-1)!.filter((label) => label === 1).length;
  expect(ones / 3000).toBeGreaterThan(0.4);
  expect(ones / 3000).toBeLessThan(0.7);
});
