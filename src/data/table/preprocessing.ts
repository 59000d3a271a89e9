/** @file What was fitted on the training part of a table, as plain JSON, so that the same can be done to new rows. */
import type { ColumnType } from "./raw-table.ts";

/** What happens where a value is missing. */
export type MissingPolicy = "impute" | "refuse" | "drop";

/**
 * A number, or a time as a number: (v − mean) / scale, one input; with `indicator` a second one, 1 where the value was missing.
 * A missing value counts as the mean.
 */
export interface NumberFeature {
  readonly kind: "number";
  readonly column: string;
  readonly type: "number" | "date" | "timestamp" | "time";
  readonly mean: number;
  readonly scale: number;
  readonly indicator: boolean;
}

/** A category or a boolean: an input for each of `levels`, 1 for its own and 0 for the others. */
export interface CategoryFeature {
  readonly kind: "category";
  readonly column: string;
  readonly type: "boolean" | "text";
  readonly levels: readonly string[];
  /** One more input, 1 for a category that is none of `levels`; without it such a row has only zeros. */
  readonly other: boolean;
  /** The category that a missing value counts as: the most frequent one. */
  readonly fill: string;
  /** One more input, 1 where the value was missing. */
  readonly indicator: boolean;
}

/** How a column becomes inputs. */
export type Feature = NumberFeature | CategoryFeature;

/** Class indices: the place in `classes`. */
export interface ClassTarget {
  readonly kind: "classes";
  readonly column: string;
  readonly type: ColumnType;
  readonly classes: readonly string[];
}

/** A number to predict, standardised: (v − mean) / scale; 0 and 1 where it is not. */
export interface NumberTarget {
  readonly kind: "number";
  readonly column: string;
  readonly type: "number" | "date" | "timestamp" | "time";
  readonly mean: number;
  readonly scale: number;
}

/** What was fitted on the training part: plain JSON. */
export interface Preprocessing {
  readonly version: 1;
  readonly missing: MissingPolicy;
  readonly features: readonly Feature[];
  readonly target: ClassTarget | NumberTarget;
}

/** Number of inputs that a column becomes. */
export function featureWidth(feature: Feature): number {
  const own = feature.kind === "number" ? 1 : feature.levels.length + Number(feature.other);
  return own + Number(feature.indicator);
}

/**
 * Names of the inputs, in order.
 *
 * @example featureNames(preprocessing) // ["age", "age missing", "city=Paris", "city=Rome", "city other"]
 */
export function featureNames({ features }: Pick<Preprocessing, "features">): readonly string[] {
  return features.flatMap((feature) => {
    const { column } = feature;
    const own =
      feature.kind === "number"
        ? [column]
        : [
            ...feature.levels.map((level) => `${column}=${level}`),
            ...(feature.other ? [`${column} other`] : []),
          ];
    return feature.indicator ? [...own, `${column} missing`] : own;
  });
}

/** Predictions of a regression in the units of the target column: ŷ · scale + mean. */
export function targetUnits(
  predictions: Float32Array | Float64Array,
  { target }: Pick<Preprocessing, "target">,
): Float64Array {
  if (target.kind === "classes") return Float64Array.from(predictions);
  return Float64Array.from(predictions, (value) => value * target.scale + target.mean);
}
