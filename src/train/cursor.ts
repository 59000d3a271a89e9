/** @file Cutting a run into chunks of updates: where it stands, and which rows come next. */
import { fillUint32, stream } from "../data/rng.ts";
import { batchPlan, replan, type BatchPlan, type BatchPlanRequest } from "../data/batch-plan.ts";
import { invariant } from "../errors.ts";

/** Where a run stands: `batch` batches of epoch `epoch` are done. */
export interface Position {
  readonly epoch: number;
  readonly batch: number;
  /** Updates and examples since the start of the run. */
  readonly updates: number;
  readonly examples: number;
}

/** A change of the batch size: from batch `batch` of epoch `epoch` on. */
export interface BatchSizeChange {
  readonly epoch: number;
  readonly batch: number;
  /** Updates made before it. */
  readonly updates: number;
  readonly batchSize: number;
  /** Factor on the learning rate from here on. */
  readonly rateFactor: number;
  readonly reason: string;
}

export const startPosition: Position = { epoch: 0, batch: 0, updates: 0, examples: 0 };

/** How far a chunk may go. */
export interface CutLimits {
  readonly maxUpdates: number;
  /** Stop with the update that reaches this number of examples. */
  readonly maxExamples: number;
  /** Stop when this many epochs are done. */
  readonly maxEpochs: number;
}

/** Consecutive batches of one size. */
export interface Cut {
  readonly batchSize: number;
  readonly updates: number;
  /** For each epoch that ends within the cut, the number of updates of the cut up to that end. */
  readonly epochEnds: readonly number[];
  readonly next: Position;
}

/** Batches with the examples they visit. */
export interface IndexCut extends Cut {
  readonly indices: Int32Array;
}

/** Most rows of one cut, so that the indices of a chunk stay small. */
const mostRows = 2 ** 21;

/** Cuts chunks from the plans of the epochs; those of this epoch and the next are kept, and can be made again from nothing. */
export class Cursor {
  readonly #request: Omit<BatchPlanRequest, "epoch">;
  #changes: readonly BatchSizeChange[];
  /** By epoch: a cut that ends an epoch looks at the next one before this one is done with. */
  readonly #plans = new Map<number, BatchPlan>();

  constructor(request: Omit<BatchPlanRequest, "epoch">, changes: readonly BatchSizeChange[] = []) {
    this.#request = request;
    this.#changes = changes;
  }

  /** The order and batches of an epoch. */
  plan(epoch: number): BatchPlan {
    const known = this.#plans.get(epoch);
    if (known !== undefined) return known;
    for (const old of this.#plans.keys()) if (old < epoch - 1) this.#plans.delete(old);
    const { batchSize, dropLast } = this.#request;
    const before = this.#changes.findLast((change) => change.epoch < epoch);
    const plan = this.#changes
      .filter((change) => change.epoch === epoch)
      .reduce(
        (cut, change) => replan(cut, change.batch, change.batchSize, dropLast),
        batchPlan({ ...this.#request, batchSize: before?.batchSize ?? batchSize, epoch }),
      );
    this.#plans.set(epoch, plan);
    return plan;
  }

  /** Cuts batches by these changes. */
  changeTo(changes: readonly BatchSizeChange[]): void {
    this.#changes = changes;
    this.#plans.clear();
  }

  /** Epochs done at `position`, with the fraction of the one under way. */
  epochs({ epoch, batch }: Position): number {
    if (batch === 0) return epoch;
    const { offsets, examples } = this.plan(epoch);
    return epoch + offsets[batch]! / examples;
  }

  /** The next batches, all of one size. */
  cut(position: Position, limits: CutLimits): IndexCut {
    const size = batchLength(this.plan(position.epoch), position.batch);
    const wanted = Math.min(
      limits.maxUpdates,
      Math.ceil((limits.maxExamples - position.examples) / size),
      Math.max(1, Math.floor(mostRows / size)),
    );
    invariant(wanted >= 1, `a chunk of ${wanted} updates`);
    const parts: Int32Array[] = [];
    const epochEnds: number[] = [];
    let { epoch, batch } = position;
    let updates = 0;
    while (updates < wanted) {
      const plan = this.plan(epoch);
      const first = batch;
      while (updates < wanted && batch < plan.updates && batchLength(plan, batch) === size) {
        batch++;
        updates++;
      }
      parts.push(plan.order.subarray(plan.offsets[first], plan.offsets[batch]));
      if (batch < plan.updates) break;
      epochEnds.push(updates);
      epoch++;
      batch = 0;
      if (epoch >= limits.maxEpochs) break;
    }
    return {
      batchSize: size,
      updates,
      indices: join(parts),
      epochEnds,
      next: {
        epoch,
        batch,
        updates: position.updates + updates,
        examples: position.examples + updates * size,
      },
    };
  }
}

/** Two random words for each of `visits` visits from number `first` on. */
export function visitKeys(seed: number, first: number, visits: number): Int32Array {
  return fillUint32(new Int32Array(2 * visits), seed, [stream.dropout], 2 * first);
}

function batchLength({ offsets }: BatchPlan, batch: number): number {
  return offsets[batch + 1]! - offsets[batch]!;
}

function join(parts: readonly Int32Array[]): Int32Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const all = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let start = 0;
  for (const part of parts) {
    all.set(part, start);
    start += part.length;
  }
  return all;
}
