/** @file A run in its folder, as far as it can be told: finished, under way, interrupted or damaged. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { DataError, InputError } from "../../errors.ts";
import { fieldsOf, numberOf, textOf, wordOf, type Fields } from "./fields.ts";
import { readLast, type Moment } from "./history.ts";
import { factsOf, type RunFacts } from "./run-facts.ts";
import { writerOf } from "./writer.ts";

/** How a run stands; "interrupted": it has not ended, and no process makes it. */
export type RunState = "running" | "interrupted" | "done" | "stopped" | "diverged" | "failed";

/** A run. */
export interface StoredRun {
  /** The name of its folder. */
  readonly name: string;
  readonly path: string;
  readonly status: RunState;
  /** The process that makes it, in words. */
  readonly writer: string | null;
  /** Why it failed or diverged. */
  readonly message: string | null;
  /** When it was started, as ISO 8601. */
  readonly created: string | null;
  readonly facts: RunFacts;
  /** How far it came; null before its first updates. */
  readonly reached: Moment | null;
  /** The content of run.json. */
  readonly file: Fields;
}

/** Where runs are that are not told where to go. */
export const runsFolder = "runs";

/** The folder of a run by its path, or by its name in `runs`. @throws InputError when there is none */
export function runPath(run: string): string {
  const below = join(runsFolder, run);
  if (existsSync(run)) return run;
  if (existsSync(below)) return below;
  throw new InputError(`there is no run ${run}; minibatch runs lists those in ${runsFolder}`);
}

/** Reads a run. @throws InputError when the folder holds none, DataError when its run.json is damaged */
export function readStoredRun(path: string): StoredRun {
  const file = readRunFile(path);
  const results = fieldsOf(file["results"]);
  const ended = textOf({ ...file, ...results }["ended"]);
  const writer = writerOf(path);
  const last = numberOf({ ...file, ...results }["updates"]) === null ? readLast(path) : [];
  return {
    name: basename(resolve(path)),
    path,
    status: statusOf(file, ended, writer),
    writer,
    message: textOf(file["message"]),
    created: textOf(file["created"]) ?? textOf(fieldsOf(file["environment"])["date"]),
    facts: factsOf(file, last),
    reached: momentOf({ ...file, ...results }) ?? last.at(-1) ?? null,
    file,
  };
}

function readRunFile(folder: string): Fields {
  const path = join(folder, "run.json");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new InputError(`${folder} is no run folder: it is a file`);
  if (!existsSync(path))
    throw new InputError(`${folder} is no run folder: there is no run.json in it`);
  let file: Fields;
  try {
    file = fieldsOf(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? "damaged: it is not JSON" : String(cause);
    throw new DataError(`${path} is ${what}`, { cause });
  }
  const [format, model, settings] = ["format", "model", "settings"].map((name) => file[name]);
  if (format !== undefined && format !== 1)
    throw new DataError(
      `${path} is of format ${JSON.stringify(format)}, made by a later version of minibatch; this one reads format 1`,
    );
  if (format === undefined && model === undefined && settings === undefined)
    throw new DataError(`${path} does not describe a run of minibatch`);
  return file;
}

function statusOf(file: Fields, ended: string | null, writer: string | null): RunState {
  const states = ["running", "done", "stopped", "diverged", "failed"] as const;
  const status = wordOf(file["status"], states) ?? (ended === "aborted" ? "stopped" : "done");
  return status === "running" && writer === null ? "interrupted" : status;
}

function momentOf(fields: Fields): Moment | null {
  const updates = numberOf(fields["updates"]);
  if (updates === null) return null;
  const of = (name: string): number => numberOf(fields[name]) ?? NaN;
  return { updates, examples: of("examples"), epochs: of("epochs"), seconds: of("seconds") };
}
