/**
 * What a loss of power must not tear: whatever takes the place of a good file was flushed before, and the folder is flushed after. The
 * calls of the file system are watched while a run is made and data is cached.
 */
import type * as FileSystem from "node:fs";
import { existsSync, truncateSync } from "node:fs";
import type * as FilePromises from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { dense, sequential, sgd, train } from "../src/index.ts";
import { iris } from "../src/datasets.ts";
import { storeTable } from "../src/files.node.ts";
import { trainInFolder } from "../src/runs.node.ts";
import { promote, readCheckpoint } from "../src/train/run-folder/checkpoint-files.node.ts";
import { testFolder } from "./support/files.ts";

/** Files that were written to and not flushed, folders in which names changed, and both before each change of a name. */
const watched = vi.hoisted(() => ({
  paths: new Map<number, string>(),
  unflushed: new Set<string>(),
  unflushedNames: new Set<string>(),
  renames: [] as { from: string; to: string; unflushed: string[]; unflushedNames: string[] }[],
}));

const wrote = (path: string): void => {
  if (basename(path) !== "lock") watched.unflushed.add(resolve(path)); // no lock outlives its process
};
const flushed = (path: string): void => {
  watched.unflushed.delete(resolve(path));
  watched.unflushedNames.delete(resolve(path));
};
const made = (path: string, flags: unknown): void => {
  if (basename(path) !== "lock" && String(flags).includes("w"))
    watched.unflushedNames.add(resolve(dirname(path)));
};
const renamed = (from: string, to: string): void => {
  const { unflushed, unflushedNames } = watched;
  watched.renames.push({
    ...{ from, to },
    unflushed: [...unflushed],
    unflushedNames: [...unflushedNames],
  });
  watched.unflushedNames.add(resolve(dirname(to)));
};

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof FileSystem>();
  const named = (file: number): string => watched.paths.get(file) ?? "";
  const opening: typeof fs.openSync = (path, ...rest) => {
    const file = fs.openSync(path, ...rest);
    watched.paths.set(file, String(path));
    made(String(path), rest[0]);
    return file;
  };
  const writing = (file: number, ...rest: unknown[]): number => {
    wrote(named(file));
    return (fs.writeSync as (...args: unknown[]) => number)(file, ...rest);
  };
  return {
    ...fs,
    openSync: opening,
    writeSync: writing,
    fsyncSync: (file: number) => {
      fs.fsyncSync(file);
      flushed(named(file));
    },
    renameSync: (from: string, to: string) => {
      fs.renameSync(from, to);
      renamed(from, to);
    },
  };
});

vi.mock("node:fs/promises", async (original) => {
  const fs = await original<typeof FilePromises>();
  const opening: typeof fs.open = async (path, ...rest) => {
    const file = await fs.open(path, ...rest);
    made(String(path), rest[0]);
    const [write, sync] = [file.writeFile.bind(file), file.sync.bind(file)];
    file.writeFile = (...args) => {
      wrote(String(path));
      return write(...args);
    };
    file.sync = async () => {
      await sync();
      flushed(String(path));
    };
    return file;
  };
  return {
    ...fs,
    open: opening,
    rename: async (from: string, to: string) => {
      await fs.rename(from, to);
      renamed(from, to);
    },
  };
});

beforeEach(() => {
  watched.unflushed.clear();
  watched.unflushedNames.clear();
  watched.renames.length = 0;
});

const { folder, write } = testFolder();

describe("what takes the place of something good", () => {
  it("is on the device before, its name after: checkpoints, with what belongs to them, and run.json", async () => {
    const path = join(folder, "run");
    const { training } = await iris();
    const start = (kept: object) =>
      train(sequential([dense(3)]), training, {
        ...{ optimizer: sgd({ learningRate: 0.1 }), epochs: 40, batchSize: 1, seed: 1 },
        ...kept,
      });
    const unflushed: string[] = [];
    await trainInFolder(path, start, {
      checkpointEvery: { seconds: 1e-3 },
      onEvent: ({ type }) => {
        if (type === "checkpoint") unflushed.push(...watched.unflushedNames, ...watched.unflushed);
      },
    });
    expect(unflushed).toEqual([]);
    const given = (name: string) => watched.renames.filter(({ to }) => basename(to) === name);
    expect(given("checkpoint.safetensors").length).toBeGreaterThan(1);
    expect(given("run.json").length).toBeGreaterThan(1);
    for (const { from, unflushed } of watched.renames) expect(unflushed).not.toContain(from);
    for (const { unflushed } of given("checkpoint.safetensors")) expect(unflushed).toEqual([]);
    expect([...watched.unflushedNames, ...watched.unflushed]).toEqual([]);
  });

  it("has a name that lasts: the previous checkpoint in place of a damaged one", async () => {
    const path = join(folder, "damaged");
    const { training } = await iris();
    const start = (kept: object) => train(sequential([dense(3)]), training, { ...kept, seed: 1, epochs: 40 }); // prettier-ignore
    await trainInFolder(path, start, { checkpointEvery: { seconds: 1e-3 } });
    truncateSync(join(path, "checkpoint.safetensors"), 100);
    watched.renames.length = 0;
    promote(path, readCheckpoint(path, true)!);
    expect(watched.renames.map(({ to }) => basename(to))).toEqual(["checkpoint.safetensors"]);
    expect([...watched.unflushedNames]).toEqual([]);
  });

  it("is on the device before, its name after: an entry of the cache, with all that is in it", async () => {
    const cacheFolder = join(folder, "cache");
    const rows = Array.from({ length: 50 }, (_, i) => `${i * i},${i % 2}`);
    const table = write("t.csv", ["a,y", ...rows].join("\n"));
    await storeTable(table, { target: "y", memory: 2 ** 20, cacheFolder });
    const [entry] = watched.renames;
    expect(watched.renames).toHaveLength(1);
    expect(entry!.unflushedNames).not.toContain(entry!.from);
    const inside = entry!.unflushed.filter((path) => path.startsWith(entry!.from + sep));
    // What was read in between is no longer there.
    expect(inside.filter((path) => existsSync(path.replace(entry!.from, entry!.to)))).toEqual([]);
    expect([...watched.unflushedNames]).toEqual([]);
  });
});
