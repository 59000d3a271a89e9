/** @file The two checkpoints of a run folder: written so that a good one is there at every moment, read with what belongs to them. */
import { existsSync, linkSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "../../data/arrays/crc32.ts";
import { DataError } from "../../errors.ts";
import { decodeParts, withUpdates, type ColumnsBeside } from "../checkpoint-bytes.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { flushFolder, removeQuietly, unfinished, writeFlushed } from "./durable.node.ts";
import { runFolderFiles as files } from "./names.ts";
import { codeOf, reasonOf } from "./system-error.node.ts";
import { decodeRecords } from "./update-records.ts";

/** Makes `bytes` the checkpoint of a folder, and the one that was there the previous one. */
export function writeCheckpoint(folder: string, bytes: Uint8Array): void {
  const current = join(folder, files.checkpoint);
  const previous = join(folder, files.previous);
  writeFlushed(unfinished(current), bytes);
  if (existsSync(current)) keepAs(current, previous);
  renameSync(unfinished(current), current);
  flushFolder(folder);
}

/** Gives a file a second name, in place of the file that had it; where there are no second names, moves it there. */
function keepAs(path: string, other: string): void {
  const link = unfinished(other);
  removeQuietly(link);
  try {
    linkSync(path, link);
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw error;
    renameSync(path, other);
    return;
  }
  renameSync(link, other);
  removeQuietly(link); // It stays where both names are of one file already.
}

/** A checkpoint that is good, with what belongs to it in the other files. */
export interface FoundCheckpoint {
  /** With the columns of its updates. */
  readonly checkpoint: Checkpoint;
  readonly beside: ColumnsBeside;
  readonly file: typeof files.checkpoint | typeof files.previous;
  /** What is wrong with the newer one; undefined when this is the newest. */
  readonly damage: string | undefined;
}

/**
 * The newest checkpoint that is good. The history is a log, without which a run can go on: where no checkpoint has all of its own, the newest is taken with
 * what there is of it.
 *
 * @param expected whether there must be one
 * @returns undefined when none was ever written
 * @throws DataError when there should be one and none is good, naming the files and why
 */
export function readCheckpoint(folder: string, expected: boolean): FoundCheckpoint | undefined {
  const damages: string[] = [];
  for (const historyOf of [wholeHistory, whatIsLeft])
    for (const file of [files.checkpoint, files.previous] as const)
      try {
        return { ...readGood(folder, file, historyOf), file, damage: damages[0] };
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        damages.push(error.message);
      }
  const missing = [files.checkpoint, files.previous].every(
    (file) => !existsSync(join(folder, file)),
  );
  if (missing && !expected) return undefined;
  const reasons = [...new Set(damages)].join("; ");
  throw new DataError(
    `no checkpoint of the run in ${folder} is good, so it cannot go on: ${reasons}\nstart it anew in another folder`,
  );
}

/** Makes the checkpoint that was found the current one, when it is the previous. */
export function promote(folder: string, { file }: FoundCheckpoint): void {
  if (file === files.checkpoint) return;
  const current = join(folder, files.checkpoint);
  const previous = join(folder, files.previous);
  keepAs(previous, current);
  flushFolder(folder);
}

/** @throws DataError for a file that is missing, unreadable, cut or damaged, and for one whose files beside it are */
function readGood(
  folder: string,
  file: string,
  historyOf: typeof wholeHistory,
): { readonly checkpoint: Checkpoint; readonly beside: ColumnsBeside } {
  const path = join(folder, file);
  const { checkpoint, beside } = decodeParts(readExisting(path), path);
  if (beside === undefined) throw new DataError(`${path} is not of a run folder`);
  const records = firstGood(join(folder, files.updates), beside.updates, path);
  const history = historyOf(join(folder, files.history), beside.history, path);
  const columns = decodeRecords(records, beside.updates.spans, beside.gradientNorm);
  return { checkpoint: withUpdates(checkpoint, columns), beside: { ...beside, history } };
}

/** The first bytes of a file, and their CRC-32. */
type Mark = ColumnsBeside["history"];

/** The history that belongs to a checkpoint. @throws DataError where it is not as it was written */
function wholeHistory(path: string, mark: Mark, checkpoint: string): Mark {
  firstGood(path, mark, checkpoint);
  return mark;
}

/** Of a history that is cut or damaged, the whole lines that are there. */
function whatIsLeft(path: string, { bytes }: Mark): Mark {
  const there = existsSync(path) ? readExisting(path).subarray(0, bytes) : new Uint8Array(0);
  const lines = there.subarray(0, there.lastIndexOf(newline) + 1);
  return { bytes: lines.length, crc32: crc32(lines) };
}

const newline = 10;

/** The first bytes of a file as they were written. @throws DataError */
function firstGood(path: string, mark: Mark, checkpoint: string): Uint8Array {
  const bytes = firstBytes(path, mark.bytes, checkpoint);
  if (crc32(bytes) === mark.crc32) return bytes;
  throw new DataError(
    `${path} is damaged: its first ${bytes.length} bytes, to ${checkpoint}, are not as they were written`,
  );
}

function firstBytes(path: string, count: number, checkpoint: string): Uint8Array {
  const bytes = readExisting(path);
  if (bytes.length >= count) return bytes.subarray(0, count);
  throw new DataError(
    `${path} is cut: ${count} bytes of it belong to ${checkpoint}, got ${bytes.length}`,
  );
}

function readExisting(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = codeOf(error) === "ENOENT";
    throw new DataError(
      missing ? `${path} is missing` : `${path} cannot be read: ${reasonOf(error)}`,
      { cause: error },
    );
  }
}
