/** @file The thread that reads rows: the main one waits inside ONNX Runtime meanwhile. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../errors.ts";
import type { RowAnswer, RowRequest, RowWorkerData } from "./row-messages.ts";
import { readScratch } from "./scratch.node.ts";
import { storedRows, type StoredRows } from "./stored-rows.node.ts";

const about = workerData as RowWorkerData;
let opened: StoredRows | undefined;

invariant(parentPort !== null, "rows are read in a worker");
const port = parentPort;
port.on("message", (request: RowRequest) => {
  const answer = answered(request);
  port.postMessage(answer, Object.values(answer.buffers ?? {}) as ArrayBuffer[]);
  // What is wanted later, while these rows are worked on. What goes wrong is told with its first window.
  if (request.type === "read" && request.sorted !== undefined) {
    const { sorted } = request;
    faultOf(() => opened?.goOn(sorted));
  }
});

function answered(request: RowRequest): RowAnswer {
  let pays = false;
  const fault = faultOf(() => {
    opened ??= storedRows(about, openRecords());
    if (request.type === "weigh") pays = opened.sortPays(request);
    if (request.type === "sort") opened.sort(request);
    if (request.type === "read") {
      const { order, buffers, length } = request;
      if (order !== undefined)
        readScratch(order.file, new Uint8Array(buffers.rows, 0, 4 * length), order.position);
      opened.read(request);
    }
  });
  return {
    ...(request.type === "read" && { buffers: request.buffers }),
    ...(request.type === "weigh" && { pays }),
    ...(fault && { fault }),
    notes: opened?.notes() ?? [],
  };
}

/** Opens the file of records. @throws Error when it is not there or not as long as it should be */
function openRecords(): (into: Uint8Array, position: number) => void {
  const { path, size, layout } = about;
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

function faultOf(work: () => void): RowAnswer["fault"] {
  try {
    work();
    return undefined;
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
}
