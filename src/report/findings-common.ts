/** @file What the parts of the findings share. */
import type { RaceRun, TargetResult } from "../advisor/race.ts";
import { type Formats, formats, range } from "./format.ts";
import { type Group, over } from "./groups.ts";
import { capital, runName } from "./labels.ts";
import { isFiniteNumber, type Maybe, type Summary } from "./statistics.ts";
import { type Language, say, type TextKey } from "./text.ts";

/** One thing that a race shows. */
export interface Finding {
  /** What kind of statement it is. */
  readonly id: string;
  /** `headline`: the outcome; `detail`: the rest of the outcome; `fact`: why; `caution`: what limits it. */
  readonly tone: "headline" | "detail" | "fact" | "caution";
  readonly text: Readonly<Record<Language, string>>;
  /** The numbers that the text rests on, unrounded. */
  readonly numbers: Readonly<Record<string, number | null>>;
}

/** Values of a text, made for one language. */
export type Values = (
  language: Language,
  format: Formats,
) => Readonly<Record<string, string | number>>;

/** A finding from a row of the table of texts. */
export function finding(
  id: string,
  tone: Finding["tone"],
  key: TextKey,
  values: Values,
  numbers: Finding["numbers"],
): Finding {
  const text = (language: Language): string =>
    capital(say(language, key, values(language, formats(language))));
  return { id, tone, text: { en: text("en"), zh: text("zh") }, numbers };
}

/** `run` and `Run` for a text. */
export function named(language: Language, group: Group): { run: string; Run: string } {
  const run = runName(language, group);
  return { run, Run: capital(run) };
}

/** A part of the target's cost over the seeds that reached it. */
export function cost(group: Group, part: Exclude<keyof TargetResult, "reached">): Summary | null {
  return over(group, (run) => (run.target?.reached === true ? run.target[part] : null));
}

/** How many seeds of a group reached the target. */
export function reachedCount(group: Group): number {
  return group.runs.filter((run) => run.target?.reached === true).length;
}

/** Mean over seeds; NaN when no run has it. */
export function mean(group: Group, pick: (run: RaceRun) => Maybe): number {
  return over(group, pick)?.mean ?? Number.NaN;
}

/** The extremes of groups by a number, over the groups that have it; null when there are not two different ones. */
export function extremes(
  groups: readonly Group[],
  pick: (group: Group) => Maybe,
): readonly [Group, Group] | null {
  const known = groups.filter((group) => isFiniteNumber(pick(group)));
  known.sort((a, b) => Number(pick(a)) - Number(pick(b)));
  const [least, greatest] = [known[0], known.at(-1)];
  if (least === undefined || greatest === undefined || least === greatest) return null;
  return [least, greatest];
}

/** A range over seeds as text, or the mean when it has no width. */
export function rangeOrMean(value: Summary, format: (value: number) => string): string {
  return range(value, format) || format(value.mean);
}
