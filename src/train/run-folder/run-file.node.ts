/** @file `run.json`: what a run is, from which it can be made again, and what came of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError, InputError } from "../../errors.ts";
import type { Identity } from "../checkpoint.ts";
import { replaceFile } from "./durable.node.ts";
import type { Json } from "../probe.ts";
import type { Environment } from "./environment.node.ts";
import { runFolderFiles } from "./names.ts";
import { codeOf, reasonOf } from "./system-error.node.ts";

/** How a run stands. One that was killed stays "running", without a living process. */
export type RunStatus = "running" | "done" | "stopped" | "diverged" | "failed";

/** What the caller says of a run. */
export interface RunAbout {
  /** From which the run can be made again; the library does not look into it. */
  readonly settings?: Json;
  /** Name, size and origin of the data. */
  readonly data?: Json;
  /** What was fitted on the training data. */
  readonly preprocessing?: Json;
  readonly command?: string;
  readonly seed?: number;
  /** What must be the same when the run goes on; from the first checkpoint by default. */
  readonly identity?: Identity;
}

/** The content of `run.json`. */
export interface RunFile extends RunAbout {
  readonly format: 1;
  readonly status: RunStatus;
  /** When the run was started. */
  readonly created: string;
  /** When and from which update it was gone on with. */
  readonly resumed: readonly ResumedEntry[];
  readonly environment: Environment;
  /** Whether there is a checkpoint. */
  readonly checkpointed: boolean;
  /** Why it failed, stopped or diverged. */
  readonly message: string | null;
  /** What came of it; null before its end. */
  readonly results: Json;
}

export interface ResumedEntry {
  readonly date: string;
  readonly updates: number;
  readonly command: string | null;
}

/** Reads `run.json` of a folder. @throws InputError when there is none, DataError when it is no such file */
export function readRunFile(folder: string): RunFile {
  const path = join(folder, runFolderFiles.run);
  const run = parsed(path, textOf(folder, path)) as Partial<RunFile> | null;
  if (typeof run !== "object" || run?.format === undefined)
    throw new DataError(`${path} does not describe a run of minibatch`);
  if ((run.format as number) !== 1)
    throw new DataError(
      `${path} is of format ${String(run.format)}, made by a later version of minibatch; this one reads format 1`,
    );
  return run as RunFile;
}

export function writeRunFile(folder: string, { results, ...about }: RunFile): void {
  const text = `${JSON.stringify({ ...about, results }, null, 2)}\n`; // What came of it stands last.
  replaceFile(join(folder, runFolderFiles.run), new TextEncoder().encode(text));
}

function textOf(folder: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error)))
      throw new InputError(`${folder} holds no run: there is no ${runFolderFiles.run} in it`, {
        cause: error,
      });
    throw new DataError(`${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${path} is damaged: it is not JSON`, { cause });
  }
}
