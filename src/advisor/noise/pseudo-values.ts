/**
 * @file From the gradients of batches to unbiased estimates with their spread: one pseudo-value a batch for every quantity.
 *
 * n of N examples are drawn without replacement and cut into K batches of m_k examples with mean gradients g_k; ḡ is the mean of all n.
 * With S = N/(N − 1) Σ, the covariance with divisor N − 1:
 *
 *     E|g_k − ḡ|² = (1/m_k − 1/n) tr(S)         E|ḡ|² = |G|² + (1/n − 1/N) tr(S)
 *
 * which is the estimate from two batch sizes, m_k and n, of McCandlish et al. (2018), arXiv 1812.06162, appendix A.1, with the
 * correction for drawing without replacement. Where the norms of single examples are known, tr(S) follows from batches of one:
 * n/(n − 1) (mean |gᵢ|² − |ḡ|²). The last equations hold with H between the vectors as well.
 */
import { dot, squaredDistance, type Vector } from "../vectors.ts";

/** The examples that were drawn. */
export interface Draw {
  /** N */
  readonly size: number;
  /** Examples of each batch, m_k. */
  readonly counts: readonly number[];
}

/** Columns of pseudo-values, one entry a batch: their mean is the estimate, their spread its error. */
export interface GradientColumns {
  /** tr(Σ) */
  readonly trace: readonly number[];
  /** |G|² */
  readonly gradientSquared: readonly number[];
}

/** What is known of the gradients of the batches, in some of the parameters. */
export interface BatchGradients {
  /** g_k */
  readonly gradients: readonly Vector[];
  /** ḡ */
  readonly mean: Vector;
  /** ḡ with the gradient of the penalty; the same object as `mean` without one. */
  readonly aim: Vector;
  /** Mean of |gᵢ|² over each batch, where it is known. */
  readonly squaredNorms: readonly number[] | undefined;
}

/** tr(Σ) and |G|². */
export function gradientColumns(
  { size, counts }: Draw,
  { gradients, mean, aim, squaredNorms }: BatchGradients,
): GradientColumns {
  const n = sum(counts);
  const share = counts.map((count) => count / n);
  const unseen = 1 / n - 1 / size;
  const spread = Math.sqrt(n * unseen); // √(1 − n/N): what is looked at whole has no error
  const meanSquare = dot(mean, mean);
  const onAim = gradients.map((g) => dot(g, aim));
  const onMean = aim === mean ? onAim : gradients.map((g) => dot(g, mean));
  const traces =
    squaredNorms === undefined
      ? around(
          gradients.map((g, k) => squaredDistance(g, mean) / (1 / counts[k]! - 1 / n)),
          1,
        )
      : around(
          squaredNorms.map((a, k) => (n / (n - 1)) * (a - 2 * onMean[k]! + meanSquare)),
          spread,
          (n / (n - 1)) * (sum(squaredNorms.map((a, k) => share[k]! * a)) - meanSquare),
        );
  const slopes = around(
    onAim.map((slope) => 2 * slope),
    spread,
    dot(aim, aim),
  );
  return {
    trace: traces.map((trace) => (trace * (size - 1)) / size),
    gradientSquared: slopes.map((square, k) => square - unseen * traces[k]!),
  };
}

/** What is known of the curvature along the gradients of the batches. */
export interface BatchCurvature {
  /** (g_k − ḡ)ᵀ H_k (g_k − ḡ), with H_k on examples drawn for it alone. */
  readonly acrossBatches: readonly number[];
  /** ḡᵀ H_k ḡ, penalties included. */
  readonly alongMean: readonly number[];
  /** g_k · H ḡ with H the mean of all H_k. */
  readonly slopes: readonly number[];
}

/** tr(HΣ) and GᵀHG. */
export function curvatureColumns(
  { size, counts }: Draw,
  { acrossBatches, alongMean, slopes }: BatchCurvature,
): { readonly trace: readonly number[]; readonly alongGradient: readonly number[] } {
  const n = sum(counts);
  const unseen = 1 / n - 1 / size;
  const spread = Math.sqrt(n * unseen);
  const traces = acrossBatches.map((value, k) => value / (1 / counts[k]! - 1 / n));
  // The error of ḡ and that of H do not depend on each other.
  const along = around(
    alongMean.map((value, k) => value + 2 * slopes[k]!),
    spread,
    sum(alongMean.map((value, k) => (counts[k]! / n) * value)),
  );
  return {
    trace: traces.map((trace) => (trace * (size - 1)) / size),
    alongGradient: along.map((value, k) => value - unseen * traces[k]!),
  };
}

/** `values` moved so that their mean is `centre`, their deviations times `spread`. */
function around(
  values: readonly number[],
  spread: number,
  centre: number = sum(values) / values.length,
): readonly number[] {
  const mean = sum(values) / values.length;
  return values.map((value) => centre + spread * (value - mean));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
