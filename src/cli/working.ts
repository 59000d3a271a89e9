/** @file What surrounds the work of a command: progress, signals, memory. */
import { memoryProbe } from "./memory.node.ts";
import { progressOn, type Progress } from "./progress.ts";
import type { MemoryProbe } from "../advisor/compare-options.ts";
import { listenForStop } from "./signals.ts";

/** What the work of a command is given. */
export interface Surroundings {
  readonly progress: Progress;
  /** Aborted by Ctrl-C and by termination. */
  readonly signal: AbortSignal;
  readonly memory: MemoryProbe;
}

/**
 * Does `work`, and puts everything back after it: listeners, timers, the terminal. Resolves to the exit code of the signal that
 * stopped it, or to what the work says.
 *
 * @param stopping what becomes of the work when it is stopped
 */
export async function surrounded(
  quiet: boolean,
  work: (surroundings: Surroundings) => Promise<number>,
  stopping = "what is done by now is kept",
): Promise<number> {
  const progress = progressOn(process.stderr, quiet);
  const stop = listenForStop(
    () => {
      progress.note(`stopping: ${stopping} (Ctrl-C again ends at once)`);
    },
    () => {
      progress.end();
    },
  );
  const memory = memoryProbe();
  try {
    const code = await work({ progress, signal: stop.signal, memory });
    return stop.code() ?? code;
  } finally {
    memory.close();
    progress.clear();
    stop.close();
  }
}
