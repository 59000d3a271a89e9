/** @file Making a run folder, and opening one to go on with its run. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { InputError } from "../../errors.ts";
import { readCheckpoint } from "./checkpoint-files.node.ts";
import { makeFolder } from "./durable.node.ts";
import { environment } from "./environment.node.ts";
import { lockFolder, type FolderLock } from "./lock.node.ts";
import { runFolderFiles } from "./names.ts";
import { readRunFile, type RunAbout, type RunFile } from "./run-file.node.ts";
import { runToGoOn } from "./read-run.node.ts";
import { RunFolder } from "./run-folder.node.ts";
import { reasonOf } from "./system-error.node.ts";

/**
 * Makes a run folder, with the folders above it. `run.json` is written with the first event of the run.
 *
 * @throws InputError when it holds a run already, is in use by another process, or cannot be written to
 * @example const folder = createRun("runs/mine", { settings: { batchSize: 32 } });
 */
export function createRun(path: string, about: RunAbout = {}): RunFolder {
  const isNew = !existsSync(path);
  return withLock(path, true, (lock) => {
    if (existsSync(join(path, runFolderFiles.run)))
      throw new InputError(`${path} holds a run already`);
    const run: RunFile = {
      format: 1,
      status: "running",
      created: new Date().toISOString(),
      resumed: [],
      environment: environment(),
      checkpointed: false,
      message: null,
      ...about,
      results: null,
    };
    const state = isNew ? "new folder" : "new run";
    return new RunFolder(path, { lock, run, state, found: undefined });
  });
}

/**
 * Opens the folder of a run to go on with it. Nothing in it changes before the first event.
 *
 * @throws InputError when it holds no run or is in use by another process; DataError when no checkpoint is good
 * @example
 * const folder = openRun("runs/mine");
 * const resume = folder.checkpoint;
 * const run = train(model, data, { ...options, checkpointEvery: { seconds: 60 }, ...(resume && { resume }) });
 * for await (const event of run) folder.take(event);
 * folder.finish("done");
 * folder.close();
 */
export function openRun(path: string): RunFolder {
  runToGoOn(path);
  return withLock(path, false, (lock) => {
    const run = { ...readRunFile(path), environment: environment() };
    const found = readCheckpoint(path, run.checkpointed);
    return new RunFolder(path, { lock, run, state: "run", found });
  });
}

function withLock(path: string, make: boolean, work: (lock: FolderLock) => RunFolder): RunFolder {
  const lock = locked(path, make);
  try {
    return work(lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function locked(path: string, make: boolean): FolderLock {
  try {
    if (make) makeFolder(resolve(path));
    return lockFolder(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be written to (${reasonOf(error)})`, { cause: error });
  }
}
