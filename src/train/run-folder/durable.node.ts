/** @file Writes that last: they are on the device when the call returns, whole or not at all. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
  type PathLike,
} from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "./system-error.node.ts";

/** Writes all bytes at `position`: a system call may write fewer. */
export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length;)
    at += writeSync(file, bytes, at, bytes.length - at, position + at);
}

/** Writes a file that is on the device when the call returns. What an error leaves of it is removed. */
export function writeFlushed(path: string, bytes: Uint8Array): void {
  try {
    const file = openSync(path, "w");
    try {
      writeAll(file, bytes, 0);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
}

/** Name of a file that is not yet whole, beside the one that it is to become. */
export function unfinished(path: string): string {
  return `${path}.unfinished`;
}

/** Replaces a file: at every moment the old one or the new one is there. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  writeFlushed(unfinished(path), bytes);
  renameSync(unfinished(path), path);
  flushFolder(dirname(path));
}

/** Makes the names in a folder last, where the system can (Windows cannot, and need not). */
export function flushFolder(path: PathLike): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (error) {
    if (!["EPERM", "EACCES", "EISDIR", "EINVAL"].includes(codeOf(error))) throw error;
  }
}

export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is only in the way.
  }
}

/**
 * Makes a folder with those above it. One at a time: Node's own recursive form does not end where a file system
 * answers "no such folder" for a folder whose parent is there, as /proc does.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
