import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countsOf } from "../../test/support/statistics.ts";
import { InputError } from "../errors.ts";
import { fromArrays } from "./arrays.ts";
import type { Dataset } from "./dataset.ts";
import { range } from "./sampler.ts";
import { splitDataset, take } from "./split.ts";

/** Row i is [i, 1000 − i], its label i mod 3, its weight i + 1. */
function rowsOf(size: number): Dataset {
  const index = [...range(size)];
  return fromArrays(
    index.map((i) => [i, 1000 - i]),
    index.map((i) => i % 3),
    { sampleWeight: index.map((i) => i + 1), name: "rows", classes: 3 },
  );
}
const idsOf = ({ x }: Dataset): number[] => [...x.data].filter((_, i) => i % 2 === 0);

function checkRows(part: Dataset): void {
  idsOf(part).forEach((id, i) => {
    expect(part.x.data[2 * i + 1]).toBe(1000 - id);
    expect(part.y.data[i]).toBe(id % 3);
    expect(part.sampleWeight?.[i]).toBe(id + 1);
  });
}

describe("splitDataset", () => {
  it("takes the last rows and copies nothing", () => {
    const data = rowsOf(10);
    const { training, validation } = splitDataset(data, { validationSplit: 0.25 });
    expect([idsOf(training), idsOf(validation)]).toEqual([
      [0, 1, 2, 3, 4, 5, 6],
      [7, 8, 9],
    ]);
    expect([training.size, validation.size, validation.name]).toEqual([7, 3, "rows"]);
    expect(validation.x.data.buffer).toBe(data.x.data.buffer);
    checkRows(validation);
  });

  // Keras cuts at ⌊N (1 − split)⌋, so ⌈N · split⌉ rows are set apart; 0.07 · 300 is 21.000000000000004 in binary.
  it.each([
    [60000, 0.1, 6000],
    [1797, 0.2, 360],
    [10, 0.9, 9],
    [300, 0.07, 21],
    [3, 0.01, 1],
  ])("of %i examples, %d sets %i apart", (size, validationSplit, count) => {
    expect(splitDataset(rowsOf(size), { validationSplit }).validation.size).toBe(count);
  });

  it("cuts the rows into two parts in every mode, whole rows together, by the seed alone", () => {
    const split = fc.double({ min: 0.01, max: 0.6, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 60 }),
        split,
        fc.boolean(),
        fc.boolean(),
        fc.nat(),
        (size, validationSplit, shuffle, stratify, seed) => {
          const options = { validationSplit, shuffle, stratify, seed };
          const { training, validation } = splitDataset(rowsOf(size), options);
          const ids = [...idsOf(training), ...idsOf(validation)];
          expect(ids.sort((a, b) => a - b)).toEqual([...range(size)]);
          checkRows(training);
          checkRows(validation);
          const again = splitDataset(rowsOf(size), options);
          expect(idsOf(again.validation)).toEqual(idsOf(validation));
          if (!stratify) return;
          countsOf(validation.y.data, 3).forEach((count, c) => {
            const members = Math.floor((size + 2 - c) / 3);
            expect(Math.abs(count - (members * validation.size) / size)).toBeLessThan(1);
          });
        },
      ),
    );
  });

  it("takes the last rows of each class with stratify alone", () => {
    const { validation } = splitDataset(rowsOf(12), { validationSplit: 0.25, stratify: true });
    expect(idsOf(validation)).toEqual([9, 10, 11]);
    const sorted = fromArrays([[0], [1], [2], [3]], [0, 0, 1, 1]);
    const split = splitDataset(sorted, { validationSplit: 0.5, stratify: true });
    expect([...split.validation.x.data]).toEqual([1, 3]);
  });

  it("chooses by the seed with shuffle", () => {
    const chosen = [1, 2].map((seed) =>
      idsOf(splitDataset(rowsOf(100), { validationSplit: 0.2, shuffle: true, seed }).validation),
    );
    expect(chosen[0]).not.toEqual(chosen[1]);
    expect(chosen[0]).not.toEqual([...(chosen[0] ?? [])].sort((a, b) => a - b));
  });

  it.each([0, 1, -0.1, 1.5, NaN])("refuses validationSplit %d", (validationSplit) => {
    expect(() => splitDataset(rowsOf(9), { validationSplit })).toThrow(
      new InputError(`validationSplit must be above 0 and below 1, got ${validationSplit}`),
    );
  });
  it("refuses to leave nothing for training, and to stratify numbers", () => {
    expect(() => splitDataset(rowsOf(1), { validationSplit: 0.5 })).toThrow(/leaves none/);
    const numbers = fromArrays([[1], [2]], [0.5, 1.5]);
    expect(() => splitDataset(numbers, { validationSplit: 0.5, stratify: true })).toThrow(
      /needs class labels/,
    );
  });
});

describe("take", () => {
  it("copies rows in the order given, repeats included", () => {
    const part = take(rowsOf(5), [4, 0, 4]);
    expect(idsOf(part)).toEqual([4, 0, 4]);
    expect(part.size).toBe(3);
    checkRows(part);
  });
  it("keeps types and scale", () => {
    const bytes = fromArrays(Uint8Array.of(1, 2, 3), [0, 1, 1], { scale: 0.5 });
    expect(take(bytes, [2]).x).toEqual({ data: Uint8Array.of(3), shape: [1], scale: 0.5 });
  });
  it.each([[[5]], [[-1]], [[0.5]], [[NaN]], [[]]])("refuses %j", (indices) => {
    expect(() => take(rowsOf(5), indices)).toThrow(InputError);
  });
});
