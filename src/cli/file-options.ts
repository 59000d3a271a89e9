/** @file Options for DATA that is a file: what to predict, from what, and how the rows are split. */
import { existsSync } from "node:fs";
import { rawEndings } from "../data/arrays/raw.ts";
import { datasetNames } from "../datasets.ts";
import { InputError, show } from "../errors.ts";
import type { LoadFileOptions } from "../files.node.ts";
import { listOption, targetOption, wholeOption, wordOption } from "./arguments.ts";
import type { RawOptions } from "./raw-options.ts";

/** Options that only files have. */
const names = [
  "features",
  "drop",
  "split",
  "missing",
  "query",
  "groups",
  "stratify",
  "categories",
  "missing-values",
  "decimal",
  "task",
  "size",
  "raw",
] as const;

/** Whether DATA means a file: one is there, or it is written as a path, a name with an ending or a pattern. */
export function isFileName(data: string): boolean {
  return !datasetNames.includes(data) && (/[./\\*]/.test(data) || existsSync(data));
}

/** The values of `--target` that are for the metric, and the one that names what to predict. */
export interface TargetValues {
  readonly metric: string | undefined;
  readonly column: string | undefined;
}

/**
 * Sorts what `--target` was given: a number, or a name with a number, is for the metric; anything else names what to predict of a file.
 *
 * @throws InputError when two are of one kind
 */
export function targetValues(data: string, given: RawOptions[string]): TargetValues {
  const values = Array.isArray(given) ? (given as readonly string[]) : [];
  if (!isFileName(data)) return { metric: values.at(-1), column: undefined };
  const metrics = values.filter(isMetricTarget);
  const columns = values.filter((value) => !isMetricTarget(value));
  if (metrics.length > 1 || columns.length > 1) {
    throw new InputError(
      `--target may be given twice for a file, once for the column and once for the metric; got ${values.map(show).join(", ")}`,
    );
  }
  return { metric: metrics[0], column: columns[0] };
}

/**
 * The options of a file; undefined for built-in data.
 *
 * @throws InputError for an option of files with built-in data
 */
export function readFileOptions(data: string, options: RawOptions): LoadFileOptions | undefined {
  const text = (name: (typeof names)[number]): string | undefined => {
    const value = options[name === "missing-values" ? "missingValues" : name];
    return typeof value === "string" ? value : undefined;
  };
  if (!isFileName(data)) {
    const odd = names.find((name) => text(name) !== undefined);
    if (odd === undefined) return undefined;
    throw new InputError(`--${odd} goes with files, not with ${data}`);
  }
  const read = <K extends keyof LoadFileOptions>(
    name: (typeof names)[number],
    key: K,
    parse: (option: string, value: string) => NonNullable<LoadFileOptions[K]>,
  ): Pick<LoadFileOptions, K> | object => {
    const value = text(name);
    return value === undefined ? {} : { [key]: parse(`--${name}`, value) };
  };
  const { column } = targetValues(data, options["target"]);
  return {
    ...(column === undefined ? {} : { target: column }),
    ...read("features", "features", listOption),
    ...read("drop", "drop", listOption),
    ...read("split", "split", splitOption),
    ...read("missing", "missing", (option, value) =>
      wordOption(option, value, ["impute", "refuse", "drop"] as const),
    ),
    ...read("query", "query", (_, value) => value),
    ...read("groups", "groups", (_, value) => value),
    ...read("stratify", "stratify", (_, value) => value),
    ...read("categories", "categories", listOption),
    ...read("missing-values", "missingValues", (_, value) => ["", ...value.split(",")]),
    ...read("decimal", "decimal", (option, value) =>
      wordOption(option, value, [".", ","] as const),
    ),
    ...read("task", "task", (option, value) =>
      wordOption(option, value, ["classification", "regression"] as const),
    ),
    ...read("size", "size", sizeOption),
    ...read("raw", "raw", rawOption),
  };
}

/** A part such as 0.2, a file, or the column that says which rows validate. @throws InputError */
function splitOption(option: string, value: string): NonNullable<LoadFileOptions["split"]> {
  if (/^[+-]?(\d|\.\d)[\d.]*$/.test(value)) {
    const part = Number(value);
    if (part > 0 && part < 1) return part;
    throw new InputError(
      `${option} must be a part above 0 and below 1, a column or a file; got ${show(value)}`,
    );
  }
  const isFile = existsSync(value) || /[/\\*]|\.(csv|tsv|jsonl|ndjson|parquet|gz)$/i.test(value);
  return isFile ? { file: value } : { column: value };
}

/** `float32:28x28`, the type or the shape of a row alone. @throws InputError */
export function rawOption(option: string, value: string): NonNullable<LoadFileOptions["raw"]> {
  const types = Object.values(rawEndings);
  const [, type, sizes] = /^([a-z]+\d+)?(?:(?:^|:)(\d+(?:x\d+)*))?$/.exec(value) ?? [];
  const found = types.find((each) => each === type);
  const shape = sizes?.split("x").map(Number);
  if (value === "" || (type !== undefined && found === undefined) || (found ?? shape) === undefined)
    throw new InputError(
      `${option} must be the type of a number and the shape of a row such as float32:28x28, or one of both; types are ${types.join(", ")}; got ${show(value)}`,
    );
  return { ...(found && { type: found }), ...(shape && { shape: [-1, ...shape] }) };
}

/** `64` or `48x64`, height by width. @throws InputError */
function sizeOption(option: string, value: string): readonly [number, number] {
  const [height = "", width = height, ...more] = value.split("x");
  if (more.length > 0) throw new InputError(`${option} must be height x width, got ${show(value)}`);
  return [wholeOption(option, height), wholeOption(option, width)];
}

function isMetricTarget(value: string): boolean {
  try {
    targetOption("--target", value);
    return true;
  } catch {
    return false;
  }
}
