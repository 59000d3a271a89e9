/** @file What stands on the command line, read strictly: each function names the option and the value it refuses. */
import { availableParallelism } from "node:os";
import { InputError, show } from "../errors.ts";

/** A whole number of at least `least`, in digits alone: neither `1e3` nor `1.5`. @throws InputError */
export function wholeOption(option: string, text: string, least = 1): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError(`${option} must be a whole number of at least ${least}, got ${show(text)}`);
}

/** A positive number, as `0.1` or `1e-3`. @throws InputError */
export function positiveOption(option: string, text: string): number {
  const value = numberIn(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InputError(`${option} must be a positive number, got ${show(text)}`);
}

/** A number in [0, 1). @throws InputError */
export function fractionOption(option: string, text: string): number {
  const value = numberIn(text);
  if (value >= 0 && value < 1) return value;
  throw new InputError(`${option} must be a number of at least 0 and below 1, got ${show(text)}`);
}

/** A number of at least 0. @throws InputError */
export function nonNegativeOption(option: string, text: string): number {
  const value = numberIn(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InputError(`${option} must be a number of at least 0, got ${show(text)}`);
}

/** The number that `text` is, and nothing else around it; NaN otherwise. */
export function numberIn(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
}

/** The entries of a list with commas. @throws InputError for an empty entry */
export function listOption(option: string, text: string): readonly string[] {
  const entries = text.split(",").map((entry) => entry.trim());
  if (entries.every((entry) => entry !== "")) return entries;
  throw new InputError(`${option} must be values with commas between them, got ${show(text)}`);
}

/**
 * One batch size: one of `words`, by default `full` alone, or a number. Whether the number is one from 1 to N is for those to say who know N.
 *
 * @throws InputError for what is neither
 */
export function batchSizeOption<Word extends string = "full">(
  option: string,
  text: string,
  words: readonly Word[] = ["full" as Word],
): number | Word {
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) || text === "NaN") return Number(text);
  throw new InputError(
    `${option} must be a number from 1 to the number of examples, or ${words.join(", or ")}; got ${show(text)}`,
  );
}

/** Learning rates: `auto`, one, or several with commas. @throws InputError */
export function learningRateOption(option: string, text: string): readonly number[] | "auto" {
  if (text === "auto") return "auto";
  return listOption(option, text).map((entry) => positiveOption(option, entry));
}

/** A word out of `allowed`. @throws InputError naming them */
export function wordOption<T extends string>(
  option: string,
  text: string,
  allowed: readonly T[],
): T {
  const found = allowed.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new InputError(`${option} must be one of ${allowed.join(", ")}; got ${show(text)}`);
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Bytes: `512MB`, `1.5GiB`, or a number of bytes. @throws InputError */
export function bytesOption(option: string, text: string): number {
  const [, number = "", unit = ""] = /^([\d.]+)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const found = Object.entries(units).find(([name]) => name.toLowerCase() === unit.toLowerCase());
  const bytes = Math.floor(numberIn(number) * (found?.[1] ?? NaN));
  if (Number.isSafeInteger(bytes) && bytes >= 1) return bytes;
  throw new InputError(
    `${option} must be an amount of memory such as 512MB or 2GiB, got ${show(text)}`,
  );
}

/** Threads: a whole number, or `auto`. Threads that wait spin: many more than cores stop all progress. @throws InputError */
export function threadsOption(option: string, text: string): number | "auto" {
  if (text === "auto") return "auto";
  const most = Math.max(64, 2 * availableParallelism());
  if (/^\d+$/.test(text)) {
    const threads = wholeOption(option, text);
    if (threads <= most) return threads;
    throw new InputError(
      `${option} must be at most ${most} on this machine of ${availableParallelism()} cores, got ${threads}`,
    );
  }
  throw new InputError(
    `${option} must be a whole number of at least 1, or auto; got ${show(text)}`,
  );
}

/** A target as it is given: `0.97` on the metric, or `valLoss=0.1`. */
export interface TargetArgument {
  readonly monitor: string | undefined;
  readonly value: number;
}

/** @throws InputError */
export function targetOption(option: string, text: string): TargetArgument {
  const [, monitor, number = ""] = /^(?:([^=]+)=)?([^=]*)$/.exec(text) ?? [];
  const value = numberIn(number);
  if (Number.isFinite(value)) return { monitor, value };
  throw new InputError(
    `${option} must be a number such as 0.97, or name=number such as valLoss=0.1; got ${show(text)}`,
  );
}

/**
 * The same arguments with the names of long options spelled as they are here: `--batchSize` and `--batch_size` are
 * `--batch-size`, and `aliases` (without dashes) are what they stand for.
 */
export function spelledOptions(
  args: readonly string[],
  aliases: Readonly<Record<string, string>>,
): readonly string[] {
  return args.map((arg) => {
    const [, name, rest = ""] = /^--([A-Za-z][\w-]*)(=.*)?$/s.exec(arg) ?? [];
    if (name === undefined) return arg;
    const dashed = name
      .replace(/_/g, "-")
      .replace(/([a-z])([A-Z])/g, "$1-$2")
      .toLowerCase();
    return `--${aliases[dashed] ?? dashed}${rest}`;
  });
}
