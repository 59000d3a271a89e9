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
 * Where the windows of an epoch start, and where the last one ends: as many whole batches as `windowRows` hold; a batch that is
 * larger comes in windows of whole passes, so that it is added up in the same order as in memory.
 */
export function windowStarts(
  { offsets, updates }: BatchPlan,
  windowRows: number,
  pass: number,
): Int32Array {
  const piece = Math.max(1, Math.floor(windowRows / pass)) * Math.min(pass, windowRows);
  const starts: number[] = [0];
  let last = 0;
  const close = (at: number) => {
    if (at > last) starts.push((last = at));
  };
  for (let batch = 0; batch < updates; batch++) {
    const [from, to] = [offsets[batch]!, offsets[batch + 1]!];
    if (to - last <= windowRows) continue;
    close(from);
    if (to - from <= windowRows) continue;
    for (let at = from + piece; at < to; at += piece) close(at);
    close(to);
  }
  close(offsets[updates]!);
  return Int32Array.from(starts);
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
      const { to } = windows.span(epoch, first);
      // A cut ends with its window, or is the one batch that the window is a part of.
      const last = Math.max(batch + 1, lastAt(offsets, to));
      const { indices: _, ...cut } = cursor.cut(position, {
        ...limits,
        maxUpdates: Math.min(limits.maxUpdates, last - batch),
        maxEpochs: epoch + 1,
      });
      return {
        ...cut,
        rows: async (start) => {
          const visit = first + start;
          const window = windows.at(epoch, visit);
          const count = Math.min(window.to - visit, cut.updates * cut.batchSize - start);
          return { data: await window.rows, indices: places(visit - window.from, count) };
        },
      };
    },
    changeTo: (changes) => {
      cursor.changeTo(changes);
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

/** The index of the last of the ascending `starts` that is not above `value`. */
function lastAt(starts: Int32Array, value: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The window that is worked on, and the one after it, which is being read. */
class Windows {
  readonly #windowRows: number;
  readonly #pass: number;
  readonly #cursor: Cursor;
  readonly #reader: RowReader;
  readonly #lastEpoch: number;
  readonly #starts = new WeakMap<BatchPlan, Int32Array>();
  #now: Window | undefined;
  #ahead: Window | undefined;

  constructor(
    { budget }: RunConfig<TrainingData>,
    { windowRows }: StoredDataset,
    cursor: Cursor,
    pass: number,
    reader: RowReader,
  ) {
    this.#windowRows = windowRows;
    this.#pass = pass;
    this.#cursor = cursor;
    this.#reader = reader;
    this.#lastEpoch = Math.ceil(budget.epochs) - 1;
  }

  /** The visits of the window that holds `visit`. */
  span(epoch: number, visit: number): Span {
    const plan = this.#cursor.plan(epoch);
    const starts = this.#starts.get(plan) ?? windowStarts(plan, this.#windowRows, this.#pass);
    this.#starts.set(plan, starts);
    const at = lastAt(starts, visit);
    return { epoch, from: starts[at]!, to: starts[at + 1]! };
  }

  /** The window that holds a visit. The one after it is read from then on. */
  at(epoch: number, visit: number): Window {
    const span = this.span(epoch, visit);
    if (isSame(this.#now, span)) return this.#now;
    const found = isSame(this.#ahead, span) ? this.#ahead : this.#read(span);
    this.#now = found;
    const next = this.#after(found);
    this.#ahead = next && this.#read(next);
    return found;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #after({ epoch, to }: Span): Span | undefined {
    const { examples } = this.#cursor.plan(epoch);
    if (to < examples) return this.span(epoch, to);
    return epoch < this.#lastEpoch ? this.span(epoch + 1, 0) : undefined;
  }

  #read(span: Span): Window {
    const { order } = this.#cursor.plan(span.epoch);
    invariant(span.to > span.from, "an empty window");
    const rows = this.#reader.read(order.subarray(span.from, span.to));
    rows.catch(() => undefined); // told to whoever asks for the rows
    return { ...span, rows };
  }
}

/** Whether a window is of these visits: a change of the batch size moves windows. */
function isSame(window: Window | undefined, { epoch, from, to }: Span): window is Window {
  return window?.epoch === epoch && window.from === from && window.to === to;
}
