/** @file Rows of a file of records, read by a worker. */
import type { Worker } from "node:worker_threads";
import { DataError, InputError, RuntimeError } from "../../errors.ts";
import type { Dataset, RowReader, Rows, SortedEpoch, StoredDataset } from "../dataset.ts";
import { recordLayout, typedRows } from "./record.ts";
import type { SortedWindow } from "./epoch-sort.ts";
import type { RowAnswer, RowRequest, RowWorkerData, WindowBuffers } from "./row-messages.ts";
import { rowWindows } from "./row-windows.ts";
import { startWorker } from "./start-worker.node.ts";

/** What a reader reads. */
export interface RowReaderOptions extends Omit<StoredDataset, "open" | "fingerprint"> {
  /** The file of records. */
  readonly path: string;
  /** How whole epochs are sorted; they are not when absent. */
  readonly sorting?: {
    /** Bytes of memory for it. */
    readonly bytes: number;
    /** The path of a scratch file, as large as the rows of an epoch. */
    readonly scratch: string;
  };
}

/**
 * A reader of the rows of a file of records. Its worker starts with it and opens the file at the first `read`.
 *
 * There are two windows of memory, filled in turn and handed to and fro for ever; a third `read` before the first has answered waits.
 *
 * @throws (by `read`) InputError for an index outside the data, for more rows than a window has, and after `close`; DataError when the
 *   file is gone or cut
 */
export function openRowReader(options: RowReaderOptions): RowReader {
  const { path, size, windowRows, sorting = { bytes: 0, scratch: "" } } = options;
  const layout = recordLayout(options.x, options.y);
  const { bytes: sortBytes, scratch } = sorting;
  const channel = openChannel({ path, layout, size, windowRows, sortBytes, scratch });
  const windows = [0, 1].map(() => ({
    buffers: {
      x: new ArrayBuffer(windowRows * layout.xBytes),
      y: new ArrayBuffer(windowRows * layout.yBytes),
      rows: new ArrayBuffer(windowRows * 4),
    },
    /** Settles when the window is here again. */
    back: Promise.resolve(),
  }));
  let reads = 0;
  let sorts = 0;
  /** Settles when the sorts that were asked for have begun. */
  let begun = Promise.resolve();
  let notes: string[] = [];
  const ask = async (request: RowRequest): Promise<RowAnswer> => {
    channel.check();
    const answer = await channel.ask(request);
    notes.push(...answer.notes);
    return answer;
  };
  const rowsOf = async (wanted: Int32Array, sorted?: SortedWindow): Promise<Rows> => {
    checkIndices(wanted, size, windowRows);
    const { length } = wanted;
    const window = windows[reads++ % 2]!;
    const reading = Promise.all([window.back, begun]).then(async () => {
      channel.check();
      new Int32Array(window.buffers.rows).set(wanted);
      const { buffers } = window;
      const answer = await ask({ type: "read", buffers, length, sorted });
      window.buffers = answer.buffers!;
      if (answer.fault !== undefined) throw unreadable(path, answer.fault.message);
    });
    window.back = reading.catch(() => undefined);
    await reading;
    const { buffers } = window;
    return {
      data: datasetOf(options, buffers, length),
      indices: new Int32Array(buffers.rows, 0, length),
    };
  };
  return {
    read: async (indices) => (await rowsOf(indices.slice())).data,
    sort(order, starts) {
      const sort = sorts++;
      const epoch: SortedEpoch = {
        read: (window) =>
          rowsOf(order.subarray(starts[window], starts[window + 1]), { sort, window }),
      };
      if (sortBytes === 0) return epoch;
      const sortIt = async (): Promise<void> => {
        const rows = Uint32Array.from(order.subarray(starts[0], starts[1]));
        const visits = starts.at(-1)! - starts[0]!;
        const question = { rows, visits, windows: starts.length - 1 };
        const { pays } = await ask({ type: "weigh", ...question });
        const windows = pays === true ? rowWindows(order, starts, size) : undefined;
        if (windows === undefined) return;
        const counts = starts.slice(1).map((end, w) => end - starts[w]!);
        await ask({ type: "sort", number: sort, windows, counts });
      };
      // What is wrong with the file is told by the next read.
      begun = begun.then(sortIt).catch(() => undefined);
      return epoch;
    },
    notes() {
      const said = notes;
      notes = [];
      return said;
    },
    close: () => channel.close(),
  };
}

function datasetOf(
  { name, task, classes, source, x, y }: RowReaderOptions,
  buffers: WindowBuffers,
  size: number,
): Dataset {
  const column = (buffer: ArrayBuffer, layout: RowReaderOptions["x"]): Dataset["x"] => ({
    data: typedRows(buffer, layout, size),
    shape: layout.shape,
    ...(layout.scale !== undefined && { scale: layout.scale }),
  });
  return {
    name,
    size,
    x: column(buffers.x, x),
    y: column(buffers.y, y),
    task,
    ...(classes && { classes }),
    ...(source !== undefined && { source }),
  };
}

function checkIndices(indices: Int32Array, size: number, windowRows: number): void {
  if (indices.length > windowRows) {
    throw new InputError(`a window has ${windowRows} rows, got ${indices.length} to read`);
  }
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= 0 && index < size) continue;
    throw new InputError(
      `a row must be a whole number from 0 to ${size - 1}, got ${index} at position ${i}`,
    );
  }
}

function unreadable(path: string, fault: string): DataError {
  return new DataError(
    `cannot read ${path}, which was cached from your data: ${fault}; start again, and it is cached anew`,
  );
}

/** The memory that goes with a request. */
function handedOver(request: RowRequest): ArrayBuffer[] {
  if (request.type === "weigh") return [request.rows.buffer];
  if (request.type === "sort") return [request.windows.buffer];
  return Object.values(request.buffers) as ArrayBuffer[];
}

/** Requests to a worker, answered in order. */
interface Channel {
  /** @throws what ended the worker, which kept the buffers that it had */
  readonly check: () => void;
  readonly ask: (request: RowRequest) => Promise<RowAnswer>;
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: RowAnswer) => void;
  readonly reject: (error: Error) => void;
}

function openChannel(about: RowWorkerData): Channel {
  const worker: Worker = startWorker(import.meta.url, "row-worker.node", about);
  const waiting: Waiting[] = [];
  let end: Error | undefined;
  const endWith = (error: Error): void => {
    end ??= error;
    for (const { reject } of waiting.splice(0)) reject(end);
  };
  worker.on("message", (answer: RowAnswer) => {
    waiting.shift()?.resolve(answer);
    // Only a read that is awaited keeps the process alive.
    if (waiting.length === 0) worker.unref();
  });
  worker.on("error", (cause: Error) => {
    endWith(new RuntimeError(`the thread that reads rows failed: ${cause.message}`, { cause }));
  });
  worker.on("exit", () => {
    endWith(new RuntimeError("the thread that reads rows has ended"));
  });
  return {
    check: () => {
      if (end !== undefined) throw end;
    },
    ask: (request) => {
      const answer = new Promise<RowAnswer>((resolve, reject) => {
        waiting.push({ resolve, reject });
      });
      worker.ref();
      worker.postMessage(request, handedOver(request));
      return answer;
    },
    close: async () => {
      endWith(new InputError("the reader of rows is closed"));
      await worker.terminate();
    },
  };
}
