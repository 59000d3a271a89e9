/** @file The mean noise scale of a run, weighted by the progress its updates made. */
import { invariant } from "../../errors.ts";
import type { Estimate } from "./estimate.ts";
import { studentQuantile } from "./student.ts";

/**
 * The mean of noise scales b along a run of batch size B, from one of them in each of J equal stretches of its updates.
 *
 * An update makes w = 1 / (1 + b / B) of the best progress, so T updates make as much as Σ w updates of a batch without noise,
 * S_min = T w̄, and S = S_min (1 + B_crit / B) gives
 *
 *     B_crit = B (1 / w̄ − 1)
 *
 * the mean of b over progress, not over updates. w lies between 0 and 1, so single huge noise scales do no harm. The variance of
 * w̄ is that of successive differences, Σ (w_{j+1} − w_j)² / (2 (J − 1) J), since b drifts along a run.
 *
 * Sources: McCandlish et al. (2018), arXiv 1812.06162, section 2.3 and appendix D; Wolter (2007), Introduction to Variance
 * Estimation, section 8.2; von Neumann et al. (1941), Ann. Math. Statist. 12, for the degrees of freedom.
 */
export function progressMean(scales: readonly number[], batchSize: number): Estimate {
  invariant(scales.length >= 3, "at least three probes");
  const count = scales.length;
  const shares = scales.map((scale) => 1 / (1 + Math.max(0, scale) / batchSize));
  const mean = shares.reduce((sum, share) => sum + share, 0) / count;
  const differences = shares.slice(1).map((share, j) => (share - shares[j]!) ** 2);
  const variance = differences.reduce((sum, square) => sum + square, 0) / (2 * (count - 1) * count);
  const degrees = Math.max(1, Math.floor((2 * (count - 1) ** 2) / (3 * count - 4)));
  const half = studentQuantile(degrees) * Math.sqrt(variance);
  const scaleAt = (share: number) => batchSize * (1 / share - 1);
  return {
    value: scaleAt(mean),
    low: scaleAt(Math.min(1, mean + half)),
    high: scaleAt(Math.max(0, mean - half)),
  };
}
