/** @file Visits of data that is not in memory: windows of rows, read ahead while the run works on the one before. */
import type { BatchPlan } from "../data/batch-plan.ts";
import type { Dataset, RowReader, StoredDataset, TrainingData } from "../data/dataset.ts";
import { invariant } from "../errors.ts";
import type { RunConfig } from "./config.ts";
import type { Cursor } from "./cursor.ts";
import { lengthOf } from "./epoch-length.ts";
import { cursorOf, type Visits } from "./visits.ts";

/** Visits `from` … `to` − 1 of an epoch. */
interface Span {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

/** The rows of a span, in the order of their visits. */
interface Window extends Span {
  readonly rows: Promise<Dataset>;
}

/**
 * Cuts an epoch into windows of whole batches, as many as `windowRows` hold; a batch that is larger comes in windows
 * of whole passes, so that it is added up in the same order as in memory.
 */
export function spanAt(
  plan: BatchPlan,
  at: { readonly epoch: number; readonly batch: number; readonly visit: number },
  { batchSize, windowRows, pass }: { batchSize: number; windowRows: number; pass: number },
): Span {
  const { epoch, batch, visit } = at;
  const { offsets, updates } = plan;
  const batches = Math.floor(windowRows / batchSize);
  if (batches >= 1) {
    const first = batch - (batch % batches);
    return { epoch, from: offsets[first]!, to: offsets[Math.min(updates, first + batches)]! };
  }
  const piece = Math.max(1, Math.floor(windowRows / pass)) * Math.min(pass, windowRows);
  const start = offsets[batch]!;
  const from = visit - ((visit - start) % piece);
  return { epoch, from, to: Math.min(from + piece, offsets[batch + 1]!) };
}

/** Visits of a stored data set. */
export async function storedVisits(
  config: RunConfig<TrainingData>,
  data: StoredDataset,
  pass: number,
): Promise<Visits> {
  const cursor = cursorOf(config, data.size);
  const windows = new Windows(config, data, cursor, pass, await data.open());
  return {
    epoch: (number) => lengthOf(cursor.plan(number)),
    epochs: (position) => cursor.epochs(position),
    next(position, limits) {
      const { epoch, batch } = position;
      const { offsets } = cursor.plan(epoch);
      const first = offsets[batch]!;
      const { to } = windows.span(epoch, batch, first);
      // A cut ends with its window, or is the one batch that the window is a part of.
      const last = Math.max(batch + 1, batchAt(offsets, to));
      const { indices: _, ...cut } = cursor.cut(position, {
        ...limits,
        maxUpdates: Math.min(limits.maxUpdates, last - batch),
        maxEpochs: epoch + 1,
      });
      return {
        ...cut,
        rows: async (start) => {
          const visit = first + start;
          const at = batchAt(offsets, visit);
          const window = windows.at(epoch, at, visit);
          const count = Math.min(window.to - visit, cut.updates * cut.batchSize - start);
          return { data: await window.rows, indices: places(visit - window.from, count) };
        },
      };
    },
    close: () => windows.close(),
  };
}

/** The numbers `from`, `from` + 1, …, `count` of them. */
function places(from: number, count: number): Int32Array {
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) out[i] = from + i;
  return out;
}

/** The batch that holds a visit: the last that starts at it or before. */
function batchAt(offsets: Int32Array, visit: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle]! <= visit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The window that is worked on, and the one after it, which is being read. */
class Windows {
  readonly #sizes: {
    readonly batchSize: number;
    readonly windowRows: number;
    readonly pass: number;
  };
  readonly #cursor: Cursor;
  readonly #reader: RowReader;
  readonly #lastEpoch: number;
  #now: Window | undefined;
  #ahead: Window | undefined;

  constructor(
    { batchSize, budget }: RunConfig<TrainingData>,
    { windowRows }: StoredDataset,
    cursor: Cursor,
    pass: number,
    reader: RowReader,
  ) {
    this.#sizes = { batchSize, windowRows, pass };
    this.#cursor = cursor;
    this.#reader = reader;
    this.#lastEpoch = Math.ceil(budget.epochs) - 1;
  }

  span(epoch: number, batch: number, visit: number): Span {
    return spanAt(this.#cursor.plan(epoch), { epoch, batch, visit }, this.#sizes);
  }

  /** The window that holds a visit. The one after it is read from then on. */
  at(epoch: number, batch: number, visit: number): Window {
    if (isAt(this.#now, epoch, visit)) return this.#now;
    const found = isAt(this.#ahead, epoch, visit)
      ? this.#ahead
      : this.#read(this.span(epoch, batch, visit));
    this.#now = found;
    const next = this.#after(found);
    this.#ahead = next && this.#read(next);
    return found;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #after({ epoch, to }: Span): Span | undefined {
    const { offsets, examples } = this.#cursor.plan(epoch);
    if (to < examples) return this.span(epoch, batchAt(offsets, to), to);
    return epoch < this.#lastEpoch ? this.span(epoch + 1, 0, 0) : undefined;
  }

  #read(span: Span): Window {
    const { order } = this.#cursor.plan(span.epoch);
    invariant(span.to > span.from, "an empty window");
    const rows = this.#reader.read(order.subarray(span.from, span.to));
    rows.catch(() => undefined); // told to whoever asks for the rows
    return { ...span, rows };
  }
}

function isAt(window: Window | undefined, epoch: number, visit: number): window is Window {
  return window?.epoch === epoch && visit >= window.from && visit < window.to;
}
