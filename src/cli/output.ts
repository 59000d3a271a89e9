/** @file Where results go: files that are checked before the work starts and written whole, and standard output. */
import {
  accessSync,
  constants,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError, RuntimeError } from "../errors.ts";
import { makeFolder, writeFlushed } from "../train/run-folder/durable.node.ts";
import { reasonOf } from "../train/run-folder/system-error.node.ts";

/**
 * Makes sure that `file` can be written: its folder is created if it is missing, and a file next to it is written and
 * removed. `option` names what to change.
 *
 * @throws InputError
 */
export function requireWritable(option: string, file: string): void {
  if (existsSync(file) && statSync(file).isDirectory())
    throw new InputError(`${option}: ${file} is a folder; give the name of a file`);
  const { path, replaced } = destinationOf(file);
  try {
    if (!replaced) {
      accessSync(path, constants.W_OK);
      return;
    }
    makeFolder(resolve(dirname(path)));
    const trial = besides(path);
    writeFileSync(trial, "");
    rmSync(trial);
  } catch (error) {
    throw new InputError(
      `${option}: ${replaced ? dirname(path) : file} cannot be written to (${reasonOf(error)}); give a ${replaced ? "folder" : "file"} that can`,
    );
  }
}

/** Where the bytes of a file go. */
interface Destination {
  readonly path: string;
  /** Whether a new file takes its place, which happens at once; what is no file (a device, a pipe) is written to instead. */
  readonly replaced: boolean;
}

/** The destination that `file` names: of a link what it points to, so that the link stays. */
function destinationOf(file: string): Destination {
  if (!existsSync(file)) return { path: file, replaced: true };
  return statSync(file).isFile()
    ? { path: realpathSync(file), replaced: true }
    : { path: file, replaced: false };
}

/** Writes a file whole or not at all. @throws RuntimeError that names the file */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const { path, replaced } = destinationOf(file);
  const unfinished = besides(path);
  try {
    if (!replaced) {
      writeFileSync(path, bytes);
      return;
    }
    writeFlushed(unfinished, bytes);
    renameSync(unfinished, path);
  } catch (error) {
    if (replaced) rmSync(unfinished, { force: true });
    throw new RuntimeError(`${file} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
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
  const { path: whole, replaced } = destinationOf(file);
  if (!replaced) return { path: whole, keep: nothing, discard: nothing };
  const path = besides(whole);
  return {
    path,
    keep: () => {
      renameSync(path, whole);
    },
    discard: () => {
      rmSync(path, { force: true });
    },
  };
}

const nothing = (): void => undefined;

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

/** A reader that has gone away (`minibatch … | head`) or a terminal that was closed does not end the work: what is left of it still goes to files. */
export function tolerateClosedPipes(): void {
  for (const output of [process.stdout, process.stderr])
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    });
}
