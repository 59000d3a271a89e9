/** @file Updates to the target at any batch size, from those of the batch sizes that were raced. */
import { meanOf } from "../statistics.ts";
import type { Estimate } from "../noise/estimate.ts";
import { fitCriticalBatchSize, type CriticalFit } from "../noise/fit.ts";
import { studentQuantile } from "../noise/student.ts";

/** Runs of one batch size at its best learning rate. */
export interface Raced {
  readonly batchSize: number;
  /** Updates to the target, one entry a seed. */
  readonly updates: readonly number[];
}

/** Updates to the target as a function of the batch size. */
export interface UpdatesModel {
  /** B_crit that the curve between and beyond the raced batch sizes is drawn with. */
  readonly criticalBatchSize: number;
  /** Null with fewer than two batch sizes. */
  readonly fit: CriticalFit | null;
  /** Updates, with the 95 % interval for one run. */
  readonly updatesAt: (batchSize: number) => Estimate;
}

/** Seeds differ by about this much where too few runs tell: the standard deviation of log updates. */
export const usualSpread = 0.1;
/** A fit to two batch sizes counts as at most this factor from the prior. */
const farOff = 16;
/** Beyond this, twice the batch halves the updates as far as anybody can tell. */
const largestCritical = 1e7;

/**
 * log S(B) = log(1 + B_crit / B) + r(B), where r is what the raced runs differ by from the curve, straight between them in log B and
 * constant beyond. B_crit is fitted to the runs of three batch sizes or more; to two, the geometric mean of the fit and of `prior`, what
 * the noise along a run says.
 *
 * The interval is Student's, from how seeds of the same batch size differ, with the misfit of the curve where nothing was raced.
 */
export function updatesModel(raced: readonly Raced[], prior: number): UpdatesModel {
  const points = raced.flatMap(({ batchSize, updates }) =>
    updates.map((count) => ({ batchSize, updates: count })),
  );
  const fit = raced.length < 2 ? null : fitCriticalBatchSize(points);
  const criticalBatchSize = criticalOf(raced.length, fit, prior);
  const curve = (batchSize: number) => Math.log1p(criticalBatchSize / batchSize);
  const known = raced
    .map(({ batchSize, updates }) => ({
      x: Math.log(batchSize),
      residual: meanOf(updates.map(Math.log)) - curve(batchSize),
      count: updates.length,
    }))
    .sort((a, b) => a.x - b.x);
  const { spread, degrees } = spreadOf(raced);
  const misfit = Math.max(fit?.rmsLogError ?? 0, usualSpread);
  return {
    criticalBatchSize,
    fit,
    updatesAt: (batchSize) => {
      const x = Math.log(batchSize);
      const at = known.find((point) => Math.abs(point.x - x) < 1e-9);
      const value = Math.exp(curve(batchSize) + (at?.residual ?? between(known, x)));
      const variance = spread ** 2 * (1 + 1 / (at?.count ?? 1)) + (at ? 0 : misfit ** 2);
      const half = studentQuantile(degrees) * Math.sqrt(variance);
      return { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
    },
  };
}

function criticalOf(batchSizes: number, fit: CriticalFit | null, prior: number): number {
  if (fit === null) return prior;
  const { value } = fit.criticalBatchSize;
  if (batchSizes > 2) return Math.min(largestCritical, Math.max(0.1, value));
  // Two batch sizes give a ratio of updates, which chance alone can make 1 or that of the batch sizes: B_crit = ∞ or 0.
  return Math.sqrt(Math.min(prior * farOff, Math.max(prior / farOff, value)) * prior);
}

/** Pooled standard deviation of log updates over seeds, with what is usual as three more degrees of freedom. */
function spreadOf(raced: readonly Raced[]): {
  readonly spread: number;
  readonly degrees: number;
} {
  let squares = 3 * usualSpread ** 2;
  let degrees = 3;
  for (const { updates } of raced) {
    const logs = updates.map(Math.log);
    const centre = meanOf(logs);
    squares += logs.reduce((sum, log) => sum + (log - centre) ** 2, 0);
    degrees += updates.length - 1;
  }
  return { spread: Math.sqrt(squares / degrees), degrees };
}

function between(
  known: readonly { readonly x: number; readonly residual: number }[],
  x: number,
): number {
  const above = known.findIndex((point) => point.x > x);
  const [a, b] = [known[above - 1], known[above]];
  if (b === undefined) return known.at(-1)!.residual;
  if (a === undefined) return b.residual;
  return a.residual + ((b.residual - a.residual) * (x - a.x)) / (b.x - a.x);
}
