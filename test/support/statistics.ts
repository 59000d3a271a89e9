/** @file Statistics for tests of random numbers. Seeds are fixed, so a test passes always or never; a false alarm is met once, when it is written. */

/** Pearson's χ² of counts against probabilities: Σ (observed − expected)² / expected. */
export function chiSquare(counts: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  return Array.from(counts).reduce((sum, count, i) => {
    const expected = total * (probabilities[i] ?? 0);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

/** Limits that χ² of a right generator exceeds with probability 10⁻⁶, by degrees of freedom (scipy.stats.chi2.isf(1e-6, df)). */
export const chiSquareLimit = {
  6: 38.25833637720969,
  9: 44.81093787068782,
  15: 56.49344249977338,
  119: 207.1986092557202,
  999: 1226.046189012162,
} as const;

/** What a standard normal number exceeds in absolute value with probability 10⁻⁶ (scipy.stats.norm.isf(5e-7)). */
export const normalLimit = 4.891638475699434;

/** Equal probabilities. */
export function evenly(count: number): number[] {
  return Array.from({ length: count }, () => 1 / count);
}

/** How often each of 0 … size − 1 comes. */
export function countsOf(values: Iterable<number>, size: number): number[] {
  const counts = Array.from({ length: size }, () => 0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
