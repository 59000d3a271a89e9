/** The two checkpoints of a folder: one is good whatever happens. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import type * as FileSystem from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { someCheckpoint } from "../../../test/support/checkpoints.ts";
import { crc32 } from "../../data/arrays/crc32.ts";
import { DataError } from "../../errors.ts";
import { encodeCheckpoint } from "../checkpoint-bytes.ts";
import { promote, readCheckpoint, writeCheckpoint } from "./checkpoint-files.node.ts";
import { encodeRecords } from "./update-records.ts";

/** Calls that change the file system: the one with this number, and all after it, are not made. */
const fault = vi.hoisted(() => ({ calls: 0, last: Infinity, links: true }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof FileSystem>();
  const changing = <T extends unknown[], R>(call: (...args: T) => R) =>
    function faulty(...args: T): R {
      if (++fault.calls > fault.last) throw Object.assign(new Error("killed"), { code: "KILLED" });
      return call(...args);
    };
  return {
    ...fs,
    writeSync: changing(fs.writeSync as (...args: unknown[]) => number),
    fsyncSync: changing(fs.fsyncSync),
    renameSync: changing(fs.renameSync),
    rmSync: changing(fs.rmSync),
    linkSync: changing((from: string, to: string) => {
      if (!fault.links) throw Object.assign(new Error("no links here"), { code: "EPERM" });
      fs.linkSync(from, to);
    }),
  };
});

let folder: string;
const at = (name: string): string => join(folder, name);
const [current, previous] = ["checkpoint.safetensors", "checkpoint.previous.safetensors"] as const;

/** The bytes of a checkpoint after so many updates, with what belongs to it in the other files. */
function bytesOf(updates: number): Uint8Array {
  const checkpoint = someCheckpoint(updates);
  const records = encodeRecords(checkpoint.history.updates, 0);
  writeFileSync(at("updates.bin"), records);
  const lines = new TextEncoder().encode("{}\n".repeat(updates));
  writeFileSync(at("history.jsonl"), lines);
  return encodeCheckpoint(checkpoint, {
    beside: {
      updates: { bytes: records.length, crc32: crc32(records), spans: [[0, updates]] },
      history: { bytes: lines.length, crc32: crc32(lines) },
    },
  });
}

const found = () => readCheckpoint(folder, true);
const updatesFound = () => found()?.checkpoint.position.updates;

beforeEach(() => {
  Object.assign(fault, { calls: 0, last: Infinity, links: true });
  folder = mkdtempSync(join(tmpdir(), "minibatch-checkpoints-"));
});

describe("writing", () => {
  it("keeps the checkpoint and the one before it, and nothing else", () => {
    for (const updates of [1, 2, 3]) writeCheckpoint(folder, bytesOf(updates));
    expect(updatesFound()).toBe(3);
    expect(found()?.checkpoint).toStrictEqual(someCheckpoint(3));
    rmSync(at(current));
    expect(found()).toMatchObject({ file: previous, damage: `${at(current)} is missing` });
    expect(updatesFound()).toBe(2);
    expect(readdirSync(folder).sort()).toEqual([previous, "history.jsonl", "updates.bin"]);
  });

  it.each([
    ["with hard links", true],
    ["without", false],
  ])("leaves a good one wherever it is cut off, %s", (_, links) => {
    const write = (updates: number) => {
      writeCheckpoint(folder, bytesOf(updates));
    };
    let cut = 0;
    let updates = 2;
    for (; ; cut++) {
      write(updates - 1);
      write(updates);
      Object.assign(fault, { calls: 0, last: cut, links });
      let whole = true;
      try {
        write(updates + 1);
      } catch {
        whole = false;
      }
      Object.assign(fault, { last: Infinity, links: true });
      expect([updates, updates + 1], `cut off after ${cut} calls`).toContain(updatesFound());
      write(updates + 2);
      expect(found()).toMatchObject({ file: current, damage: undefined });
      expect(updatesFound()).toBe(updates + 2);
      if (whole) break;
      updates += 4;
    }
    expect(cut).toBeGreaterThanOrEqual(5);
  });
});

describe("damage", () => {
  beforeEach(() => {
    for (const updates of [1, 2]) writeCheckpoint(folder, bytesOf(updates));
  });

  it("by a flipped bit at any of many offsets makes the previous one count, and names the file", () => {
    const good = readFileSync(at(current));
    for (let offset = 0; offset < good.length; offset += 37) {
      const bytes = Uint8Array.from(good);
      bytes[offset]! ^= 1 << (offset % 8);
      writeFileSync(at(current), bytes);
      expect(updatesFound(), `offset ${offset}`).toBe(1);
      expect(found()?.file).toBe(previous);
      expect(found()?.damage).toMatch(
        /\/checkpoint\.safetensors is (no checkpoint, )?cut or damaged: /,
      );
    }
  });

  it("by cutting", () => {
    const { length } = readFileSync(at(current));
    for (const size of [length - 1, length >> 1, 100, 7, 0]) {
      truncateSync(at(current), size);
      expect(updatesFound(), `${size} bytes`).toBe(1);
    }
  });

  it("of both is an error that names both", () => {
    truncateSync(at(current), 50);
    truncateSync(at(previous), 500);
    expect(found).toThrow(DataError);
    expect(found).toThrow(
      /^no checkpoint of the run in .* is good, so it cannot go on: .*checkpoint\.safetensors is .*; .*checkpoint\.previous\.safetensors is .*\nstart it anew in another folder$/,
    );
  });

  it("of one that has no previous one is an error, and so is a missing one", () => {
    rmSync(at(previous));
    truncateSync(at(current), 50);
    expect(found).toThrow(DataError);
    rmSync(at(current));
    expect(found).toThrow(/checkpoint\.safetensors is missing; .*previous\.safetensors is missing/);
    expect(readCheckpoint(folder, false)).toBeUndefined();
  });

  it("of the files beside it makes the previous one count, as far as theirs are good", () => {
    const records = readFileSync(at("updates.bin"));
    const changed = Uint8Array.from(records);
    changed[40]! ^= 1; // of the second update
    writeFileSync(at("updates.bin"), changed);
    expect(updatesFound()).toBe(1);
    expect(found()?.damage).toMatch(/updates\.bin is damaged: its first 64 bytes/);
    writeFileSync(at("updates.bin"), records);
  });

  it.each([
    ["a flipped bit in its last line", "{}\n{|\n", /is damaged: its first 6 bytes/],
    ["a line that is missing", "{}\n", /is cut: 6 bytes of it belong to .*, got 3/],
    ["half a line", "{}\n{}", /is cut: 6 bytes/],
  ])(
    "of the history by %s makes the previous one count, which has all of its own",
    (_, text, damage) => {
      writeFileSync(at("history.jsonl"), text);
      expect(updatesFound()).toBe(1);
      expect(found()?.damage).toMatch(damage);
    },
  );

  it.each([
    ["{|\n{}\n", 6],
    ["{}{}\n", 5],
    ["{", 0],
    ["", 0],
    [undefined, 0],
  ])(
    "of the history of both, %j, keeps the newest with the whole lines that are there",
    (text, kept) => {
      if (text === undefined) rmSync(at("history.jsonl"));
      else writeFileSync(at("history.jsonl"), text);
      expect(updatesFound()).toBe(2);
      expect(found()).toMatchObject({ file: current });
      expect(found()?.damage).toMatch(/history\.jsonl is (damaged|cut|missing)/);
      const lines = new TextEncoder().encode((text ?? "").slice(0, kept));
      expect(found()?.beside.history).toEqual({ bytes: kept, crc32: crc32(lines) });
    },
  );

  it("is gone once the previous one was promoted, and the next is written over it", () => {
    truncateSync(at(current), 50);
    promote(folder, found()!);
    expect(found()).toMatchObject({ file: current, damage: undefined });
    expect(updatesFound()).toBe(1);
    writeCheckpoint(folder, bytesOf(3));
    expect(updatesFound()).toBe(3);
    rmSync(at(current));
    expect(updatesFound()).toBe(1);
  });
});
