/** @file A run with its folder: started, or gone on with when the folder holds it already. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CheckpointEvery } from "../checkpoint-times.ts";
import { DivergenceError } from "../divergence.ts";
import type { RunEvent } from "../events.ts";
import type { TrainOptions } from "../options.ts";
import type { TrainResult, TrainRun } from "../result.ts";
import { runFolderFiles } from "./names.ts";
import { createRun, openRun } from "./open-run.node.ts";
import type { RunAbout } from "./run-file.node.ts";
import type { RunFolder } from "./run-folder.node.ts";

/** Options of {@link trainInFolder}. */
export interface FolderOptions {
  /** `{ seconds: 60, epochs: 1 }` by default. */
  readonly checkpointEvery?: CheckpointEvery;
  /** What to write in `run.json` beside. */
  readonly about?: RunAbout;
  /** Stops the run, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Told of each event, once the folder has it. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** Options that a run needs to be kept in a folder. */
export type KeptOptions = Pick<TrainOptions, "checkpointEvery" | "resume" | "signal">;

/** When a run folder gets a checkpoint: each minute, and at the end of each epoch. */
export const usualCheckpoints: CheckpointEvery = { seconds: 60, epochs: 1 };

/**
 * Makes a run in a folder, which then holds its history, its checkpoints and what came of it. When the folder holds the run already, goes
 * on with it from its last checkpoint: a program that was killed is simply run again, and ends with the same bits.
 *
 * @param start starts the run with the options that it is given beside its own
 * @throws InputError when the folder is in use, or the run in it is another one; DataError when no checkpoint is good; RunFolderError when
 *   the folder can no longer be written to; DivergenceError
 * @example
 * const { model } = await trainInFolder("runs/mine", (kept) =>
 *   train(sequential([dense(64), relu(), dense(10)]), training, { epochs: 50, seed: 1, ...kept }),
 * );
 */
export async function trainInFolder(
  path: string,
  start: (kept: KeptOptions) => TrainRun,
  { checkpointEvery = usualCheckpoints, about = {}, signal, onEvent }: FolderOptions = {},
): Promise<TrainResult> {
  const folder = existsSync(join(path, runFolderFiles.run)) ? openRun(path) : createRun(path);
  try {
    folder.describe(about);
    const stop = new AbortController();
    const resume = folder.checkpoint;
    const run = start({
      checkpointEvery,
      ...(resume && { resume }),
      signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    });
    for await (const event of written(folder, run, stop)) onEvent?.(event);
    const result = await run.result;
    const { updates, examples, epochs, seconds, evaluationSeconds, reason } = result;
    folder.finish(reason === "aborted" ? "stopped" : "done", {
      results: { updates, examples, epochs, seconds, evaluationSeconds, ended: reason },
    });
    return result;
  } finally {
    folder.close();
  }
}

/**
 * The events of a run, each once the folder has it. When the run fails, the folder says why; when the folder fails, the run is stopped.
 *
 * @throws RunFolderError, and what the run rejects with
 */
export async function* written(
  folder: RunFolder,
  run: TrainRun,
  stop: AbortController,
): AsyncGenerator<RunEvent> {
  try {
    for await (const event of run) {
      folder.take(event);
      yield event;
    }
  } catch (error) {
    stop.abort();
    await run.result.catch(() => undefined);
    tellFailure(folder, error);
    throw error;
  } finally {
    stop.abort(); // For those who leave early; it is too late to matter otherwise.
  }
}

function tellFailure(folder: RunFolder, error: unknown): void {
  if (!folder.begun) return; // The folder is as it was.
  try {
    folder.finish(error instanceof DivergenceError ? "diverged" : "failed", {
      message: error instanceof Error ? error.message : String(error),
    });
  } catch {
    // The error that is thrown says more.
  }
}
