/** Random tables and options for property tests. */
import fc from "fast-check";
import type { PrepareOptions } from "../../src/data/table/prepare-options.ts";
import type { RawColumn, RawTable } from "../../src/data/table/raw-table.ts";
import { number, table, text } from "./tables.ts";

const real = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const few = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const word = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom("Rome", "Bern", "Le Havre, near the sea", "Zürich", "東京"),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** Columns `a` (numbers, some missing), `n` (few whole numbers), `s` (texts), `flag`, `part` (train or test), `group`, `y`. */
export const randomTable: fc.Arbitrary<RawTable> = fc
  .integer({ min: 1, max: 60 })
  .chain((rows) => {
    const of = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
      fc.array(value, { minLength: rows, maxLength: rows });
    const y: fc.Arbitrary<RawColumn> = fc.oneof(
      of(real).map((values) => number("y", values)),
      of(few).map((values) => number("y", values)),
      of(word).map((values) => text("y", values)),
    );
    return fc.tuple(
      of(real).map((values) => number("a", values)),
      of(few).map((values) => number("n", values)),
      of(word).map((values) => text("s", values)),
      of(fc.constantFrom("true", "false")).map((values) => text("flag", values, "boolean")),
      of(fc.constantFrom("train", "test")).map((values) => text("part", values)),
      of(fc.integer({ min: 0, max: 4 })).map((values) => number("group", values)),
      y,
    );
  })
  .map((columns) => table(...columns));

/** Options that go with {@link randomTable}, right or not. */
export const randomOptions: fc.Arbitrary<PrepareOptions> = fc
  .record(
    {
      missing: fc.constantFrom("impute", "drop", "refuse"),
      categoryLimit: fc.constantFrom(1, 2, 32),
      seed: fc.integer({ min: 0, max: 5 }),
      dtype: fc.constantFrom("float32", "float64"),
      task: fc.constantFrom("classification", "regression"),
      standardizeTarget: fc.boolean(),
      drop: fc.constantFrom(["a"], ["n", "s"]),
      steer: fc.oneof(
        fc.record({ split: fc.double({ min: 0.05, max: 0.9, noNaN: true }) }),
        fc.constant({ split: 0 }),
        fc.constant({ split: { column: "part" } }),
        fc.constant({ groups: "group" }),
        fc.constant({ stratify: "flag" }),
        fc.constant({ stratify: false as const }),
      ),
    },
    { requiredKeys: ["steer"] },
  )
  .map(({ steer, ...rest }) => ({ target: "y", ...rest, ...steer }));
