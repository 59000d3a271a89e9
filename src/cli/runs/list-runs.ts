/** @file `minibatch runs list`: the runs in a folder, and what else lies there. */
import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { InputError } from "../../errors.ts";
import { printJson } from "../output.ts";
import type { RawOptions } from "../raw-options.ts";
import { textWidth } from "../table.ts";
import { runsTable } from "./list-table.ts";
import { describeRun } from "./show-run.ts";
import { readStoredRun, runsFolder, type StoredRun } from "./stored-run.ts";

/** What is in a folder of runs. */
export interface RunsInFolder {
  /** From the oldest to the newest. */
  readonly runs: readonly StoredRun[];
  /** Folders that hold no run, or a damaged one, and why they cannot be shown. */
  readonly others: readonly { readonly path: string; readonly reason: string }[];
}

/** Runs the command. @throws InputError when there is no such folder */
export function listRuns(folder: string | undefined, options: RawOptions): void {
  const path = folder ?? runsFolder;
  if (folder !== undefined && !existsSync(folder))
    throw new InputError(
      `there is no folder ${folder}; the commands are runs list, show, compare and remove`,
    );
  const { runs, others } = runsIn(path);
  if (options["json"] === true) {
    printJson({ folder: path, runs: runs.map(describeRun), others });
    return;
  }
  const { stdout } = process;
  if (runs.length > 0) stdout.write(`${runsTable(runs, textWidth(stdout))}\n`);
  else stdout.write(`no runs in ${path}; minibatch train makes them\n`);
  for (const { path: other, reason } of others) stdout.write(`${other}: ${reason}\n`);
}

/** The runs below a folder; that of the folder itself, when it is one. */
export function runsIn(folder: string): RunsInFolder {
  const paths = existsSync(join(folder, "run.json")) ? [folder] : foldersIn(folder);
  const runs: StoredRun[] = [];
  const others: { path: string; reason: string }[] = [];
  for (const path of paths)
    try {
      runs.push(readStoredRun(path));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      others.push({ path, reason: reason.replace(path + sep, "").replace(`${path} `, "") });
    }
  const time = ({ created }: StoredRun): number => Date.parse(created ?? "") || 0;
  runs.sort((a, b) => time(a) - time(b) || a.name.localeCompare(b.name, "en", { numeric: true }));
  return { runs, others };
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new InputError(`${folder} is no folder that can be read`, { cause: error });
  }
}
