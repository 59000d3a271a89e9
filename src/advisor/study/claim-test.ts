/** @file What every claim is made of, and the words they share. */
import type { Bench } from "./bench.ts";
import type { Interval } from "./verdicts.ts";
import type { Bilingual, Evidence, EvidenceRow, Verdict } from "./study.ts";

/** What a test of a claim found. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** A claim and how it is tested. */
export interface ClaimTest {
  readonly id: string;
  readonly claim: Bilingual;
  /** Measures, and tells in words what it is at. */
  readonly test: (bench: Bench) => AsyncGenerator<string, Outcome>;
}

/** A claim that these data or this machine cannot test, and why. */
export function untestable(en: string, zh: string): Outcome {
  return {
    verdict: "cannot tell",
    evidence: {
      summary: { en, zh },
      rule: { en: "Not tested.", zh: "未检验。" },
      rows: [],
      chart: null,
    },
  };
}

/** A number to three digits, thousands apart, with the sign that is as wide as a plus. */
export function text(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value < 0) return `−${text(-value)}`;
  if (value !== 0 && value < 1e-3) return value.toExponential(1);
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** A whole number, thousands apart. */
export const whole = (value: number): string => value.toLocaleString("en-US");

/** `0.62 (0.5 to 0.74)`; where the values, one a seed, give no interval, why. */
export function intervalText(interval: Interval | null, values: readonly number[]): Bilingual {
  if (interval === null && values.length > 1)
    return {
      en: "– (not a finite number with every seed)",
      zh: "–（并非每个种子都得到有限值）",
    };
  if (interval === null) {
    const alone = text(values[0] ?? NaN);
    return {
      en: `${alone} (one seed: spread unknown)`,
      zh: `${alone}（仅一个种子，离散程度未知）`,
    };
  }
  const { mean: middle, low, high } = interval;
  return {
    en: `${text(middle)} (95% interval ${text(low)} to ${text(high)})`,
    zh: `${text(middle)}（95% 区间 ${text(low)} 至 ${text(high)}）`,
  };
}

const verdictWords: Readonly<Record<Verdict, Bilingual>> = {
  holds: { en: "holds", zh: "成立" },
  "does not hold": { en: "does not hold", zh: "不成立" },
  "cannot tell": { en: "cannot tell", zh: "无法判断" },
};

/** A verdict in words. */
export const verdictText = (verdict: Verdict): Bilingual => verdictWords[verdict];

/** Values of a column, one a row. */
export function column(rows: readonly EvidenceRow[], name: string): readonly number[] {
  return rows.map((row) => Number(row[name]));
}
