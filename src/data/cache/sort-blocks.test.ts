import fc from "fast-check";
import { expect, it } from "vitest";
import { sortBlock } from "./sort-blocks.ts";

it("blocks hold their rows, are no larger than their part of the memory, and end with a page where they are not small", () => {
  let [paged, tight] = [0, 0];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300_000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 300_000 }),
      fc.integer({ min: 1000, max: 1e9 }),
      (recordBytes, windows, size, bytes) => {
        const block = sortBlock(bytes, { windows, size, recordBytes });
        if (block === undefined) return;
        expect(block.rows).toBeGreaterThanOrEqual(1);
        expect(block.rows * recordBytes).toBeLessThanOrEqual(block.bytes);
        const numbers = (windows < 256 ? 1 : 2) * size;
        expect(windows * block.bytes + numbers).toBeLessThanOrEqual(bytes);
        // What is left empty is less than a page, and a quarter of the block at most.
        const empty = block.bytes - block.rows * recordBytes;
        expect(empty).toBeLessThan(4096);
        expect(empty).toBeLessThanOrEqual(block.bytes / 4);
        if (block.bytes % 4096 === 0) paged++;
        else tight++;
      },
    ),
    { numRuns: 1000, seed: 1 },
  );
  expect(paged).toBeGreaterThan(50);
  expect(tight).toBeGreaterThan(50);
});

it("long records have longer blocks", () => {
  const rows = (recordBytes: number, room: number) =>
    sortBlock(10 * room + 1000, { windows: 10, size: 1000, recordBytes });
  expect(rows(164, 2 ** 20)).toEqual({ rows: 199, bytes: 32_768 });
  expect(rows(788, 2 ** 20)).toEqual({ rows: 155, bytes: 122_880 });
  expect(rows(3140, 2 ** 20)).toEqual({ rows: 41, bytes: 131_072 });
  expect(rows(200_000, 2 ** 20)).toEqual({ rows: 1, bytes: 200_000 });
  expect(rows(788, 3000)).toEqual({ rows: 3, bytes: 2364 });
});

it("too little memory, or more windows than 16 bits can number, are told", () => {
  expect(sortBlock(1000, { windows: 10, size: 900, recordBytes: 16 })).toBeUndefined();
  expect(sortBlock(1e9, { windows: 70_000, size: 70_000, recordBytes: 4 })).toBeUndefined();
});
