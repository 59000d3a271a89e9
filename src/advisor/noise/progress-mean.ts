/** @file Means along a run, and the mean noise scale weighted by the progress that updates made. */
import { invariant } from "../../errors.ts";
import type { Estimate } from "./estimate.ts";
import { studentQuantile } from "./student.ts";

/**
 * The mean of a quantity that drifts along a run, from one value in each of J equal stretches; its variance is that of successive
 * differences, Σ (x_{j+1} − x_j)² / (2 (J − 1) J).
 *
 * Sources: Wolter (2007), Introduction to Variance Estimation, section 8.2; von Neumann et al. (1941), Ann. Math. Statist. 12, for
 * the degrees of freedom.
 */
export function driftingMean(values: readonly number[]): Estimate {
  const count = values.length;
  invariant(count >= 3, `a mean of ${count} probes`);
  const value = values.reduce((sum, x) => sum + x, 0) / count;
  const squares = values.slice(1).reduce((sum, x, j) => sum + (x - values[j]!) ** 2, 0);
  const degrees = Math.max(1, Math.floor((2 * (count - 1) ** 2) / (3 * count - 4)));
  const half = studentQuantile(degrees) * Math.sqrt(squares / (2 * (count - 1) * count));
  return { value, low: value - half, high: value + half };
}

/**
 * The mean of noise scales b along a run of batch size B, from one of them in each of J equal stretches of its updates.
 *
 * An update makes w = 1 / (1 + b / B) of the best progress, so T updates make as much as Σ w updates of a batch without noise,
 * S_min = T w̄, and S = S_min (1 + B_crit / B) gives
 *
 *     B_crit = B (1 / w̄ − 1)
 *
 * the mean of b over progress, not over updates. w lies between 0 and 1, so single huge noise scales do no harm.
 *
 * Source: McCandlish et al. (2018), arXiv 1812.06162, section 2.3 and appendix D.
 */
export function progressMean(scales: readonly number[], batchSize: number): Estimate {
  const { value, low, high } = driftingMean(
    scales.map((scale) => 1 / (1 + Math.max(0, scale) / batchSize)),
  );
  const scaleAt = (share: number) => batchSize * (1 / share - 1);
  return {
    value: scaleAt(value),
    low: scaleAt(Math.min(1, high)),
    high: scaleAt(Math.max(0, low)),
  };
}
