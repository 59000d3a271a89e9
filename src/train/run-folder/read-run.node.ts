/** @file What lies in a run folder, for those who only look. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../../errors.ts";
import type { Checkpoint } from "../checkpoint.ts";
import type { Moment } from "../history.ts";
import type { Json } from "../probe.ts";
import { readCheckpoint } from "./checkpoint-files.node.ts";
import { lockHolder, type LockHolder } from "./lock.node.ts";
import { runFolderFiles } from "./names.ts";
import { readRunFile, type RunFile } from "./run-file.node.ts";
import { codeOf, reasonOf } from "./system-error.node.ts";

/** A run in its folder. */
export interface StoredRun {
  readonly path: string;
  /** `run.json`. */
  readonly run: RunFile;
  /** The living process that makes the run; a run that is "running" without one was killed. */
  readonly writer: LockHolder | undefined;
}

/** An event as `history.jsonl` holds it: without arrays; numbers that are not finite are null. */
export interface StoredEvent extends Partial<Moment> {
  readonly type: string;
  readonly [name: string]: Json | undefined;
}

/**
 * What a run is, and how it stands.
 *
 * @throws InputError when the folder holds no run, DataError when `run.json` is damaged
 * @example const { run, writer } = readRun("runs/mine");
 */
export function readRun(path: string): StoredRun {
  return { path, run: readRunFile(path), writer: lockHolder(path) };
}

/**
 * The newest good checkpoint of a run, with the columns of its updates; undefined before the first. A damaged `run.json` is no hindrance.
 *
 * @throws InputError when the folder holds no run, DataError when no checkpoint is good
 * @example const parameters = readRunCheckpoint("runs/mine")?.parameters;
 */
export function readRunCheckpoint(path: string): Checkpoint | undefined {
  return readCheckpoint(path, isCheckpointed(path))?.checkpoint;
}

/** Whether there must be a checkpoint: a damaged `run.json` cannot say that there need not. */
function isCheckpointed(path: string): boolean {
  try {
    return readRunFile(path).checkpointed;
  } catch (error) {
    if (error instanceof DataError) return true;
    throw error;
  }
}

/**
 * `run.json` of a run that is to go on.
 *
 * @throws InputError when the folder holds no run; DataError when it is damaged, which says what else of the run is good
 */
export function runToGoOn(path: string): RunFile {
  try {
    return readRunFile(path);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`${error.message}${whatIsGood(path)}`, { cause: error });
  }
}

/** What can be done without `run.json`. */
function whatIsGood(path: string): string {
  const model = join(path, runFolderFiles.model);
  const from = existsSync(model) ? `; or start a new run from its model, by --model ${model}` : "";
  try {
    const { updates } = readCheckpoint(path, true)!.checkpoint.position;
    return `\nits checkpoint, of update ${updates}, is good: go on in a program that gives train the options of the run and resume: readRunCheckpoint("${path}")${from}`;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return `\n${error.message}${from}`;
  }
}

/**
 * The events of a run so far. A line that is not whole, as a process leaves it that is killed or still writes, is left out.
 *
 * @throws DataError for a file that cannot be read, and for other lines that are no JSON
 */
export function readEvents(path: string): readonly StoredEvent[] {
  const file = join(path, runFolderFiles.history);
  const lines = textOf(file).split("\n").slice(0, -1);
  return lines.map((line, i) => {
    try {
      return JSON.parse(line) as StoredEvent;
    } catch (cause) {
      throw new DataError(`${file} is damaged: line ${i + 1} is not JSON`, { cause });
    }
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw new DataError(`${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}
