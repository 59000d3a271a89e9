/** JSON that keeps every value as it is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromExactJson, toExactJson } from "./exact-json.ts";

test("keeps what plain JSON changes or drops", () => {
  const value = { a: [NaN, Infinity, -Infinity, -0, 0, 0.1], b: undefined, $: "NaN", $$c: null };
  const back = fromExactJson(toExactJson(value)) as typeof value;
  expect(back).toStrictEqual(value);
  expect(back.a.map((x) => Object.is(x, -0))).toEqual([false, false, false, true, false, false]);
});

test("keeps any value", () => {
  const key = fc.oneof(fc.string(), fc.constantFrom("$", "$$", "$a", "__proto__"));
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(fc.double(), fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
      fc.constantFrom(-0, NaN, undefined, "NaN"),
      fc.array(tie("any")),
      fc.dictionary(key, tie("any"), { noNullPrototype: true }),
    ),
  })).any;
  fc.assert(
    fc.property(value, (it) => {
      expect(fromExactJson(toExactJson(it))).toStrictEqual(it);
    }),
  );
});
