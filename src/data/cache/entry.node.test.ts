import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testFolder } from "../../../test/support/files.ts";
import { DataError } from "../../errors.ts";
import { clearCache, defaultCacheFolder } from "./cache-folder.node.ts";
import { cacheEntry, type CacheEntry } from "./entry.node.ts";
import { isHeld, tryLock } from "./lock.node.ts";
import type { CacheContent } from "./meta.ts";
import { thisProcess } from "./process.node.ts";

const { folder } = testFolder();
let roots = 0;
const newRoot = (): string => join(folder, `root-${roots++}`);

const content = (size: number): CacheContent => ({
  training: {
    name: "t",
    task: "regression",
    x: { dtype: "float32", shape: [2] },
    y: { dtype: "float32", shape: [1] },
    size,
    fingerprint: "abc",
    file: "training.records",
  },
  about: { note: "größer" },
});

/** Builds entries of five records, and counts how often. */
const builder = () => {
  let builds = 0;
  return {
    builds: () => builds,
    have: (root: string, key: unknown = "k"): Promise<CacheEntry> =>
      cacheEntry({
        root,
        key,
        build: async (to) => {
          builds++;
          await new Promise((resolve) => setTimeout(resolve, 20));
          writeFileSync(join(to, "training.records"), new Uint8Array(5 * 12));
          return content(5);
        },
      }),
  };
};

describe("a cache entry", () => {
  it("is built once, and there from then on", async () => {
    const root = newRoot();
    const { have, builds } = builder();
    const first = await have(root);
    expect(first).toMatchObject({ built: true, bytes: 60, content: content(5) });
    expect(await have(root)).toEqual({ ...first, built: false });
    expect((await have(root, "another")).folder).not.toBe(first.folder);
    expect(builds()).toBe(2);
    expect(readdirSync(root)).toHaveLength(2);
  });

  it("is built once when it is wanted many times at once", async () => {
    const root = newRoot();
    const { have, builds } = builder();
    const entries = await Promise.all(Array.from({ length: 8 }, () => have(root)));
    expect(builds()).toBe(1);
    expect(entries.filter(({ built }) => built)).toHaveLength(1);
    expect(readdirSync(root)).toHaveLength(1);
  });

  it("is built again where its files are cut, longer, or gone", async () => {
    const root = newRoot();
    const { have, builds } = builder();
    const { folder: entry } = await have(root);
    const damages: (() => void)[] = [
      () => {
        truncateSync(join(entry, "training.records"), 59);
      },
      () => {
        truncateSync(join(entry, "training.records"), 61);
      },
      () => {
        rmSync(join(entry, "training.records"));
      },
      () => {
        rmSync(join(entry, "meta.json"));
      },
      () => {
        rmSync(entry, { recursive: true });
        writeFileSync(entry, "a file in its place");
      },
    ];
    for (const [i, damage] of damages.entries()) {
      damage();
      expect(await have(root)).toMatchObject({ built: true, bytes: 60 });
      expect(builds()).toBe(2 + i);
    }
    expect(readdirSync(root)).toHaveLength(1);
  });

  it("is built again whatever byte of its description is another, and wherever it ends", async () => {
    const root = newRoot();
    const { have } = builder();
    const { folder: entry } = await have(root);
    const path = join(entry, "meta.json");
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 3) {
      const flipped = Uint8Array.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(path, at % 2 === 0 ? flipped : whole.subarray(0, at));
      expect((await have(root)).built).toBe(true);
      expect(readFileSync(path)).toEqual(whole);
    }
  });

  it("leaves nothing when it cannot be built", async () => {
    const root = newRoot();
    const failed = cacheEntry({
      root,
      key: "k",
      build: (to) => {
        writeFileSync(join(to, "half"), "x");
        return Promise.reject(new DataError("the source is bad"));
      },
    });
    await expect(failed).rejects.toThrow("the source is bad");
    expect(readdirSync(root)).toEqual([]);
  });

  it("is not blamed for files elsewhere", async () => {
    const source = join(folder, "nowhere", "x.csv");
    const building = (work: (to: string) => void): Promise<CacheEntry> =>
      cacheEntry({
        root: newRoot(),
        key: "k",
        build: (to) =>
          new Promise((resolve) => {
            work(to);
            resolve(content(5));
          }),
      });
    await expect(building(() => readFileSync(source))).rejects.toThrow(/^ENOENT.*x\.csv/);
    await expect(
      building((to) => {
        writeFileSync(join(to, "none", "x"), "");
      }),
    ).rejects.toThrow("cannot cache data in");
  });

  it("says where it cannot be put", async () => {
    const root = newRoot();
    writeFileSync(root, "a file");
    const error: unknown = await builder()
      .have(join(root, "below"))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toContain(`cannot cache data in ${join(root, "below")}: ENOTDIR`);
    expect(String(error)).toContain("give another cacheFolder");
  });
});

const dead = { ...thisProcess(), pid: 2 ** 22 + 1, started: 1 };
const key = "0123456789abcdef0123456789abcdef";

describe("what a killed process left", () => {
  it("is taken over or swept away by the next build; what runs is left alone", async () => {
    const root = newRoot();
    mkdirSync(root);
    const { pid, started, host } = thisProcess();
    const garbage = [
      `${key}.building-${dead.pid}-1-${host}-0000`,
      `${key}.building-${pid}-${started + 1}-${host}-0000`,
      `${key}.removed-0000`,
    ];
    const kept = [
      `${key}.building-${pid}-${started}-${host}-0000`,
      `${key}.building-1-1-otherhost-0000`,
      "somebody's folder",
      `${key}.txt`,
    ];
    for (const name of [...garbage, ...kept]) mkdirSync(join(root, name));
    writeFileSync(join(root, `${key}.lock`), JSON.stringify(dead));
    const { folder: entry } = await builder().have(root);
    const left = readdirSync(root).map((name) => join(root, name));
    expect(left.sort()).toEqual([entry, ...kept.map((name) => join(root, name))].sort());
  });

  it("includes a lock, which is free then", async () => {
    const path = join(folder, `${key}.lock`);
    const { pid, started, host } = thisProcess();
    for (const [content, held] of [
      [JSON.stringify({ pid, started, host }), true],
      [JSON.stringify({ pid, started, host: "otherhost" }), true],
      ["", true],
      [JSON.stringify(dead), false],
      [JSON.stringify({ pid, started: started + 1, host }), false],
      ["{ cut", false],
    ] as const) {
      writeFileSync(path, content);
      expect(await isHeld(path), content).toBe(held);
      const lock = await tryLock(path);
      expect(lock !== undefined, content).toBe(!held);
      await lock?.release();
      expect(existsSync(path), content).toBe(held);
    }
    writeFileSync(path, JSON.stringify({ pid, started, host }));
    const longAgo = new Date(Date.now() - 61_000);
    utimesSync(path, longAgo, longAgo);
    expect(await isHeld(path)).toBe(false);
  });

  it("is not released by another than its holder", async () => {
    const path = join(folder, "other.lock");
    const lock = await tryLock(path);
    expect(await tryLock(path)).toBeUndefined();
    writeFileSync(path, "another's");
    await lock?.release();
    expect(readFileSync(path, "utf8")).toBe("another's");
  });
});

describe("clearing the cache", () => {
  it("removes entries and garbage, and nothing else", async () => {
    const root = newRoot();
    const { have } = builder();
    await have(root, 1);
    await have(root, 2);
    mkdirSync(join(root, `${key}.removed-0000`));
    writeFileSync(join(root, "notes.txt"), "mine");
    const { entries, bytes } = await clearCache(root);
    expect(entries).toBe(2);
    expect(bytes).toBeGreaterThan(120);
    expect(readdirSync(root)).toEqual(["notes.txt"]);
    expect(await clearCache(join(root, "nowhere"))).toEqual({ entries: 0, bytes: 0 });
  });

  it("looks where the environment says", () => {
    const before = process.env["MINIBATCH_CACHE"];
    process.env["MINIBATCH_CACHE"] = "/somewhere";
    expect(defaultCacheFolder()).toBe("/somewhere");
    delete process.env["MINIBATCH_CACHE"];
    expect(defaultCacheFolder()).toMatch(/minibatch$/);
    if (before !== undefined) process.env["MINIBATCH_CACHE"] = before;
  });
});
