/** @file Advice from JSON, in which an interval without an end has a null where Infinity was. */

/** The value that `text` holds, with the open ends of its estimates as they were. */
export function readAdvice(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => (isEstimate(value) ? opened(value) : value));
}

type Written = Readonly<Record<"value" | "low" | "high", number | null>>;

function isEstimate(value: unknown): value is Written {
  return (
    typeof value === "object" &&
    value !== null &&
    ["value", "low", "high"].every((key) => Object.hasOwn(value, key))
  );
}

function opened({ value, low, high }: Written): Record<keyof Written, number> {
  // Only large numbers can be without bound: a critical batch size from runs that a larger batch always sped up.
  return { value: value ?? Infinity, low: low ?? -Infinity, high: high ?? Infinity };
}
