/** @file Where results go: files that are checked before the work starts and written whole, and standard output. */
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../errors.ts";
import { makeFolder } from "../train/run-folder/durable.node.ts";
import { reasonOf } from "../train/run-folder/system-error.node.ts";

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

/** Writes a file whole or not at all. */
export function writeWhole(file: string, content: string): void {
  const unfinished = besides(file);
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}

/** A file that is written piece by piece under another name, and gets its own when it is whole. */
export interface UnfinishedFile {
  /** Where to write. */
  readonly path: string;
  /** Gives it its name. */
  readonly keep: () => void;
  /** Removes it. */
  readonly discard: () => void;
}

/** A file to write to until it is whole. */
export function unfinishedFile(file: string): UnfinishedFile {
  const path = besides(file);
  return {
    path,
    keep: () => {
      renameSync(path, file);
    },
    discard: () => {
      rmSync(path, { force: true });
    },
  };
}

/** A name in the folder of `file` that nobody else uses. */
function besides(file: string): string {
  return join(dirname(file), `.minibatch-${process.pid}.tmp`);
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
