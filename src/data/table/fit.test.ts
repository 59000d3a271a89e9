import { describe, expect, it } from "vitest";
import { number, range, table, text } from "../../../test/support/tables.ts";
import { fate, inMemory, inOneGo } from "./blocks.ts";
import { columnMoments, type Moments } from "./moments.ts";
import { prepareTable, type PrepareOptions } from "./prepare.ts";

const y = (rows: number) =>
  number(
    "y",
    range(rows).map((i) => i % 2),
  );

describe("the moments of a column", () => {
  const momentsOf = (values: readonly number[]): Moments => {
    const fates = new Uint8Array(values.length).fill(fate.trains);
    const selection = { table: inMemory(table(number("a", values))), fates };
    return inOneGo(columnMoments(selection, [0]))[0]!;
  };

  it("are those of the numbers, not of their rounding: the mean to the last bits, by sums of whole numbers", () => {
    // Multiples of 2^-52, the first of which is far from the others, so that differences to it are rounded.
    const values = [1e9, ...range(999).map((i) => 1 + ((i * 0.6180339887498949) % 1))];
    const units = values.reduce((sum, value) => sum + BigInt(value * 2 ** 52), 0n);
    const exact = Number(units / BigInt(values.length)) / 2 ** 52;
    expect(exact).toBeGreaterThan(1e6);
    expect(Math.abs(momentsOf(values).mean - exact)).toBeLessThanOrEqual(2 ** -33); // the last bit of 1e6
  });

  it("have the deviation of two numbers that are five bits apart, whose mean is between two floats", () => {
    const bit = 2 ** -52;
    expect(momentsOf([1, 1 + 5 * bit]).scale).toBe(2.5 * bit);
  });
});

describe("categories", () => {
  it("do not depend on the order of the rows, where several are as frequent", () => {
    const names = ["d", "b", "a", "c", "b", "d", "a", "c"];
    const levels = [names, names.toReversed()].map((values) => {
      const options: PrepareOptions = { target: "y", split: 0, categoryLimit: 2 };
      const { preprocessing } = prepareTable(table(text("a", values), y(8)), options);
      return preprocessing.features;
    });
    expect(levels[0]).toEqual(levels[1]);
    expect(levels[0]).toMatchObject([{ levels: ["a", "b"], other: true, fill: "a" }]);
  });

  it("are refused where nine in ten texts are numbers, and taken where fewer are", () => {
    const column = (odd: number) =>
      text(
        "a",
        range(100).map((i) => (i < odd ? `text ${i}` : String(i))),
      );
    const inputs = (odd: number) =>
      prepareTable(table(column(odd), y(100)), { target: "y", split: 0 }).report.inputs;
    expect(() => inputs(10)).toThrow('holds numbers, but also "text 0" (first in row 1)');
    expect(inputs(11)).toBe(33);
  });
});

describe("a split by groups", () => {
  const apart = (sizes: readonly number[], split: number): number => {
    const groups = sizes.flatMap((size, group) => range(size).map(() => group));
    const columns = [number("g", groups), number("x", range(groups.length)), y(groups.length)];
    const options: PrepareOptions = { target: "y", groups: "g", drop: ["g"], split };
    return prepareTable(table(...columns), options).validation!.size;
  };

  it("takes a group too many where that is nearer than one too few", () => {
    expect(apart([3, 3, 3, 3], 0.4)).toBe(6); // of 5 that are wanted
    expect(apart([3, 3, 3, 3], 0.3)).toBe(3); // of 4
  });

  it("leaves a group to train on, however many rows are wanted", () => {
    expect(apart([10, 10], 0.9)).toBe(10);
  });
});
