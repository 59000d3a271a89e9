/** @file Starting a worker from the sources of a checkout or from the build. */
import { Worker } from "node:worker_threads";

/**
 * A worker that runs the file `name`, without its extension, beside `from`. It does not keep the process alive.
 *
 * In a checkout it is TypeScript, for which a worker needs a loader of its own: it inherits none that the program has registered.
 *
 * @param from `import.meta.url` of the caller
 */
export function startWorker(from: string, name: string, workerData: unknown): Worker {
  const extension = from.endsWith(".ts") ? ".ts" : ".js";
  const worker = new Worker(new URL(`${name}${extension}`, from), {
    workerData,
    execArgv:
      extension === ".ts" ? ["--import", new URL("typescript.mjs", import.meta.url).href] : [],
  });
  worker.unref();
  return worker;
}
