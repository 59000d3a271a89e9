/** @file `minibatch runs remove`: deletes what runs have left, and nothing else. */
import { existsSync, readdirSync, realpathSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { DataError, InputError } from "../../errors.ts";
import { formats } from "../../report/format.ts";
import { exitCode } from "../failure.ts";
import { lockHolder } from "../../train/run-folder/lock.node.ts";
import { runFolderFiles } from "../../train/run-folder/names.ts";
import { reasonOf } from "../../train/run-folder/system-error.node.ts";
import { printJson } from "../output.ts";
import type { RawOptions } from "../raw-options.ts";
import { readStoredRun, runPath } from "./stored-run.ts";

/** What runs write into their folders, also while it is not whole; whatever else lies there stays. */
const ownNames = Object.values(runFolderFiles).flatMap((name) => [name, `${name}.unfinished`]);

const { count, bytes } = formats("en");

/**
 * Runs the command: asks on a terminal, and needs `--yes` elsewhere. All are checked before one is removed.
 *
 * @throws InputError for what is no run folder, and for a run that is under way
 */
export async function removeRuns(names: readonly string[], options: RawOptions): Promise<void> {
  const paths = [...new Set(names.map(runPath))];
  paths.forEach(requireRemovable);
  const size = paths.flatMap(ownFiles).reduce((sum, file) => sum + statSync(file).size, 0);
  const what = `${paths.length === 1 ? (paths[0] ?? "") : `${count(paths.length)} runs`} (${sizeText(size)})`;
  if (options["yes"] !== true && !(await isConfirmed(what))) {
    process.stderr.write("nothing was removed\n");
    process.exitCode = exitCode.failed;
    return;
  }
  const removed = paths.map((path) => ({ path, left: removeRun(path) }));
  if (options["json"] === true) {
    printJson({ removed });
    return;
  }
  for (const { path, left } of removed)
    process.stdout.write(
      left.length === 0
        ? `removed ${path}\n`
        : `removed the run in ${path}; left what is not of the run: ${left.join(", ")}\n`,
    );
}

function sizeText(size: number): string {
  return size < 1e6 ? `${count(Math.ceil(size / 1000))} kB` : bytes(size).replace("\u00a0", " ");
}

/** @throws InputError */
function requireRemovable(path: string): void {
  const writer = lockHolder(path);
  if (writer !== undefined)
    throw new InputError(
      `${path} is under way: process ${writer.pid} of ${writer.host} writes to it; stop that first`,
    );
  try {
    readStoredRun(path);
  } catch (error) {
    // A run whose run.json is damaged can still be removed.
    const isRun = error instanceof DataError && existsSync(join(path, runFolderFiles.history));
    if (!isRun) throw error;
  }
}

function ownFiles(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && ownNames.includes(entry.name))
    .map(({ name }) => join(path, name));
}

/** Removes a run; what is left in its folder. @throws InputError */
function removeRun(path: string): readonly string[] {
  try {
    for (const file of ownFiles(path)) rmSync(file);
    const left = readdirSync(path);
    if (left.length > 0) return left;
    rmdirSync(realpathSync(path));
    // What is left of a link to the folder.
    rmSync(path, { force: true });
    return left;
  } catch (error) {
    throw new InputError(`${path} cannot be removed: ${reasonOf(error)}`, { cause: error });
  }
}

async function isConfirmed(what: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new InputError(`give --yes to remove ${what} without being asked`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`remove ${what}? [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
