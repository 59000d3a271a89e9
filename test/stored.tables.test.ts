/** A table on disk is the table in memory: same rows, split, preprocessing and numbers, bit by bit. */
import {
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../src/data/dataset.ts";
import type { RawTable } from "../src/data/table/raw-table.ts";
import { DataError, InputError } from "../src/errors.ts";
import {
  clearCache,
  loadFile,
  openStored,
  readTable,
  storeTable,
  type CacheProgress,
  type ReadTableOptions,
} from "../src/files.node.ts";
import { testFolder } from "./support/files.ts";
import { randomOptions, randomTable } from "./support/random-tables.ts";
import { inMemory } from "./support/stored.ts";
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

describe("openStored", () => {
  const text = [
    "a,y",
    ...range(400).map((i) => `${(i * 37) % 101},${i % 2 === 0 ? "no" : "yes"}`),
  ].join("\n");

  it("gives what loadFile gives, and says where it is kept", async () => {
    const path = write("t.csv", text);
    const wanted = await loadFile(path, { target: "y", stratify: true });
    const phases: CacheProgress[] = [];
    const options = { target: "y", stratify: true, memory: MB, cacheFolder };
    const stored = await openStored(path, { ...options, onProgress: (at) => phases.push(at) });
    const compare = async (got: typeof stored): Promise<void> => {
      const parts: [Dataset, Dataset][] = [
        [await inMemory(got.training), wanted.training],
        [await inMemory(got.test), wanted.test],
      ];
      for (const [one, other] of parts) expect(one).toEqual(other);
      expect(got.preprocessing).toEqual(wanted.preprocessing);
      expect(got.report).toEqual(wanted.report);
      expect(got.notes.slice(0, -1)).toEqual(wanted.notes);
    };
    await compare(stored);
    expect(stored.notes.at(-1)).toMatch(/^cached in .*cache\/\w{32}, 0.00\d+ MB, built now$/);
    expect([...new Set(phases.map(({ phase }) => phase))]).toEqual([
      "reading",
      "fitting",
      "writing",
    ]);
    expect(phases.at(-1)).toEqual({ phase: "writing", rows: 400, total: 400 });
    const again = await openStored(path, options);
    await compare(again);
    expect(again.notes.at(-1)).toMatch(/from an earlier run$/);
    expect(again.training.fingerprint).toBe(stored.training.fingerprint);
    expect(again.training.fingerprint).not.toBe(again.test.fingerprint);
  });

  it("builds anew for other options, and for a file that changed", async () => {
    const path = write("t.csv", text);
    const open = async (options = {}): Promise<[boolean, string]> => {
      const { notes, training } = await openStored(path, {
        target: "y",
        memory: MB,
        cacheFolder,
        ...options,
      });
      return [notes.at(-1)!.endsWith("built now"), training.fingerprint];
    };
    const [, first] = await open();
    expect(await open()).toEqual([false, first]);
    expect(await open({ memory: 2 * MB })).toEqual([false, first]);
    for (const options of [
      { seed: 1 },
      { split: 0.3 },
      { dtype: "float64" },
      { categories: ["a"] },
    ]) {
      const [built, fingerprint] = await open(options);
      expect([built, fingerprint === first]).toEqual([true, false]);
    }
    // The same bytes at another time: built again, and the same examples.
    utimesSync(path, new Date(), new Date(Date.now() - 5000));
    expect(await open()).toEqual([true, first]);
    writeFileSync(path, text.replace("37,yes", "38,yes"));
    const [built, fingerprint] = await open();
    expect([built, fingerprint === first]).toEqual([true, false]);
  });

  it("notices a file that a query names", async () => {
    const path = write("t.csv", text);
    const options = {
      target: "y",
      query: `SELECT * FROM read_csv('${path}')`,
      memory: MB,
      cacheFolder,
    };
    const built = async (): Promise<boolean> => (await storeTable([], options)).cache.built;
    expect([await built(), await built()]).toEqual([true, false]);
    writeFileSync(path, text.replace("37,yes", "38,yes"));
    expect(await built()).toBe(true);
  });

  it("builds anew what is cut", async () => {
    const path = write("t.csv", text);
    const open = () => openStored(path, { target: "y", memory: MB, cacheFolder });
    const { notes } = await open();
    const entry = /cached in (.*), 0/.exec(notes.at(-1)!)![1]!;
    for (const file of readdirSync(entry)) {
      const whole = readFileSync(join(entry, file));
      truncateSync(join(entry, file), statSync(join(entry, file)).size - 1);
      expect((await open()).notes.at(-1)).toMatch(/built now$/);
      expect(readFileSync(join(entry, file))).toEqual(whole);
    }
  });

  it("leaves nothing in the cache but entries", async () => {
    expect(readdirSync(cacheFolder).filter((name) => !/^\w{32}$/.test(name))).toEqual([]);
    const { entries, bytes } = await clearCache(cacheFolder);
    expect(entries).toBeGreaterThan(10);
    expect(bytes).toBeGreaterThan(10_000);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });
});

describe("refusals", () => {
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message.split("\n").length).toBeLessThanOrEqual(2);
    return message;
  };
  const text = ["a,y", ...range(100).map((i) => `${i * i},${i % 2}`)].join("\n");

  it("of too little memory, before and after reading", async () => {
    const path = write("t.csv", text);
    const open = (memory: number) =>
      refusal(openStored(path, { target: "y", memory, cacheFolder }));
    expect(await open(0)).toBe("memory must be a whole number of at least 1, got 0");
    expect(await open(0.5)).toContain("memory must be a whole number");
    const message = await open(100);
    expect(message).toContain("is too little for 80 examples of 8 bytes; give at least");
    const least = Number(/at least (\d+)/.exec(message)![1]);
    await openStored(path, { target: "y", memory: Math.ceil((least / 7) * 8), cacheFolder });
  });

  it("name file, row and column as in memory", async () => {
    const path = write("t.csv", ["a,y", "1,2", "2,3", "1e999,4", "3,5"].join("\n"));
    const options = { target: "y", split: 0, task: "regression", memory: MB, cacheFolder } as const;
    expect(await refusal(storeTable(path, options, { blockBytes: 1 }))).toContain(
      `${path}, row 3: column "a" is infinite`,
    );
    const split = write("t.csv", ["a,y,p", "1,2,train", "2,3,test", "2,3,nowhere"].join("\n"));
    expect(
      await refusal(storeTable(split, { ...options, split: { column: "p" } }, { blockBytes: 1 })),
    ).toContain(`${split}, row 3: split column "p" must say train`);
  });

  it("of texts that are too many for the memory", async () => {
    const path = write(
      "t.csv",
      ["id,a,y", ...range(20_000).map((i) => `name-${i},${i},${i % 2}`)].join("\n"),
    );
    const options = { target: "y", memory: MB, cacheFolder };
    const message = await refusal(storeTable(path, options));
    expect(message).toContain('column "id" has too many different texts for the memory');
    await storeTable(path, { ...options, drop: ["id"] });
  });

  it("of a query over the network, and of what is no table", async () => {
    const options = { target: "y", memory: MB, cacheFolder };
    expect(
      await refusal(storeTable([], { ...options, query: "SELECT * FROM 'https://x.org/a.csv'" })),
    ).toContain("copy it to a file first");
    expect(await refusal(openStored(folder, { memory: MB }))).toContain("memory goes with tables");
    expect(await refusal(openStored(join(folder, "none.csv"), options))).toContain(
      "there is no file",
    );
  });

  it("of a cache folder that cannot be written to", async () => {
    const path = write("t.csv", text);
    const error: unknown = await openStored(path, {
      target: "y",
      memory: MB,
      cacheFolder: join(path, "x"),
    }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toContain("give another cacheFolder");
  });
});
