import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOptions, randomTable } from "../../../test/support/random-tables.ts";
import { inBlocks, number, range, table, text } from "../../../test/support/tables.ts";
import { inOneGo } from "./blocks.ts";
import { encodeTable, type EncodedRows } from "./encode-table.ts";
import { planTable } from "./plan-table.ts";
import { prepareDefaults, type PrepareOptions } from "./prepare-options.ts";
import { prepareTable } from "./prepare.ts";
import type { RawTable } from "./raw-table.ts";

/** What came of a preparation, or its error. */
type Outcome = { readonly error: string } | Record<string, unknown>;

const outcome = (prepare: () => Outcome): Outcome => {
  try {
    return prepare();
  } catch (error) {
    return { error: String(error) };
  }
};

const inOneBlock = (whole: RawTable, options: PrepareOptions, apart?: RawTable): Outcome =>
  outcome(() => {
    const { training, validation, preprocessing, report } = prepareTable(whole, options, apart);
    return {
      preprocessing,
      report,
      training: [...training.x.data, ...training.y.data],
      validation: validation ? [...validation.x.data, ...validation.y.data] : [],
    };
  });

const inManyBlocks = (
  whole: RawTable,
  options: PrepareOptions,
  rows: number,
  sliceBytes: number,
  apart?: RawTable,
): Outcome =>
  outcome(() => {
    const { dtype } = { ...prepareDefaults, ...options };
    const other = apart && inBlocks(apart, rows);
    const plan = inOneGo(planTable(inBlocks(whole, rows), options, other));
    const parts: Record<EncodedRows["part"], [number[], number[]]> = {
      training: [[], []],
      validation: [[], []],
    };
    const report = inOneGo(
      encodeTable(
        plan,
        dtype,
        ({ part, x, y }) => {
          parts[part][0].push(...x);
          parts[part][1].push(...y);
        },
        sliceBytes,
      ),
    );
    const { preprocessing } = plan;
    return {
      preprocessing,
      report,
      training: parts.training.flat(),
      validation: parts.validation.flat(),
    };
  });

describe("a table in blocks", () => {
  it("gives the same bits, split, report and errors as in one", () => {
    let fine = 0;
    fc.assert(
      fc.property(
        randomTable,
        randomOptions,
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(1, 100, 1e6),
        (whole, options, rows, sliceBytes) => {
          const wanted = inOneBlock(whole, options);
          fine += Number(!("error" in wanted));
          expect(inManyBlocks(whole, options, rows, sliceBytes)).toEqual(wanted);
        },
      ),
      { numRuns: 300 },
    );
    // Most cases are tables, not errors.
    expect(fine).toBeGreaterThan(120);
  });

  it("also with rows to validate on from another table", () => {
    fc.assert(
      fc.property(randomTable, randomTable, fc.integer({ min: 1, max: 20 }), (one, two, rows) => {
        const options: PrepareOptions = { target: "y", task: "classification", categories: ["y"] };
        expect(inManyBlocks(one, options, rows, 1e6, two)).toEqual(inOneBlock(one, options, two));
      }),
    );
  });

  it("counts the rows of a column that counts across blocks", () => {
    const counts = table(
      number("id", range(50)),
      number(
        "x",
        range(50).map((i) => (i === 40 ? 7 : i)),
      ),
      text(
        "y",
        range(50).map((i) => `c${i % 2}`),
      ),
    );
    const { report } = inManyBlocks(counts, { target: "y" }, 7, 1e6) as {
      report: { counters: readonly string[] };
    };
    expect(report.counters).toEqual(["id"]);
  });
});
