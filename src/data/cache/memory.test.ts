import fc from "fast-check";
import { expect, it } from "vitest";
import { storedMemory } from "./memory.ts";
import { recordLayout } from "./record.ts";
import { sortBlock } from "./sort-blocks.ts";

it("windows and sorting take no more than their part of the memory", () => {
  let sorted = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 2e7 }),
      fc.integer({ min: 1e5, max: 4e9 }),
      (columns, size, memory) => {
        const layout = recordLayout(
          { dtype: "float32", shape: [columns] },
          { dtype: "int32", shape: [] },
        );
        const request = { memory, share: 0.875, layout, size, shuffled: true };
        if (0.75 * 0.875 * memory < 4 * size + 2 * layout.bytes + 20) {
          expect(() => storedMemory(request)).toThrow(
            /give at least \d+, of which each visit takes 4/,
          );
          return;
        }
        const { windowRows, sortBytes } = storedMemory(request);
        const bytes = windowRows * (2 * layout.bytes + 20) + sortBytes + 4 * size;
        expect(windowRows).toBeGreaterThanOrEqual(1);
        if (windowRows < size) expect(bytes).toBeLessThanOrEqual(0.75 * 0.875 * memory + 1);
        if (sortBytes === 0) return;
        sorted++;
        const windows = Math.ceil(size / windowRows);
        const recordBytes = layout.bytes;
        expect(sortBlock(sortBytes, { windows, size, recordBytes })).toBeDefined();
      },
    ),
    { numRuns: 500, seed: 1 },
  );
  expect(sorted).toBeGreaterThan(50);
});

it("8 million rows of 164 bytes are sorted with a tenth and with a thirteenth of their bytes", () => {
  const layout = recordLayout({ dtype: "float32", shape: [40] }, { dtype: "int32", shape: [] });
  const of = (memory: number) => storedMemory({ memory, share: 7 / 8, layout, size: 8e6, shuffled: true }); // prettier-ignore
  for (const memory of [128e6, 164e6]) {
    const { windowRows, sortBytes } = of(memory);
    const windows = Math.ceil(8e6 / windowRows);
    const block = sortBlock(sortBytes, { windows, size: 8e6, recordBytes: 164 });
    expect(block?.rows).toBeGreaterThan(12);
  }
  // Too little for a number of each row's window beside the order of visits.
  expect(of(64e6).sortBytes).toBe(0);
});

it("blocks are made smaller before windows have less than two thirds, but not below 16 KiB", () => {
  const layout = recordLayout({ dtype: "uint8", shape: [784] }, { dtype: "int32", shape: [] });
  const of = (memory: number) => {
    const size = 60_000;
    const { windowRows, sortBytes } = storedMemory({ memory, share: 1, layout, size, shuffled: true }); // prettier-ignore
    const windows = Math.ceil(size / windowRows);
    const { bytes } = sortBlock(sortBytes, { windows, size, recordBytes: layout.bytes })!;
    return { part: (windowRows * 1596) / (windowRows * 1596 + sortBytes - size), bytes };
  };
  expect(of(40e6).bytes).toBeGreaterThan(2 ** 16);
  const tenth = of(4.7e6);
  expect(tenth.bytes).toBe(16_384);
  expect(tenth.part).toBeGreaterThan(2 / 3);
  // Where even these take half of the room, they are smaller than that.
  expect(of(3e6).bytes).toBeLessThan(16_384);
  expect(of(3e6).part).toBeCloseTo(0.5, 2);
});
