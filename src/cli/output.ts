/** @file Where results go: files that are checked before the work starts and written whole, and standard output. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../errors.ts";

/**
 * Makes sure that `file` can be written: its folder is created if it is missing, and a file next to it is written and
 * removed. `option` names what to change.
 *
 * @throws InputError
 */
export function requireWritable(option: string, file: string): void {
  try {
    makeFolder(resolve(dirname(file)));
    const trial = besides(file);
    writeFileSync(trial, "");
    rmSync(trial);
  } catch (error) {
    throw new InputError(
      `${option}: ${dirname(file)} cannot be written to (${reasonOf(error)}); give a folder that can`,
    );
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new InputError(`${option}: ${file} is a folder; give the name of a file`);
}

/**
 * Creates a folder with those above it. One at a time: Node's own recursive form does not end where a file system
 * answers "no such folder" for a folder whose parent is there, as /proc does.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Writes a file whole or not at all. */
export function writeWhole(file: string, content: string): void {
  const unfinished = besides(file);
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

/** A name in the folder of `file` that nobody else uses. */
function besides(file: string): string {
  return join(dirname(file), `.minibatch-${process.pid}.tmp`);
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const known: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "not permitted",
    EROFS: "read-only file system",
    ENOTDIR: "part of the path is a file",
    EEXIST: "there is a file of that name",
    ENOENT: "no such folder",
    ENOSPC: "no space left",
  };
  return known[code] ?? (error instanceof Error ? error.message : code);
}

/** One JSON document on standard output. Numbers that are not finite become null, typed arrays arrays. */
export function printJson(value: unknown): void {
  const plain = (_key: string, entry: unknown): unknown =>
    ArrayBuffer.isView(entry) ? Array.from(entry as Float64Array) : entry;
  process.stdout.write(`${JSON.stringify(value, plain)}\n`);
}

/** A reader that has gone away (`minibatch … | head`) does not end the work: what is left of it still goes to files. */
export function tolerateClosedPipes(): void {
  for (const output of [process.stdout, process.stderr])
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}
