import { readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../../test/support/files.ts";
import { DataError, InputError } from "../../errors.ts";
import { generator } from "../rng.ts";
import { range, shuffleInPlace } from "../sampler.ts";
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

describe("a reader that sorts epochs", () => {
  const [size, windowRows] = [200_000, 400];
  const starts = Int32Array.from({ length: 501 }, (_, w) => 400 * w);
  const order = (epoch: number): Int32Array =>
    shuffleInPlace(range(size), generator(1, 8, epoch).integer);
  /** Scratch files that this process has open; undefined where the system does not tell. */
  const scratchFiles = (): number | undefined => {
    if (process.platform !== "linux") return undefined;
    const names = readdirSync("/proc/self/fd").map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    });
    return names.filter((name) => name.includes(".scratch") && name.includes("(deleted)")).length;
  };

  it("gives the rows of every visit, and leaves no file behind", async () => {
    const about = stored(size, windowRows);
    const scratch = `${about.path}.scratch`;
    const reader = openRowReader({ ...about, sorting: { bytes: 4e6, scratch } });
    /** Sorts an order that nobody has afterwards. */
    const sorted = (epoch: number) => {
      const given = order(epoch);
      const sort = reader.sort!(given, starts);
      given.fill(0);
      return sort;
    };
    let sort = sorted(0);
    for (let epoch = 0; epoch < 2; epoch++) {
      const visits = order(epoch);
      let next = sort;
      for (let window = 0; window < 500; window++) {
        const rows = visits.subarray(starts[window], starts[window + 1]);
        const { data, indices } = await sort.read(window);
        expect(indices.map((place) => data.y.data[place]!)).toEqual(rows);
        expect(data.x.data[3 * indices[399]! + 1]).toBe(rows[399]! + 0.5);
        if (window === 0) {
          // Of blocks, and of an order or two.
          if (process.platform === "linux") expect(scratchFiles()).toBe(2 + epoch);
          next = sorted(epoch + 1);
        }
      }
      sort = next;
    }
    expect(reader.notes!()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".scratch"))).toEqual([]);
    await reader.close();
    if (process.platform === "linux") expect(scratchFiles()).toBe(0);
  }, 30_000);

  it("reads row by row where it cannot write, and says so", async () => {
    const scratch = join(folder, "not-there", "a.scratch");
    const reader = openRowReader({ ...stored(size, windowRows), sorting: { bytes: 4e6, scratch } });
    const visits = order(0);
    const sort = reader.sort!(visits, starts);
    for (const window of [0, 1, 2]) {
      const { data, indices } = await sort.read(window);
      const rows = visits.subarray(starts[window], starts[window + 1]);
      expect(indices.map((place) => data.y.data[place]!)).toEqual(rows);
    }
    const notes = reader.notes!();
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("ENOENT");
    expect(notes[0]).toContain("they are read one by one, which is slower");
    expect(reader.notes!()).toEqual([]);
    await reader.close();
  }, 30_000);

  it("refuses an order with a row that there is not when it is read, and reads the one before", async () => {
    const about = stored(10, 5);
    const scratch = `${about.path}.scratch`;
    const reader = openRowReader({ ...about, sorting: { bytes: 4e6, scratch } });
    const halves = Int32Array.of(0, 5, 10);
    const good = reader.sort!(range(10), halves);
    const bad = reader.sort!(range(10).fill(10, 7, 8), halves);
    await expect(bad.read(0)).rejects.toThrow("from 0 to 9, got 10 at position 7");
    const { data, indices } = await good.read(1);
    expect([...indices].map((place) => data.y.data[place])).toEqual([5, 6, 7, 8, 9]);
    await reader.close();
  });
});
