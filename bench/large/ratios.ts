/** @file Speeds as parts of others. */
import { median } from "../results.ts";
import type { EpochRates } from "./steps.ts";

/** Thousands of examples a second. */
export const rate = (value: number): string =>
  Math.round(value / 1000).toLocaleString("en-US") + " k";

/** Rates of the first epoch of each round, or of all epochs after it. */
type Choice = (rates: EpochRates) => readonly number[];
export const epochChoices: readonly (readonly [label: string, pick: Choice])[] = [
  ["first", (rates) => rates.map(([first = NaN]) => first)],
  ["later", (rates) => rates.flatMap(([, ...later]) => later)],
];

/** Speed as a part of that in memory: of the medians, with the lowest and the highest of the epochs that stand for each other. */
export function ratioText(rates: readonly number[], inMemory: readonly number[]): string {
  const ratios = rates.map((value, i) => value / inMemory[i]!);
  const percent = (value: number): string => (100 * value).toFixed(0);
  return `${percent(median(rates) / median(inMemory))} % (${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))})`;
}
