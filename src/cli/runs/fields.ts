/** @file Fields of JSON that somebody else may have written: read as what they should be, or null. */

/** An object of JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** `value` as an object; an empty one for anything else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** A finite number. */
export function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A number that stands as such or as its text, as options do. */
export function numberIn(value: unknown): number | null {
  if (typeof value === "string" && value.trim() !== "") return numberOf(Number(value));
  return numberOf(value);
}

/** A text that is not empty. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** One of some words. */
export function wordOf<T extends string>(value: unknown, words: readonly T[]): T | null {
  return words.find((word) => word === value) ?? null;
}
