/** @file Options of preparing a table, checked. */
import { InputError, nonNegative, oneOf, wholeNumber } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import type { FloatType } from "../table.ts";
import type { MissingPolicy } from "./preprocessing.ts";

/** Options of `prepareTable`. */
export interface PrepareOptions {
  /** Column to predict. */
  readonly target: string;
  /** Columns to learn from; default: all but those that have another role. */
  readonly features?: readonly string[];
  /** Columns to leave out. */
  readonly drop?: readonly string[];
  /** Default: inferred from the target, see {@link chooseTask}. */
  readonly task?: Dataset["task"];
  /**
   * Missing values of features: `"impute"` (default) puts the mean or the most frequent category there and adds an input that says so,
   * `"drop"` leaves the row out, `"refuse"` throws. A row without a target is left out, or refused.
   */
  readonly missing?: MissingPolicy;
  /** Categories of a column with an input of their own (default 32): the most frequent ones; the others share one input. */
  readonly categoryLimit?: number;
  /** Columns of numbers that are categories, such as postal codes. */
  readonly categories?: readonly string[];
  /** Part of the rows to validate on (default 0.2; 0: none), or the column that says which. */
  readonly split?: number | { readonly column: string };
  /** Seed of the split (default 0). */
  readonly seed?: number;
  /** Column whose equal values stay in one part. */
  readonly groups?: string;
  /** Column whose proportions both parts keep; default: the target, where it is classes and there are no groups; false: none. */
  readonly stratify?: string | false;
  /** Whether a regression target is standardised (default true); see {@link targetUnits} for the way back. */
  readonly standardizeTarget?: boolean;
  /** Type of the inputs (default float32). */
  readonly dtype?: FloatType;
  /** Name for reports; default: where the table came from. */
  readonly name?: string;
}

/** What options are where they are not given. */
export const prepareDefaults = {
  missing: "impute",
  categoryLimit: 32,
  categories: [],
  split: 0.2,
  seed: 0,
  standardizeTarget: true,
  dtype: "float32",
} as const;

/** @throws InputError for an option that is none */
export function checkOptions(options: PrepareOptions): void {
  if (options.missing !== undefined) {
    oneOf("missing", options.missing, ["impute", "refuse", "drop"]);
  }
  if (options.task !== undefined) oneOf("task", options.task, ["classification", "regression"]);
  wholeNumber("categoryLimit", options.categoryLimit ?? 32);
  wholeNumber("seed", options.seed ?? 0, 0);
  if (typeof options.split === "number") nonNegative("split", options.split);
  if (typeof options.split === "object" && (options.groups ?? options.stratify) !== undefined) {
    throw new InputError(
      "groups and stratify are for a split by chance; the split column says it all",
    );
  }
}

/** Names of the columns that are no inputs: the target, those dropped, and those that only steer the split. */
export function reservedColumns(options: PrepareOptions): ReadonlySet<string> {
  const { target, drop = [], groups, split } = options;
  const steering = [groups, typeof split === "object" ? split.column : undefined];
  return new Set([target, ...drop, ...steering.filter((name) => name !== undefined)]);
}
