import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../../test/support/files.ts";
import { DataError, InputError } from "../../errors.ts";
import { openRowReader, type RowReaderOptions } from "./row-reader.node.ts";

const { folder } = testFolder();
let files = 0;

/** `size` records whose x is [row, row + ½, −row] and whose y is the row. */
const stored = (size: number, windowRows: number): RowReaderOptions => {
  const path = join(folder, `${files++}.records`);
  const words = new Float32Array(4 * size);
  const integers = new Int32Array(words.buffer);
  for (let row = 0; row < size; row++) {
    words.set([row, row + 0.5, -row], 4 * row);
    integers[4 * row + 3] = row;
  }
  writeFileSync(path, words);
  return {
    path,
    name: "rows",
    source: "a test",
    size,
    windowRows,
    task: "classification",
    classes: Array.from({ length: size }, (_, i) => `c${i}`),
    x: { dtype: "float32", shape: [3], scale: 0.5 },
    y: { dtype: "int32", shape: [] },
  };
};
const xOf = (rows: readonly number[]): number[] => rows.flatMap((row) => [row, row + 0.5, -row]);
const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((e: unknown) => e);

describe("a reader of rows", () => {
  it("gives the rows in the order they are asked for", async () => {
    const reader = openRowReader(stored(1000, 50));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 50 }),
        async (rows) => {
          const read = await reader.read(Int32Array.from(rows));
          expect(read.size).toBe(rows.length);
          expect([...read.x.data]).toEqual(xOf(rows).map((value) => Math.fround(value)));
          expect([...read.y.data]).toEqual(rows);
        },
      ),
    );
    await reader.close();
  });

  it("gives a data set like the others", async () => {
    const reader = openRowReader(stored(3, 3));
    expect(await reader.read(Int32Array.of(2))).toEqual({
      name: "rows",
      source: "a test",
      size: 1,
      task: "classification",
      classes: ["c0", "c1", "c2"],
      x: { data: Float32Array.of(2, 2.5, -2), shape: [3], scale: 0.5 },
      y: { data: Int32Array.of(2), shape: [] },
    });
    await reader.close();
  });

  it("keeps what it gave until the second read after it", async () => {
    const reader = openRowReader(stored(100, 4));
    const first = await reader.read(Int32Array.of(1, 2));
    await reader.read(Int32Array.of(3));
    expect([...first.y.data]).toEqual([1, 2]);
    await reader.read(Int32Array.of(4));
    // Its memory was taken, not overwritten.
    expect(first.y.data).toHaveLength(0);
    await reader.close();
  });

  it("reads ahead: a read may be asked for while another is under way", async () => {
    const reader = openRowReader(stored(100, 4));
    let ahead = reader.read(Int32Array.of(0, 1));
    for (let row = 0; row < 90; row += 7) {
      const here = await ahead;
      ahead = reader.read(Int32Array.of(row + 7, row + 8));
      expect([...here.y.data]).toEqual([row, row + 1]);
    }
    await ahead;
    const two = await Promise.all([reader.read(Int32Array.of(5)), reader.read(Int32Array.of(6))]);
    expect(two.map(({ y }) => [...y.data])).toEqual([[5], [6]]);
    await reader.close();
  });

  it("keeps the caller's indices", async () => {
    const reader = openRowReader(stored(100, 8));
    const indices = Int32Array.of(9, 3, 7);
    await reader.read(indices);
    expect([...indices]).toEqual([9, 3, 7]);
    await reader.close();
  });

  it("refuses rows that there are not, and more than a window has", async () => {
    const reader = openRowReader(stored(10, 3));
    for (const [indices, what] of [
      [[1, 10], "a row must be a whole number from 0 to 9, got 10 at position 1"],
      [[-1], "got -1 at position 0"],
      [[1, 2, 3, 4], "a window has 3 rows, got 4 to read"],
    ] as const) {
      const error = await failure(reader.read(Int32Array.from(indices)));
      expect(error).toBeInstanceOf(InputError);
      expect(String(error)).toContain(what);
    }
    expect([...(await reader.read(Int32Array.of(3))).y.data]).toEqual([3]);
    await reader.close();
  });

  it("says which file is gone or cut, and goes on when it is back", async () => {
    const about = stored(10, 10);
    const reader = openRowReader(about);
    truncateSync(about.path, 100);
    const cut = await failure(reader.read(Int32Array.of(1)));
    expect(cut).toBeInstanceOf(DataError);
    expect(String(cut)).toContain(`cannot read ${about.path}`);
    expect(String(cut)).toContain("it has 100 bytes, expected 160");
    rmSync(about.path);
    expect(String(await failure(reader.read(Int32Array.of(1))))).toContain("ENOENT");
    const again = stored(10, 10);
    writeFileSync(about.path, "");
    rmSync(about.path);
    const other = openRowReader({ ...about, path: again.path });
    expect((await other.read(Int32Array.of(1))).size).toBe(1);
    truncateSync(again.path, 64);
    const late = await failure(other.read(Int32Array.of(9)));
    expect(late).toBeInstanceOf(DataError);
    expect(String(late)).toContain("it ends at byte 144");
    await Promise.all([reader.close(), other.close()]);
  });

  it("refuses reads once it is closed, those under way too", async () => {
    const reader = openRowReader(stored(10, 3));
    const underWay = failure(reader.read(Int32Array.of(1)));
    await reader.close();
    await reader.close();
    for (const error of [await underWay, await failure(reader.read(Int32Array.of(1)))]) {
      expect(error).toBeInstanceOf(InputError);
      expect(String(error)).toContain("is closed");
    }
  });

  it("works for a single row", async () => {
    const reader = openRowReader(stored(1, 1));
    expect([...(await reader.read(Int32Array.of(0))).x.data]).toEqual([0, 0.5, -0]);
    await reader.close();
  });
});
