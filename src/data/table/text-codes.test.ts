import fc from "fast-check";
import { expect, it } from "vitest";
import { textCodes } from "./text-codes.ts";

/** A text as DuckDB has it in a vector: its length, and its bytes where these are at most 12. */
const words = (text: string): Uint32Array | undefined => {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > 12) return undefined;
  const out = new Uint8Array(16);
  new DataView(out.buffer).setUint32(0, bytes.length, true);
  out.set(bytes, 4);
  return new Uint32Array(out.buffer);
};

it("numbers texts in the order they come, as a map does, however they are given", () => {
  const alphabet = fc.constantFrom(
    "",
    "a",
    "b",
    "ab",
    "ü",
    "\u0000",
    "東京",
    "twelve bytes",
    "more than twelve bytes",
  );
  const text = fc.oneof(alphabet, fc.string({ maxLength: 14 }), fc.integer().map(String));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.boolean()), { maxLength: 500 }), (texts) => {
      const codes = textCodes();
      const numbers = new Map<string, number>();
      for (const [one, isShort] of texts) {
        if (!numbers.has(one)) numbers.set(one, numbers.size);
        const short = isShort ? words(one) : undefined;
        // In the middle of others.
        const shifted = short && Uint32Array.of(7, ...short, 7);
        const code = shifted ? codes.shortCode(shifted, 1, () => one) : codes.code(one);
        expect(code).toBe(numbers.get(one));
      }
      expect(codes.levels).toEqual([...numbers.keys()]);
    }),
  );
});

it("makes a string of a short text once, and of any number of them", () => {
  const codes = textCodes();
  let made = 0;
  for (let turn = 0; turn < 2; turn++) {
    for (let i = 0; i < 30_000; i++) {
      const text = `k${i}`;
      const make = (): string => {
        made++;
        return text;
      };
      expect(codes.shortCode(words(text)!, 0, make)).toBe(i);
    }
  }
  expect(made).toBe(30_000);
  for (let i = 0; i < 70_000; i++) {
    expect(codes.shortCode(words(`k${i}`)!, 0, () => `k${i}`)).toBe(i);
  }
  expect(codes.levels).toHaveLength(70_000);
  expect(codes.bytes()).toBeGreaterThan(70_000 * 2 * 5);
});
