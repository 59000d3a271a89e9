/** @file What a study of the claims about batch sizes yields: plain data, ready for a table, a page or JSON. */
import type { Race } from "../race.ts";
import type { DataFacts, ModelFacts } from "../subject-facts.ts";

export const verdicts = ["holds", "does not hold", "cannot tell"] as const;
export type Verdict = (typeof verdicts)[number];

/** A row of what was measured for a claim: numbers and short texts by column name. */
export type EvidenceRow = Readonly<Record<string, number | string | null>>;

/** A text in English and in Simplified Chinese. */
export interface Bilingual {
  readonly en: string;
  readonly zh: string;
}

/** What was measured for a claim. */
export interface Evidence {
  /** In words, with the numbers. */
  readonly summary: Bilingual;
  /** When the claim holds, and when it does not: what the verdict follows from. */
  readonly rule: Bilingual;
  /** The measured numbers as a table; all rows have the same columns. */
  readonly rows: readonly EvidenceRow[];
  /** How the rows are drawn: columns of the horizontal and vertical axis, and which of them are logarithmic; null for a table alone. */
  readonly chart: {
    readonly x: string;
    readonly y: string;
    /** Column that tells the series apart, if there is more than one. */
    readonly series: string | null;
    readonly logX: boolean;
    readonly logY: boolean;
  } | null;
}

/** One claim, tested. */
export interface Claim {
  /** Short and stable, for programs: `"updates-per-epoch"`. */
  readonly id: string;
  /** Its number in the list of claims, from 1. */
  readonly number: number;
  readonly claim: Bilingual;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly seconds: number;
}

/** All claims, tested on one data set. */
export interface Study {
  readonly data: DataFacts;
  readonly model: ModelFacts;
  readonly optimizer: string;
  readonly seed: number;
  readonly seeds: number;
  readonly claims: readonly Claim[];
  readonly seconds: number;
  /** Versions and machine, for the record. */
  readonly environment: Race["environment"];
  /** False when it was stopped before all claims were tested. */
  readonly complete: boolean;
}

/** What a study tells while it goes on. */
export type StudyEvent =
  /** A claim is taken up. */
  | { readonly type: "claim"; readonly number: number; readonly total: number; readonly id: string }
  /** What is being measured for it, in words. */
  | { readonly type: "step"; readonly number: number; readonly what: string }
  | { readonly type: "verdict"; readonly claim: Claim };
