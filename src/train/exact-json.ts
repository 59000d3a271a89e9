/**
 * @file JSON that keeps every value as it is: NaN, infinities, −0 and undefined too, which plain JSON changes or drops.
 *
 * They become `{ "$": "NaN" }`; keys that begin with `$` get one more.
 */

const special: readonly (readonly [name: string, value: number | undefined])[] = [
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
  ["undefined", undefined],
];

/** Values that the text can hold: plain objects and arrays of texts, numbers, booleans, null and undefined. */
export function toExactJson(value: unknown): string {
  return JSON.stringify(marked(value));
}

/** The value that {@link toExactJson} made the text of. @throws SyntaxError */
export function fromExactJson(text: string): unknown {
  return unmarked(JSON.parse(text));
}

function marked(value: unknown): unknown {
  const name = special.find(([, other]) => Object.is(value, other))?.[0];
  if (name !== undefined) return { $: name };
  if (Array.isArray(value)) return value.map(marked);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key.startsWith("$") ? `$${key}` : key,
      marked(entry),
    ]),
  );
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (!isObject(value)) return value;
  if (typeof value["$"] === "string") {
    const name = value["$"];
    return special.find(([other]) => other === name)?.[1];
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key.startsWith("$$") ? key.slice(1) : key,
      unmarked(entry),
    ]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
