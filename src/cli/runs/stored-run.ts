/** @file A run in its folder, as far as it can be told: finished, under way, interrupted or damaged. */
import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join, resolve } from "node:path";
import { DataError, InputError } from "../../errors.ts";
import type { Moment } from "../../train/history.ts";
import { runFolderFiles } from "../../train/run-folder/names.ts";
import { readRun } from "../../train/run-folder/read-run.node.ts";
import { fieldsOf, numberOf, textOf, wordOf, type Fields } from "./fields.ts";
import { changesOf, entriesOf, readLast } from "./history.ts";
import { factsOf, type RunFacts } from "./run-facts.ts";

/** How a run stands; "interrupted": it has not ended, and no process makes it. */
export type RunState = "running" | "interrupted" | "done" | "stopped" | "diverged" | "failed";

const states = ["running", "done", "stopped", "diverged", "failed"] as const;

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
  const { run, writer } = readRun(path);
  const status = wordOf(run.status, states);
  if (status === null)
    throw new DataError(`${join(path, runFolderFiles.run)} does not say how the run stands`);
  const results = fieldsOf(run.results);
  const reached = momentOf(results);
  const events = reached === null ? readLast(path) : [];
  const last = entriesOf(events);
  const name =
    writer && `process ${writer.pid}${writer.host === hostname() ? "" : ` of ${writer.host}`}`;
  return {
    name: basename(resolve(path)),
    path,
    status: status === "running" && writer === undefined ? "interrupted" : status,
    writer: name ?? null,
    message: textOf(run.message),
    created: textOf(run.created),
    facts: factsOf(fieldsOf(run), last, changesOf(events)),
    reached: reached ?? last.at(-1) ?? null,
    file: fieldsOf(run),
  };
}

function momentOf(fields: Fields): Moment | null {
  const updates = numberOf(fields["updates"]);
  if (updates === null) return null;
  const of = (name: string): number => numberOf(fields[name]) ?? NaN;
  return { updates, examples: of("examples"), epochs: of("epochs"), seconds: of("seconds") };
}
