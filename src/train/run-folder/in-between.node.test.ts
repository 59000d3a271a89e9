/** What may happen between two calls of the file system: another process comes first, or a write ends half-way. */
import type * as FileSystem from "node:fs";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { AppendFile } from "./append-file.node.ts";
import { lockFolder } from "./lock.node.ts";
import { thisProcess } from "./process-identity.node.ts";

const between = vi.hoisted(() => ({
  /** Called once a file was opened. */
  opened: undefined as ((path: string) => void) | undefined,
  /** Bytes that the disk has room for. */
  room: Infinity,
}));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof FileSystem>();
  const opening: typeof fs.openSync = (path, ...rest) => {
    const file = fs.openSync(path, ...rest);
    between.opened?.(String(path));
    return file;
  };
  const writing = (file: number, bytes: Uint8Array | string, ...rest: number[]): number => {
    if (typeof bytes === "string") return fs.writeSync(file, bytes);
    const [offset = 0, length = bytes.length, position] = rest;
    const count = Math.min(length, between.room);
    if (count === 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    between.room -= count;
    return fs.writeSync(file, bytes, offset, count, position);
  };
  return { ...fs, openSync: opening, writeSync: writing };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minibatch-between-"));
  Object.assign(between, { opened: undefined, room: Infinity });
});

it("the lock of a dead process that another has taken over meanwhile is left to that one", () => {
  const lock = join(folder, "lock");
  const dead = JSON.stringify({ pid: 2 ** 22 + 1, started: null, host: hostname() });
  const other = JSON.stringify({ ...thisProcess(), key: "another's" });
  writeFileSync(lock, dead);
  between.opened = (path) => {
    // Between the look at the dead one's and the right to remove it.
    if (path.endsWith(".takeover")) writeFileSync(lock, other);
  };
  expect(() => lockFolder(folder)).toThrow("is in use");
  expect(readFileSync(lock, "utf8")).toBe(other);
});

it("what a full disk takes half of is cut off again, so that a shorter line may follow", () => {
  const path = join(folder, "history.jsonl");
  const file = new AppendFile(path);
  const append = (text: string): void => {
    file.append(new TextEncoder().encode(text));
  };
  append("one\n");
  between.room = 9;
  expect(() => {
    append("a line that is too long\n");
  }).toThrow("full");
  expect(readFileSync(path, "utf8")).toBe("one\n");
  between.room = Infinity;
  append("two\n");
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(file.mark.bytes).toBe(8);
  file.close();
});
