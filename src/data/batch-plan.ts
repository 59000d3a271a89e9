/** @file Counting and cutting: how many updates an epoch has, and which examples each update sees. */
import { flag, having, InputError, show, wholeNumber } from "../errors.ts";
import { checkedContext, type Sampler, type SamplerContext } from "./sampler.ts";

/** What a plan is made from; the same request always gives the same plan. */
export interface BatchPlanRequest extends SamplerContext {
  readonly sampler: Sampler;
  /** From 1 to N, or `"full"` for N. Unused by samplers that cut their own batches. */
  readonly batchSize: number | "full";
  /** Leave out the last batch when it is shorter than the others (default false). */
  readonly dropLast?: boolean;
}

/** Where the batches of one epoch lie in its order of visits. */
export interface Batches {
  /** Where batches start in `order`, and where the last one ends: `updates + 1` ascending values, the first 0. */
  readonly offsets: Int32Array;
  /** Number of batches. */
  readonly updates: number;
  /** Number of examples in all batches together. */
  readonly examples: number;
}

/** The batches of one epoch: batch i holds the examples `order[offsets[i]]` to `order[offsets[i + 1] − 1]`. */
export interface BatchPlan extends Batches {
  /** Visiting order of the epoch, whole: with `dropLast` it is longer than the batches. */
  readonly order: Int32Array;
}

/**
 * `batchSize` as a number: `"full"` is N.
 *
 * @throws InputError `batchSize must be a whole number from 1 to 60000 (the number of examples) or "full", got 0`
 */
export function resolveBatchSize(batchSize: number | "full", examples: number): number {
  wholeNumber("the number of examples", examples);
  if (batchSize === "full") return examples;
  if (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= examples) return batchSize;
  throw new InputError(
    `batchSize must be a whole number from 1 to ${examples} (the number of examples) or "full", got ${show(batchSize)}`,
  );
}

/**
 * Updates in an epoch of N examples: ⌈N/B⌉, or ⌊N/B⌋ when the short last batch is dropped.
 *
 * @throws InputError when N or B is not a whole number of at least 1, and when no update is left
 * @example updatesPerEpoch(60000, 128) // 469
 * @example updatesPerEpoch(60000, 128, true) // 468
 */
export function updatesPerEpoch(examples: number, batchSize: number, dropLast = false): number {
  wholeNumber("the number of examples", examples);
  wholeNumber("batchSize", batchSize);
  flag("dropLast", dropLast);
  if (!dropLast) return Math.ceil(examples / batchSize);
  const updates = Math.floor(examples / batchSize);
  if (updates > 0) return updates;
  throw new InputError(
    `dropLast leaves no update: an epoch of ${examples} examples has no whole batch of ${batchSize}; make the batch smaller or keep the last one`,
  );
}

/**
 * Examples in the last batch of an epoch: N − ⌊(N − 1)/B⌋ · B; with `dropLast` always B.
 *
 * @example lastBatchSize(60000, 128) // 96
 */
export function lastBatchSize(examples: number, batchSize: number, dropLast = false): number {
  const updates = updatesPerEpoch(examples, batchSize, dropLast);
  return dropLast ? batchSize : examples - (updates - 1) * batchSize;
}

/**
 * The order and the batches of one epoch. Pure: nothing is kept between calls, and `order` is the same for every batch size.
 *
 * @throws InputError for a batch size outside 1…N, for `dropLast` without a whole batch, and whatever the sampler refuses
 * @example
 * const plan = batchPlan({ sampler: shuffled(), size: 300, seed: 1, epoch: 0, batchSize: 64 });
 * plan.updates; // 5
 * plan.order.subarray(plan.offsets[4], plan.offsets[5]).length; // 44
 */
export function batchPlan(request: BatchPlanRequest): BatchPlan {
  const { sampler, size, dropLast = false } = checkedContext(request) as BatchPlanRequest;
  having("sampler", sampler, "order", "a sampler such as shuffled()");
  flag("dropLast", dropLast);
  if (sampler.batches !== undefined) return planOf(sampler.batches(request), dropLast);
  const order = sampler.order(request);
  const resolved = resolveBatchSize(request.batchSize, size);
  // An epoch can be shorter than the data (weights of 0, fewer draws): then "full" is all of it.
  const batchSize = request.batchSize === "full" ? Math.min(resolved, order.length) : resolved;
  const updates = updatesPerEpoch(order.length, batchSize, dropLast);
  const offsets = new Int32Array(updates + 1);
  for (let i = 1; i <= updates; i++) offsets[i] = Math.min(i * batchSize, order.length);
  return { order, offsets, updates, examples: offsets[updates] ?? 0 };
}

/** Example indices of batch `update` (from 0): a view, not a copy. */
export function batchAt(plan: BatchPlan, update: number): Int32Array {
  return plan.order.subarray(plan.offsets[update], plan.offsets[update + 1]);
}

/**
 * The same order of visits, cut from batch `from` on into batches of another size.
 *
 * @example replan(plan, 2, 128) // batches 0 and 1 stay as they are
 */
export function replan(
  { order, offsets }: BatchPlan,
  from: number,
  batchSize: number,
  dropLast = false,
): BatchPlan {
  const start = offsets[from] ?? 0;
  const left = order.length - start;
  const more = dropLast ? Math.floor(left / batchSize) : Math.ceil(left / batchSize);
  const cut = new Int32Array(from + more + 1);
  cut.set(offsets.subarray(0, from + 1));
  for (let i = 1; i <= more; i++) cut[from + i] = Math.min(start + i * batchSize, order.length);
  const updates = from + more;
  return { order, offsets: cut, updates, examples: cut[updates] ?? 0 };
}

/** Batches cut by the sampler are kept as they are; `dropLast` drops the last one when it is shorter than the first. */
function planOf(batches: readonly Int32Array[], dropLast: boolean): BatchPlan {
  const offsets = new Int32Array(batches.length + 1);
  batches.forEach((batch, i) => (offsets[i + 1] = (offsets[i] ?? 0) + batch.length));
  const order = new Int32Array(offsets[batches.length] ?? 0);
  batches.forEach((batch, i) => {
    order.set(batch, offsets[i]);
  });
  const [first] = batches;
  const last = batches.at(-1);
  const short = first !== undefined && last !== undefined && last.length < first.length;
  const updates = batches.length - (dropLast && short ? 1 : 0);
  return {
    order,
    offsets: offsets.subarray(0, updates + 1),
    updates,
    examples: offsets[updates] ?? 0,
  };
}
