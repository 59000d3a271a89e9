/** @file From numbers measured with several seeds to a verdict. */
import { studentQuantile } from "../noise/student.ts";
import { meanOf, standardErrorOf } from "../statistics.ts";
import type { Verdict } from "./study.ts";

/** A mean and its 95 % confidence interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Mean of one value a seed and its interval, x̄ ± t s / √n with Student's t; null for fewer than two values, which tell nothing of
 * their spread, and where one is not finite.
 */
export function intervalOf(values: readonly number[]): Interval | null {
  const count = values.length;
  if (count < 2 || !values.every(Number.isFinite)) return null;
  const mean = meanOf(values);
  const half = studentQuantile(count - 1) * standardErrorOf(values);
  return { mean, low: mean - half, high: mean + half };
}

/** Holds where the whole interval lies above `bound`, does not where it lies below. */
export function above(interval: Interval | null, bound: number): Verdict {
  if (interval === null) return "cannot tell";
  if (interval.low > bound) return "holds";
  return interval.high < bound ? "does not hold" : "cannot tell";
}

/** Holds where the whole interval lies below `bound`, does not where it lies above. */
export function below(interval: Interval | null, bound: number): Verdict {
  return above(
    interval && { mean: -interval.mean, low: -interval.high, high: -interval.low },
    -bound,
  );
}

/** Holds where the whole interval lies within [low, high], does not where it lies outside. */
export function within(interval: Interval | null, low: number, high: number): Verdict {
  if (interval === null) return "cannot tell";
  if (interval.low >= low && interval.high <= high) return "holds";
  return interval.high < low || interval.low > high ? "does not hold" : "cannot tell";
}

/** A claim of several parts holds when all of them do, and does not when one of them does not. */
export function allOf(...parts: readonly Verdict[]): Verdict {
  if (parts.includes("does not hold")) return "does not hold";
  return parts.every((part) => part === "holds") ? "holds" : "cannot tell";
}

/** Slope of the least-squares line through the points (x, y). */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const x0 = meanOf(points.map(([x]) => x));
  const y0 = meanOf(points.map(([, y]) => y));
  const xy = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return xy / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}

/**
 * A share of `count` and its interval.
 *
 * Source: Wilson (1927), "Probable inference, the law of succession, and statistical inference", J. Am. Stat. Assoc. 22.
 */
export function shareOf(successes: number, count: number): Interval {
  const z = 1.959963984540054;
  const mean = successes / count;
  const spread = 1 + z ** 2 / count;
  const middle = (mean + z ** 2 / (2 * count)) / spread;
  const half = (z / spread) * Math.sqrt((mean * (1 - mean)) / count + (z / (2 * count)) ** 2);
  // At the ends of the range rounding leaves 1e-17.
  return {
    mean,
    low: successes === 0 ? 0 : middle - half,
    high: successes === count ? 1 : middle + half,
  };
}

/** The mean of factors: exp of the mean of their logarithms. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(meanOf(values.map(Math.log)));
}

/** The interval of exp(x) from that of x. */
export function expOf(interval: Interval | null): Interval | null {
  if (interval === null) return null;
  const { mean, low, high } = interval;
  return { mean: Math.exp(mean), low: Math.exp(low), high: Math.exp(high) };
}

/** What to add where the parts of a claim come out differently. */
export function verdictsDiffer(parts: readonly Verdict[]): {
  readonly en: string;
  readonly zh: string;
} {
  const notYes = parts.flatMap((part, i) => (part === "holds" ? [] : [{ part, number: i + 1 }]));
  if (notYes.length === 0 || notYes.length === parts.length) return { en: "", zh: "" };
  const words = { "does not hold": "不成立", "cannot tell": "无法判断", holds: "成立" } as const;
  return {
    en: ` Part ${notYes.map(({ part, number }) => `${number}: ${part}`).join("; part ")}; the rest holds.`,
    zh: `第 ${notYes.map(({ part, number }) => `${number} 部分${words[part]}`).join("，第 ")}；其余成立。`,
  };
}
