/** Opening a file that is larger than memory: the cache is used again, built anew, and refuses in a line or two. */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { encode as encodePng } from "fast-png";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../src/data/dataset.ts";
import { DataError, InputError } from "../src/errors.ts";
import {
  clearCache,
  loadFile,
  openStored,
  storeTable,
  type CacheProgress,
  type OpenStoredOptions,
} from "../src/files.node.ts";
import { testFolder } from "./support/files.ts";
import { npy } from "./support/npy.ts";
import { inMemory } from "./support/stored-tables.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const cacheFolder = join(folder, "cache");
const MB = 2 ** 20;

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

  it("refuses what changes while it is read", async () => {
    const labels = write("y.npy", npy("<i4", [2], Int32Array.of(0, 1)));
    const inputs = write("x.npy", npy("<f4", [2, 1], Float32Array.of(3, 4)));
    const path = write("t.csv", text);
    const images = join(folder, "images");
    for (const [i, name] of ["a/1.png", "a/2.png", "b/3.png", "b/4.png"].entries()) {
      mkdirSync(dirname(join(images, name)), { recursive: true });
      writeFileSync(
        join(images, name),
        encodePng({ width: 1, height: 1, data: Uint8Array.of(i), channels: 1 }),
      );
    }
    const touch = (file: string) => () => {
      utimesSync(file, new Date(), new Date(1e12));
    };
    const more = () => {
      copyFileSync(path, join(folder, "part-2.csv"));
    };
    const [image, parts] = [join(images, "b/4.png"), join(folder, "part-*.csv")];
    writeFileSync(join(folder, "part-1.csv"), text);
    const cases: [string, Partial<OpenStoredOptions>, () => void, string][] = [
      [path, { target: "y" }, touch(path), path],
      [parts, { target: "y" }, more, "the data"],
      [inputs, { target: labels, split: 0.5 }, touch(labels), labels],
      [images, { split: 0.5 }, touch(image), image],
    ];
    for (const [source, options, change, what] of cases) {
      let changed = false;
      const onProgress = (): void => {
        if (!changed) change();
        changed = true;
      };
      const opening = openStored(source, { ...options, memory: MB, cacheFolder, onProgress });
      await expect(opening, source).rejects.toThrow(`${what} changed while it was read`);
      await openStored(source, { ...options, memory: MB, cacheFolder });
    }
  });

  it("gives both parts of the memory, and the one to train on the most", async () => {
    const rows = range(20_000).map((i) => `${i % 97},${i % 89},${i % 2}`);
    const path = write("t.csv", ["a,b,y", ...rows].join("\n"));
    const memory = 200_000;
    const { training, test } = await openStored(path, {
      ...{ target: "y", split: 0.5, dtype: "float64", memory, cacheFolder },
    });
    // Two windows, of records of 2 float64 and an int32.
    const [most, least] = [2 * 20 * training.windowRows, 2 * 20 * test.windowRows];
    const order = 8 * training.size;
    expect(order + most + least).toBeLessThan(0.75 * memory);
    expect(order + most).toBeGreaterThan(5 * least);
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
    const cached = (): number => readdirSync(cacheFolder).length;
    const before = cached();
    const message = await open(100);
    expect(cached()).toBe(before); // nothing was written
    expect(message).toContain("is too little for 100 examples of 8 bytes; give at least");
    const least = Number(/at least (\d+)/.exec(message)![1]);
    await openStored(path, { target: "y", memory: least, cacheFolder });
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

  it("of a query over the network, and of a file that is not there", async () => {
    const options = { target: "y", memory: MB, cacheFolder };
    expect(
      await refusal(storeTable([], { ...options, query: "SELECT * FROM 'https://x.org/a.csv'" })),
    ).toContain("copy it to a file first");
    expect(await refusal(openStored(join(folder, "none.csv"), options))).toContain(
      "there is no file",
    );
  });

  it("of an .npy file whose targets are not there", async () => {
    const inputs = write("x.npy", npy("<f4", [2, 1], Float32Array.of(3, 4)));
    const target = join(folder, "none.npy");
    expect(await refusal(openStored(inputs, { target, memory: MB, cacheFolder }))).toBe(
      `there is no file ${target}`,
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
