/** @file `fitCriticalBatchSize`: the critical batch size from races to a target. */
import { InputError, list, nonNegative, object, positive } from "../../errors.ts";
import type { Estimate } from "./estimate.ts";
import { studentQuantile } from "./student.ts";

/** Updates that one run took to the target. */
export interface TargetPoint {
  readonly batchSize: number;
  readonly updates: number;
}

/** S(B) = S_min (1 + B_crit / B), fitted. */
export interface CriticalFit {
  /** B_crit; Infinity where twice the batch always halved the updates, 0 where it never helped. */
  readonly criticalBatchSize: Estimate;
  /** S_min: updates that the largest batches need. 0 where B_crit is Infinity. */
  readonly minUpdates: number;
  /** E_min = S_min B_crit: examples that the smallest batches need. */
  readonly minExamples: number;
  /** Root mean square of log S − log S(B) over the points. */
  readonly rmsLogError: number;
}

/**
 * Fits updates to a target against batch size, by least squares in log S:
 *
 *     S(B) = S_min (1 + B_crit / B),   E(B) = B S(B) = E_min (1 + B / B_crit),   E_min = S_min B_crit
 *
 * The learning rate should have been tuned for each batch size. The 95 % interval holds all B_crit whose sum of squares Q is not
 * significantly above the least one, Q ≤ Q_min (1 + t² / ν) with ν = points − 2; with two points it is unbounded. Seeds are
 * points of their own.
 *
 * Sources: McCandlish et al. (2018), arXiv 1812.06162, section 2.3; Bates & Watts (1988), Nonlinear Regression Analysis, section 6.1.
 * @throws InputError for fewer than two batch sizes, and for numbers that are not positive
 * @example
 * fitCriticalBatchSize([{ batchSize: 16, updates: 5735 }, { batchSize: 64, updates: 1886 }, { batchSize: 1024, updates: 511 }]);
 */
export function fitCriticalBatchSize(points: readonly TargetPoint[]): CriticalFit {
  list("points", points, "[{ batchSize: 32, updates: 1900 }, { batchSize: 256, updates: 800 }]");
  points.forEach((point, i) => {
    const { batchSize, updates } = Object(point) as TargetPoint;
    positive(`points[${i}].batchSize`, batchSize);
    positive(`points[${i}].updates (leave out runs that did not reach the target)`, updates);
  });
  const sizes = new Set(points.map(({ batchSize }) => batchSize));
  if (sizes.size < 2)
    throw new InputError(
      `a critical batch size needs runs of at least two batch sizes, got ${sizes.size}`,
    );
  const profile = profileOf(points);
  const { least, value } = minimum(profile);
  const degrees = points.length - 2;
  const limit = degrees === 0 ? Infinity : least * (1 + studentQuantile(degrees) ** 2 / degrees);
  const { minUpdates, minExamples } = scaleAt(points, value);
  return {
    criticalBatchSize: {
      value,
      low: bound(profile, value, limit, -1),
      high: bound(profile, value, limit, 1),
    },
    minUpdates,
    minExamples,
    rmsLogError: Math.sqrt(least / points.length),
  };
}

/** S(B) of a fit: updates to the target at batch size B. @throws InputError when `batchSize` is not positive */
export function updatesToTarget(
  fit: Pick<CriticalFit, "minUpdates" | "minExamples">,
  batchSize: number,
): number {
  const { minUpdates, minExamples } = object("fit", fit, "what fitCriticalBatchSize returned");
  nonNegative("minUpdates", minUpdates);
  return minUpdates + nonNegative("minExamples", minExamples) / positive("batchSize", batchSize);
}

/** The sum of squares against x = log B_crit, and the range of x within which B_crit is told from 0 and from Infinity. */
interface Profile {
  readonly squares: (x: number) => number;
  readonly low: number;
  readonly high: number;
}

/** Beyond this factor from the batch sizes, a curve differs from its limit by less than any measurement shows. */
const beyond = Math.log(1e4);

function profileOf(points: readonly TargetPoint[]): Profile {
  const logs = points.map(({ batchSize }) => Math.log(batchSize));
  return {
    low: Math.min(...logs) - beyond,
    high: Math.max(...logs) + beyond,
    squares: (x) => {
      const residuals = residualsAt(points, Math.exp(x));
      const mean = residuals.reduce((sum, r) => sum + r, 0) / residuals.length; // log S_min
      return residuals.reduce((sum, r) => sum + (r - mean) ** 2, 0);
    },
  };
}

/** log S − log(1 + c / B) */
function residualsAt(points: readonly TargetPoint[], c: number): readonly number[] {
  return points.map(({ batchSize, updates }) => Math.log(updates) - Math.log1p(c / batchSize));
}

/** S_min and E_min at a given B_crit, by the mean of log S − log(1 + B_crit / B). */
function scaleAt(
  points: readonly TargetPoint[],
  c: number,
): Pick<CriticalFit, "minUpdates" | "minExamples"> {
  const geometricMean = (values: readonly number[]) =>
    Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  if (c === Infinity) {
    const examples = geometricMean(points.map(({ batchSize, updates }) => batchSize * updates));
    return { minUpdates: 0, minExamples: examples };
  }
  const minUpdates = geometricMean(
    points.map(({ batchSize, updates }) => updates / (1 + c / batchSize)),
  );
  return { minUpdates, minExamples: minUpdates * c };
}

const gridSteps = 400;

/** The least sum of squares and where it is: on a grid, then by golden section around the best place. */
function minimum({ squares, low, high }: Profile): { least: number; value: number } {
  const step = (high - low) / gridSteps;
  const grid = Array.from({ length: gridSteps + 1 }, (_, i) => low + i * step);
  const at = grid.map(squares);
  const best = at.indexOf(Math.min(...at));
  if (best === 0) return { least: at[0]!, value: 0 };
  if (best === gridSteps) return { least: at[gridSteps]!, value: Infinity };
  const x = goldenSection(squares, grid[best - 1]!, grid[best + 1]!);
  return { least: squares(x), value: Math.exp(x) };
}

function goldenSection(f: (x: number) => number, from: number, to: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [from, to];
  while (b - a > 1e-9) {
    const [left, right] = [b - golden * (b - a), a + golden * (b - a)];
    if (f(left) < f(right)) b = right;
    else a = left;
  }
  return (a + b) / 2;
}

/** Where the sum of squares passes `limit` on the way down (−1) or up (1) from `value`; 0 or Infinity when it does not. */
function bound(
  { squares, low, high }: Profile,
  value: number,
  limit: number,
  direction: -1 | 1,
): number {
  const end = direction < 0 ? low : high;
  if (squares(end) <= limit) return direction < 0 ? 0 : Infinity;
  let inside = value === 0 ? low : value === Infinity ? high : Math.log(value);
  let outside = end;
  while (Math.abs(outside - inside) > 1e-9) {
    const middle = (inside + outside) / 2;
    if (squares(middle) <= limit) inside = middle;
    else outside = middle;
  }
  return Math.exp(inside);
}
