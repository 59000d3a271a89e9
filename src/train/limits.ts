/** @file How far a chunk may go: to the end of the budget, and to the next evaluation. */
import type { Batches } from "../data/batch-plan.ts";
import type { Budget } from "./run-config.ts";
import type { CutLimits, Position } from "./cursor.ts";
import type { Visits } from "./visits.ts";
import type { NextEvaluation } from "./checkpoint.ts";

/** Number of examples at which the budget of epochs or examples ends. */
export function lastExample(budget: Budget, position: Position, visits: Visits): number {
  const whole = Math.floor(budget.epochs);
  const { epoch, batch, examples } = position;
  if (epoch < whole || budget.epochs === Infinity) return budget.examples;
  const length = visits.epoch(epoch);
  const start = examples - length.examplesAfter(batch);
  return Math.min(budget.examples, start + Math.ceil((budget.epochs - whole) * length.examples));
}

/** Whether the budget ends at `position` after so many seconds. */
export function isSpent(
  budget: Budget,
  position: Position,
  seconds: number,
  visits: Visits,
): boolean {
  const { updates, examples, epoch } = position;
  return (
    updates >= budget.updates ||
    examples >= lastExample(budget, position, visits) ||
    epoch >= budget.epochs ||
    seconds >= budget.seconds
  );
}

/** Bounds on the chunk that starts at `position`. */
export function cutLimits(
  budget: Budget,
  { updates, epoch }: Position,
  last: number,
  next: NextEvaluation | undefined,
): CutLimits {
  return {
    maxUpdates: Math.min(budget.updates, next?.updates ?? Infinity) - updates,
    maxExamples: Math.min(last, next?.examples ?? Infinity),
    maxEpochs: Math.min(Math.floor(budget.epochs) || Infinity, nextMultiple(next?.epochs, epoch)),
  };
}

/** The first multiple of `period` after `epoch`; Infinity without a period. */
function nextMultiple(period: number | undefined, epoch: number): number {
  return period === undefined || period === Infinity
    ? Infinity
    : (Math.floor(epoch / period) + 1) * period;
}

/** How many visits of the epoch of `position` the budget wants at most, from its start on: all, or those to its end. */
export function visitsWanted(
  budget: Budget,
  { offsets, updates, examples }: Batches,
  position: Position,
): number {
  const { epoch, batch } = position;
  const lastBatch = Math.min(updates, batch + budget.updates - position.updates);
  const part = Math.min(1, budget.epochs - epoch);
  return Math.min(
    Math.ceil(part * examples),
    offsets[batch]! + budget.examples - position.examples,
    offsets[Math.max(0, lastBatch)]!,
  );
}
