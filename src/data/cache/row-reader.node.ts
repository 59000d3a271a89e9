/** @file Rows of a file of records, read by a worker. */
import type { Worker } from "node:worker_threads";
import { DataError, InputError, RuntimeError } from "../../errors.ts";
import type { Dataset, RowReader, Rows, SortedEpoch, StoredDataset } from "../dataset.ts";
import { recordLayout, typedRows } from "./record.ts";
import type { SortedWindow } from "./epoch-sort.ts";
import { orderFiles, type OrderFile } from "./order-files.node.ts";
import type { OrderPlace, RowAnswer, RowRequest, RowWorkerData, WindowBuffers } from "./row-messages.ts"; // prettier-ignore
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
    /** The path of a scratch file, as large as the rows of an epoch; those of orders have a digit after it. */
    readonly scratch: string;
  };
}

/** Rows that are wanted: their numbers, or where these are; and the window that they are. */
interface Wanted {
  readonly length: number;
  readonly rows: Int32Array | OrderPlace;
  readonly sorted?: SortedWindow;
}

/**
 * A reader of the rows of a file of records. Its worker starts with it and opens the file at the first `read`.
 *
 * There are two windows of memory, filled in turn and handed to and fro for ever; a third `read` before the first has answered waits. An order that is
 * given to `sort` is put into a scratch file and not kept, but where there is none; of the orders before, the last one is kept.
 *
 * @throws (by `read`) InputError for an index outside the data, for more rows than a window has, and after `close`; DataError when the
 *   file is gone or cut
 */
export function openRowReader(options: RowReaderOptions): RowReader {
  const { path, size, windowRows, sorting } = options;
  const layout = recordLayout(options.x, options.y);
  const { bytes: sortBytes, scratch } = sorting ?? { bytes: 0, scratch: "" };
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
  const orders = sorting && orderFiles(scratch);
  /** That of the last sort. */
  let [kept, before]: (OrderFile | undefined)[] = [];
  /** Settles when the sorts that were asked for have begun. */
  let begun = Promise.resolve();
  let notes: string[] = [];
  const ask = async (request: RowRequest): Promise<RowAnswer> => {
    channel.check();
    const answer = await channel.ask(request);
    notes.push(...answer.notes);
    return answer;
  };
  const rowsOf = async ({ length, rows, sorted }: Wanted): Promise<Rows> => {
    if (length > windowRows)
      throw new InputError(`a window has ${windowRows} rows, got ${length} to read`);
    const window = windows[reads++ % 2]!;
    const reading = Promise.all([window.back, begun]).then(async () => {
      channel.check();
      const { buffers } = window;
      if (rows instanceof Int32Array) new Int32Array(buffers.rows).set(rows);
      const order = rows instanceof Int32Array ? undefined : rows;
      const answer = await ask({ type: "read", buffers, length, order, sorted });
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
    async read(indices) {
      const wrong = wrongIndex(indices, size);
      if (wrong !== undefined) throw wrong;
      return (await rowsOf({ length: indices.length, rows: indices.slice() })).data;
    },
    sort(order, starts) {
      const sort = sorts++;
      const visited = order.subarray(starts[0], starts.at(-1));
      const visits = visited.length;
      const wrong = wrongIndex(visited, size);
      if (wrong !== undefined) return { read: () => Promise.reject(wrong) };
      before?.free();
      [before, kept] = [kept, orders?.put(visited)];
      const epoch = inWindows(kept ?? visited, starts, (rows, length, window) =>
        rowsOf({ rows, length, sorted: { sort, window } }),
      );
      if (sortBytes === 0) return epoch;
      const rows = Uint32Array.from(order.subarray(starts[0], starts[1]));
      // Made at once, so that the order is let go of.
      const windows = rowWindows(order, starts, size);
      const sortIt = async (): Promise<void> => {
        const { pays } = await ask({ type: "weigh", rows, visits, windows: starts.length - 1 });
        if (pays !== true || windows === undefined) return;
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
    async close() {
      await channel.close();
      orders?.close();
    },
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

/** An epoch whose order is at hand or in a file, from the first visit that is wanted on. */
function inWindows(
  order: Int32Array | OrderFile,
  starts: Int32Array,
  read: (rows: Wanted["rows"], length: number, window: number) => Promise<Rows>,
): SortedEpoch {
  return {
    read(window) {
      const [from, to] = [window, window + 1].map((at) => starts[at]! - starts[0]!) as [number, number]; // prettier-ignore
      if (order instanceof Int32Array) return read(order.subarray(from, to), to - from, window);
      return order.during(read({ file: order.file, position: 4 * from }, to - from, window));
    },
  };
}

/** What is wrong with the first index that there is no row for. */
function wrongIndex(indices: Int32Array, size: number): InputError | undefined {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index >= 0 && index < size) continue;
    return new InputError(
      `a row must be a whole number from 0 to ${size - 1}, got ${index} at position ${i}`,
    );
  }
  return undefined;
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
