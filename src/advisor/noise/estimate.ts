/** @file Estimates with their intervals: means of pseudo-values, their linear combinations and ratios of these. */
import { studentQuantile } from "./student.ts";

/** A measured number and its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  /** Infinity where the data sets no bound. */
  readonly high: number;
}

/** Several quantities that were estimated from the same batches. */
export interface Moments {
  readonly means: readonly number[];
  /** Covariance of the means, not of single values. */
  readonly covariance: readonly (readonly number[])[];
  /** Degrees of freedom of each variance. */
  readonly degrees: readonly number[];
}

/**
 * Moments of the means of `columns`, one column a quantity and one pseudo-value a batch: cov(x̄, ȳ) = Σ (xₖ − x̄)(yₖ − ȳ) / (K (K − 1)).
 *
 * Source of pseudo-values: Efron & Tibshirani (1993), An Introduction to the Bootstrap, sections 11.2 and 11.3.
 */
export function momentsOf(columns: readonly (readonly number[])[]): Moments {
  const count = columns[0]?.length ?? 0;
  // From the first value on, so that equal values have exactly no variance.
  const means = columns.map(
    ([first = 0, ...rest]) => first + rest.reduce((sum, value) => sum + (value - first), 0) / count,
  );
  const covariance = columns.map((x, i) =>
    columns.map(
      (y, j) =>
        x.reduce((sum, value, k) => sum + (value - means[i]!) * (y[k]! - means[j]!), 0) /
        (count * (count - 1)),
    ),
  );
  return { means, covariance, degrees: columns.map((x, i) => degreesOf(x, means[i]!)) };
}

/**
 * Degrees of freedom of the variance of K values with kurtosis κ, from var(s²) / σ⁴ = 2 / (K − 1) + (κ − 3) / K =: 2 / ν; K − 1 at most. Values
 * with heavy tails tell less of their spread.
 */
function degreesOf(values: readonly number[], mean: number): number {
  const count = values.length;
  const moment = (order: number) =>
    values.reduce((sum, value) => sum + (value - mean) ** order, 0) / count;
  const [square, fourth] = [moment(2), moment(4)];
  if (square === 0) return count - 1;
  const relative = 2 / (count - 1) + (fourth / square ** 2 - 3) / count;
  return Math.max(1, Math.min(count - 1, Math.floor(2 / relative)));
}

/**
 * Σ aᵢ qᵢ of the quantities, x ± t s; the end away from zero on a logarithmic scale, x e^(t s / x), where x can be told
 * from zero: means of squares lean away from zero, and so must their intervals to hold in 95 of 100 cases.
 */
export function combination(moments: Moments, a: readonly number[]): Estimate {
  const value = dot(a, moments.means);
  const half = quantile(moments, a) * Math.sqrt(product(moments, a, a));
  const size = Math.abs(value);
  const outer = size > half ? size * Math.expm1(half / size) : half;
  return value < 0
    ? { value, low: value - outer, high: value + half }
    : { value, low: value - half, high: value + outer };
}

/**
 * The ratio ρ = Σ aᵢ qᵢ / Σ bᵢ qᵢ =: x / y of two positive quantities, with all ρ ≥ 0 that the data does not contradict:
 *
 *     (x − ρ y)² ≤ t² var(x − ρ y)
 *
 * Where y cannot be told from zero there is no upper end, and where it comes out negative the value is Infinity.
 *
 * Source: Fieller (1954), "Some problems in interval estimation", J. R. Stat. Soc. B 16.
 */
export function ratio(moments: Moments, a: readonly number[], b: readonly number[]): Estimate {
  const [x, y] = [dot(a, moments.means), dot(b, moments.means)];
  const value = y > 0 ? x / y : Infinity;
  // A quotient that came out negative says that the quantities are not positive, and keeps its interval.
  const notBelow = (low: number) => (value < 0 ? low : Math.max(0, low));
  const square = Math.max(quantile(moments, a), quantile(moments, b)) ** 2;
  const yy = product(moments, b, b);
  if (yy === 0 && y > 0) {
    const { low, high } = combination(moments, a);
    return { value, low: notBelow(low / y), high: high / y };
  }
  // A ρ² − 2 B ρ + C ≤ 0
  const A = y * y - square * yy;
  const B = x * y - square * product(moments, a, b);
  const C = x * x - square * product(moments, a, a);
  const root = Math.sqrt(Math.max(0, B * B - A * C));
  if (y > 0 && A > 0) return { value, low: notBelow((B - root) / A), high: (B + root) / A };
  // With A < 0 < C one root is negative, and what is at least the other is not contradicted.
  return { value, low: A < 0 && C > 0 && x > 0 ? (B - root) / A : 0, high: Infinity };
}

/** Student's t for a combination: by the fewest degrees of freedom of what is in it. */
function quantile({ degrees }: Moments, a: readonly number[]): number {
  return studentQuantile(Math.min(...degrees.filter((_, i) => (a[i] ?? 0) !== 0)));
}

/** aᵀ C b */
function product({ covariance }: Moments, a: readonly number[], b: readonly number[]): number {
  return dot(
    a,
    covariance.map((row) => dot(row, b)),
  );
}

/** Σ aᵢ vᵢ; weights that are missing are 0, weights of what was not measured must be 0. */
function dot(a: readonly number[], values: readonly number[]): number {
  return values.reduce((sum, value, i) => sum + (a[i] ?? 0) * value, 0);
}
