/** @file Windows of rows that are not in memory, read ahead while the run works on the one before. */
import type { Batches } from "../data/batch-plan.ts";
import type {
  Dataset,
  RowReader,
  Rows,
  SortedEpoch,
  StoredDataset,
  TrainingData,
} from "../data/dataset.ts";
import { range } from "../data/sampler.ts";
import { invariant } from "../errors.ts";
import type { RunConfig } from "./run-config.ts";
import type { Cursor, Position } from "./cursor.ts";
import { visitsWanted } from "./limits.ts";

/** Visits `from` … `to` − 1 of an epoch. */
interface Span {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

/** The rows of a span, and for each of its visits the place of its row. */
interface Window extends Span {
  readonly rows: Promise<Rows>;
}

/**
 * Where the windows of an epoch start, and where the last one ends: as many whole batches as `windowRows` hold; a batch that is
 * larger comes in windows of whole passes, so that it is added up in the same order as in memory.
 */
export function windowStarts(
  { offsets, updates }: Batches,
  windowRows: number,
  pass: number,
): Int32Array {
  const piece = pieceRows(windowRows, pass);
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

/** Rows of a window of whole passes, or of as much of one as fits. */
export function pieceRows(windowRows: number, pass: number): number {
  return Math.max(1, Math.floor(windowRows / pass)) * Math.min(pass, windowRows);
}

/** What windows are made from. */
export interface WindowTools {
  readonly data: StoredDataset;
  readonly cursor: Cursor;
  /** Rows of a pass of a batch that is split. */
  readonly pass: number;
  readonly reader: RowReader;
}

/** A sort of the windows `first` … `end` − 1 of an epoch. */
interface Sort {
  readonly sorted: SortedEpoch;
  readonly first: number;
  readonly end: number;
}

/** The window that is worked on, and the one after it, which is being read. */
export class StoredWindows {
  readonly #budget: RunConfig["budget"];
  readonly #tools: WindowTools;
  readonly #starts = new WeakMap<Batches, Int32Array>();
  readonly #sorts = new WeakMap<Batches, Sort>();
  #now: Window | undefined;
  #ahead: Window | undefined;

  constructor({ budget }: RunConfig<TrainingData>, tools: WindowTools) {
    this.#budget = budget;
    this.#tools = tools;
  }

  /** The visits of the window that holds `visit`. */
  span(epoch: number, visit: number): Span {
    const starts = this.#startsOf(this.#tools.cursor.plan(epoch));
    const at = lastAt(starts, visit);
    return { epoch, from: starts[at]!, to: starts[at + 1]! };
  }

  /** The window that holds a visit of the epoch of `position`. The one after it is read from then on, and the next epoch sorted. */
  at(position: Position, visit: number): Window {
    const { epoch } = position;
    const span = this.span(epoch, visit);
    if (isSame(this.#now, span)) return this.#now;
    const found = isSame(this.#ahead, span) ? this.#ahead : this.#read(span, position);
    this.#now = found;
    const next = this.#after(found);
    this.#ahead = next && this.#read(next, position);
    if (this.#tools.reader.sort !== undefined && this.#isWanted(epoch + 1))
      this.#sorted(0, this.#nextEpoch(position));
    return found;
  }

  #startsOf(plan: Batches): Int32Array {
    const { data, pass } = this.#tools;
    const starts = this.#starts.get(plan) ?? windowStarts(plan, data.windowRows, pass);
    this.#starts.set(plan, starts);
    return starts;
  }

  #isWanted(epoch: number): boolean {
    return epoch < this.#budget.epochs;
  }

  #after({ epoch, to }: Span): Span | undefined {
    const { examples } = this.#tools.cursor.plan(epoch);
    if (to < examples) return this.span(epoch, to);
    return this.#isWanted(epoch + 1) ? this.span(epoch + 1, 0) : undefined;
  }

  #read(span: Span, position: Position): Window {
    invariant(span.to > span.from, "an empty window");
    const { cursor, reader } = this.#tools;
    const plan = cursor.plan(span.epoch);
    const at = span.epoch === position.epoch ? position : this.#nextEpoch(position);
    const sort = this.#sorted(span.from, at);
    const window = lastAt(this.#startsOf(plan), span.from);
    const rows =
      sort !== undefined && window < sort.end
        ? sort.sorted.read(window - sort.first)
        : inOrder(reader.read(cursor.order(span.epoch).subarray(span.from, span.to)));
    rows.catch(() => undefined); // told to whoever asks for the rows
    return { ...span, rows };
  }

  /** The sort of the epoch of `position` from the window of visit `from` on, asked for once, as far as the budget goes. */
  #sorted(from: number, position: Position): Sort | undefined {
    const { cursor, reader } = this.#tools;
    if (reader.sort === undefined) return undefined;
    const plan = cursor.plan(position.epoch);
    const known = this.#sorts.get(plan);
    if (known !== undefined) return known;
    const wanted = visitsWanted(this.#budget, plan, position);
    if (wanted <= from) return undefined;
    const starts = this.#startsOf(plan);
    const first = lastAt(starts, from);
    const end = lastAt(starts, wanted - 1) + 1;
    const sorted = reader.sort(cursor.order(position.epoch), starts.subarray(first, end + 1));
    cursor.forgetOrder(position.epoch);
    const sort = { sorted, first, end };
    this.#sorts.set(plan, sort);
    return sort;
  }

  /** The start of the epoch after that of `position`. */
  #nextEpoch({ epoch, batch, updates, examples }: Position): Position {
    const plan = this.#tools.cursor.plan(epoch);
    return {
      epoch: epoch + 1,
      batch: 0,
      updates: updates + plan.updates - batch,
      examples: examples + plan.examples - plan.offsets[batch]!,
    };
  }
}

/** Rows that lie in the order of their visits. */
async function inOrder(read: Promise<Dataset>): Promise<Rows> {
  const data = await read;
  return { data, indices: range(data.size) };
}

/** Whether a window is of these visits: a change of the batch size moves windows. */
function isSame(window: Window | undefined, { epoch, from, to }: Span): window is Window {
  return window?.epoch === epoch && window.from === from && window.to === to;
}

/** The index of the last of the ascending `starts` that is not above `value`. */
export function lastAt(starts: Int32Array, value: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
