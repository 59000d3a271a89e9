/** @file From the inputs of a row back to the values of its columns, for people to read. */
import { featureWidth, type Feature, type Preprocessing } from "./preprocessing.ts";

/** A value of a column. */
export interface DecodedValue {
  readonly column: string;
  /** A number, a time in words, or a category; null where it is missing or another category than those that have an input. */
  readonly value: number | string | null;
  /** A missing value is known to be one where it has an input of its own. */
  readonly missing: boolean;
}

/**
 * The values that became `inputs`, one a column: v = input · scale + mean, or the category whose input is 1.
 *
 * @param inputs of one row
 * @example decodeInputs(preprocessing, [-1.2, 0, 0, 1])[0] // { column: "age", value: 23, missing: false }
 */
export function decodeInputs(
  { features }: Pick<Preprocessing, "features">,
  inputs: ArrayLike<number>,
): readonly DecodedValue[] {
  let at = 0;
  return features.map((feature) => {
    const own = Array.from({ length: featureWidth(feature) }, (_, i) => inputs[at + i] ?? NaN);
    at += own.length;
    const missing = feature.indicator && own.at(-1) === 1;
    return { column: feature.column, value: missing ? null : decoded(feature, own), missing };
  });
}

function decoded(feature: Feature, own: readonly number[]): number | string | null {
  if (feature.kind === "category") return feature.levels[own.indexOf(1)] ?? null;
  const { type, mean, scale } = feature;
  const product = (own[0] ?? NaN) * scale;
  return timeOrNumber(type, rounded(product + mean, Math.abs(mean) + Math.abs(product)));
}

/** Rounded to the digits that an input in 32 bits keeps of numbers of this `size`. */
function rounded(value: number, size: number): number {
  if (size === 0) return value;
  const step = 10 ** Math.ceil(Math.log10(size * 2 ** -22));
  return Number((Math.round(value / step) * step).toPrecision(12));
}

const day = 24 * 60 * 60;

function timeOrNumber(
  type: "number" | "date" | "timestamp" | "time",
  value: number,
): number | string {
  if (type === "number") return value;
  const seconds = type === "date" ? Math.round(value) * day : Math.round(value);
  const text = new Date(seconds * 1000).toISOString();
  if (type === "date") return text.slice(0, 10);
  return type === "time" ? text.slice(11, 19) : text.slice(0, 19).replace("T", " ");
}
