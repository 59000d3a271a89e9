/** @file The thread that reads rows: the main one waits inside ONNX Runtime meanwhile. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../errors.ts";
import { gatherer, type Window } from "./gather.ts";
import { watchReads, type WatchedReads } from "./read-costs.ts";
import type { RowAnswer, RowRequest, RowWorkerData } from "./row-messages.ts";

const { path, layout, size, windowRows } = workerData as RowWorkerData;
let fill: ((window: Window) => void) | undefined;

invariant(parentPort !== null, "rows are read in a worker");
const port = parentPort;
port.on("message", ({ buffers, length }: RowRequest) => {
  const answer: RowAnswer = {
    buffers,
    ...attempt(() => {
      read({ buffers, length });
    }),
  };
  port.postMessage(answer, Object.values(buffers) as ArrayBuffer[]);
});

function read({ buffers: { x, y, rows }, length }: RowRequest): void {
  fill ??= gathererOf(openRecords());
  fill({ x, y, rows: new Uint32Array(rows, 0, length) });
}

function gathererOf(read: WatchedReads["read"]): (window: Window) => void {
  const reads = watchReads(read, () => performance.now() / 1000);
  return gatherer({ layout, size, read: reads.read }, { windowRows, gapBytes: reads.gapBytes });
}

/** Opens the file of records. @throws Error when it is not there or not as long as it should be */
function openRecords(): (into: Uint8Array, position: number) => void {
  const file = openSync(path, "r");
  const { size: bytes } = fstatSync(file);
  if (bytes !== size * layout.bytes) {
    closeSync(file);
    throw new Error(`it has ${bytes} bytes, expected ${size * layout.bytes}`);
  }
  return (into, position) => {
    for (let done = 0; done < into.length;) {
      const count = readSync(file, into, done, into.length - done, position + done);
      if (count === 0) throw new Error(`it ends at byte ${position + done} of ${bytes}`);
      done += count;
    }
  };
}

function attempt(work: () => void): Pick<RowAnswer, "fault"> {
  try {
    work();
    return {};
  } catch (error) {
    return { fault: { message: error instanceof Error ? error.message : String(error) } };
  }
}
