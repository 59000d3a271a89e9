/** @file Cutting a run into chunks of updates: where it stands, and which rows come next. */
import { fillUint32, stream } from "../data/rng.ts";
import {
  batchPlan,
  replan,
  type Batches,
  type BatchPlan,
  type BatchPlanRequest,
} from "../data/batch-plan.ts";
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

/** Most rows of one cut, so that the indices of a chunk stay small. */
const mostRows = 2 ** 21;

/** The batches of an epoch, and their order while it is in memory. */
interface KnownEpoch {
  readonly batches: Batches;
  order: Int32Array | undefined;
}

/** Cuts chunks from the plans of the epochs; those of this epoch and the next are kept, and can be made again from nothing. */
export class Cursor {
  readonly #request: Omit<BatchPlanRequest, "epoch">;
  #changes: readonly BatchSizeChange[];
  /** By epoch: a cut that ends an epoch looks at the next one before this one is done with. */
  readonly #epochs = new Map<number, KnownEpoch>();

  constructor(request: Omit<BatchPlanRequest, "epoch">, changes: readonly BatchSizeChange[] = []) {
    this.#request = request;
    this.#changes = changes;
  }

  /** The batches of an epoch: the same object until the batch size changes. */
  plan(epoch: number): Batches {
    return this.#epoch(epoch).batches;
  }

  /** The order of an epoch, made again where it was forgotten. */
  order(epoch: number): Int32Array {
    const known = this.#epoch(epoch);
    return (known.order ??= this.#planned(epoch).order);
  }

  /** Lets go of the order of an epoch: whoever asks for it again waits until it is made. */
  forgetOrder(epoch: number): void {
    this.#epoch(epoch).order = undefined;
  }

  #epoch(epoch: number): KnownEpoch {
    const known = this.#epochs.get(epoch);
    if (known !== undefined) return known;
    for (const old of this.#epochs.keys()) if (old < epoch - 1) this.#epochs.delete(old);
    const { order, ...batches } = this.#planned(epoch);
    const made = { batches, order };
    this.#epochs.set(epoch, made);
    return made;
  }

  #planned(epoch: number): BatchPlan {
    const { batchSize, dropLast } = this.#request;
    const before = this.#changes.findLast((change) => change.epoch < epoch);
    return this.#changes
      .filter((change) => change.epoch === epoch)
      .reduce(
        (cut, change) => replan(cut, change.batch, change.batchSize, dropLast),
        batchPlan({ ...this.#request, batchSize: before?.batchSize ?? batchSize, epoch }),
      );
  }

  /** Cuts batches by these changes. */
  changeTo(changes: readonly BatchSizeChange[]): void {
    this.#changes = changes;
    this.#epochs.clear();
  }

  /** Epochs done at `position`, with the fraction of the one under way. */
  epochs({ epoch, batch }: Position): number {
    if (batch === 0) return epoch;
    const { offsets, examples } = this.plan(epoch);
    return epoch + offsets[batch]! / examples;
  }

  /** The next batches, all of one size. */
  cut(position: Position, limits: CutLimits): Cut {
    const size = batchLength(this.plan(position.epoch), position.batch);
    const wanted = Math.min(
      limits.maxUpdates,
      Math.ceil((limits.maxExamples - position.examples) / size),
      Math.max(1, Math.floor(mostRows / size)),
    );
    invariant(wanted >= 1, `a chunk of ${wanted} updates`);
    const epochEnds: number[] = [];
    let { epoch, batch } = position;
    let updates = 0;
    while (updates < wanted) {
      const plan = this.plan(epoch);
      while (updates < wanted && batch < plan.updates && batchLength(plan, batch) === size) {
        batch++;
        updates++;
      }
      if (batch < plan.updates) break;
      epochEnds.push(updates);
      epoch++;
      batch = 0;
      if (epoch >= limits.maxEpochs) break;
    }
    return {
      batchSize: size,
      updates,
      epochEnds,
      next: {
        epoch,
        batch,
        updates: position.updates + updates,
        examples: position.examples + updates * size,
      },
    };
  }

  /** The examples that the batches of a cut visit. */
  visits({ epoch, batch }: Position, { next }: Cut): Int32Array {
    const parts: Int32Array[] = [];
    // An epoch that the cut does not reach is not planned for this.
    const last = next.batch > 0 ? next.epoch : next.epoch - 1;
    for (let at = epoch; at <= last; at++) {
      const { offsets, updates } = this.plan(at);
      const first = at === epoch ? batch : 0;
      const end = at === next.epoch ? next.batch : updates;
      parts.push(this.order(at).subarray(offsets[first], offsets[end]));
    }
    return join(parts);
  }
}

/** Two random words for each of `visits` visits from number `first` on. */
export function visitKeys(seed: number, first: number, visits: number): Int32Array {
  return fillUint32(new Int32Array(2 * visits), seed, [stream.dropout], 2 * first);
}

function batchLength({ offsets }: Batches, batch: number): number {
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
