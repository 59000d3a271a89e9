import { describe, expect, it } from "vitest";
import { measureReads, secondsOfReads, secondsOfSort, type SortQuestion } from "./sort-costs.ts";

/** 8 million rows in windows of 32,000, each read of its own. */
const question = (
  recordBytes: number,
  seek: number,
  byte: number,
  reads = 32_000,
): SortQuestion => ({
  costs: { record: seek + recordBytes * byte, byte },
  ...{
    recordBytes,
    size: 8e6,
    visits: 8e6,
    blockRows: Math.max(1, Math.floor(3500 / recordBytes)),
  },
  sample: { count: reads, bytes: 32_000 * recordBytes, rows: 32_000 },
});
const pays = (asked: SortQuestion): boolean => secondsOfSort(asked) < secondsOfReads(asked);

describe("sorting an epoch", () => {
  const memory = [0.7e-6, 1.2e-10] as const;
  const disk = [80e-6, 1e-9] as const;

  it("pays for small rows, and not for large ones: from memory and from a disk", () => {
    expect([164, 784, 3073, 150_000].map((bytes) => pays(question(bytes, ...memory)))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([164, 784].map((bytes) => pays(question(bytes, ...disk)))).toEqual([true, true]);
    expect(pays(question(150_000, ...disk))).toBe(false);
  });

  it("does not pay for rows that are read in long stretches anyway", () => {
    expect(pays(question(164, ...memory, 32))).toBe(false);
    expect(pays(question(164, ...disk, 32))).toBe(false);
  });

  it("does not pay for the last rows of an epoch", () => {
    expect(pays({ ...question(164, ...memory), visits: 100_000 })).toBe(false);
  });

  it("is weighed by what reads take", () => {
    const [seek, byte] = [80e-6, 1e-9];
    let clock = 0;
    const read = (into: Uint8Array, position: number): void => {
      expect(position + into.length).toBeLessThanOrEqual(1e6 * 100);
      clock += seek + byte * into.length;
    };
    const rows = Uint32Array.from({ length: 5000 }, (_, i) => 199 * i);
    const about = { recordBytes: 100, span: new Uint8Array(1e6), size: 1e6 };
    const costs = measureReads(read, about, rows, () => clock);
    expect(costs.record / (seek + 100 * byte)).toBeCloseTo(1, 6);
    expect(costs.byte / byte).toBeCloseTo(1.08, 2);
    // A file of a few rows.
    const few = { recordBytes: 100, span: new Uint8Array(300), size: 3 };
    expect(measureReads(read, few, Uint32Array.of(1), () => clock).record).toBeGreaterThan(0);
  });
});
