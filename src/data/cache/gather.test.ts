import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnLayout } from "../dataset.ts";
import { gatherer } from "./gather.ts";
import { interleave } from "./interleave.ts";
import { rowPlacer } from "./place-rows.ts";
import { recordLayout, typedRows } from "./record.ts";
import { sortRows } from "./sort-rows.ts";

const layout: fc.Arbitrary<ColumnLayout> = fc.record({
  dtype: fc.constantFrom("uint8", "int32", "float32", "float64"),
  shape: fc.oneof(fc.constant([]), fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 3 })),
});

/** A file of records with random bytes, and the two columns that it was made of. */
const records = (x: ColumnLayout, y: ColumnLayout, size: number, seed: number) => {
  const record = recordLayout(x, y);
  let state = seed;
  const bytes = (length: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(length).map(() => (state = (Math.imul(state, 75) + 74) % 65537) & 63);
  const columns = {
    x: bytes(size * record.xBytes),
    y: bytes(size * record.yBytes),
  };
  const file = new Uint8Array(size * record.bytes);
  interleave(
    { x: typedRows(columns.x.buffer, x, size), y: typedRows(columns.y.buffer, y, size) },
    record,
    0,
    size,
    file,
  );
  return { record, columns, file };
};

describe("a window of rows", () => {
  it("is what direct indexing gives, whatever the layout, the order and the reads", () => {
    fc.assert(
      fc.property(
        fc.tuple(
          layout,
          layout,
          fc.integer({ min: 1, max: 80 }),
          fc.integer({ min: 1, max: 9999 }),
        ),
        fc.array(fc.nat(), { minLength: 1, maxLength: 100 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 100 }),
        ([x, y, size, seed], picks, spanBytes, gapBytes) => {
          const { record, columns, file } = records(x, y, size, seed);
          const wanted = picks.map((pick) => pick % size);
          const window = {
            x: new ArrayBuffer(100 * record.xBytes),
            y: new ArrayBuffer(100 * record.yBytes),
          };
          let read = 0;
          const placer = rowPlacer({ layout: record, size, windowRows: 100, spanBytes });
          const { fill } = gatherer(
            {
              layout: record,
              size,
              read: (into, position) => {
                // Ascending, whole records, no byte twice.
                expect(position).toBeGreaterThanOrEqual(read);
                expect([position % record.bytes, into.length % record.bytes]).toEqual([0, 0]);
                read = position + into.length;
                into.set(file.subarray(position, read));
              },
            },
            placer,
            () => gapBytes,
          );
          for (let turn = 0; turn < 2; turn++) {
            read = 0;
            fill({ rows: Uint32Array.from(wanted), ...window });
            for (const column of ["x", "y"] as const) {
              const width = record[`${column}Bytes`];
              const got = new Uint8Array(window[column], 0, wanted.length * width);
              const expected = wanted.flatMap((row) => [
                ...columns[column].subarray(row * width, (row + 1) * width),
              ]);
              expect([...got]).toEqual(expected);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is read in a few long reads when it is dense, and row by row when it is not", () => {
    const reads = (step: number): number => {
      const record = recordLayout({ dtype: "float32", shape: [40] }, { dtype: "int32", shape: [] });
      let count = 0;
      let bytes = 0;
      const size = 100_000;
      const read = (into: Uint8Array): void => {
        count++;
        bytes += into.length;
      };
      const { fill, reads: foreseen } = gatherer(
        { layout: record, size, read },
        rowPlacer({ layout: record, size, windowRows: 100 }),
        () => 2 ** 15,
      );
      const rows = Uint32Array.from({ length: 100 }, (_, i) => i * step);
      const expected = foreseen(rows);
      fill({ rows, x: new ArrayBuffer(100 * 160), y: new ArrayBuffer(400) });
      // Foreseen without the first ones, which are of one row where rows are apart.
      const first = Math.max(0, count - expected.count);
      expect(first).toBe(step === 1 || step === 1000 ? 0 : 32);
      if (first === 0) expect(bytes).toBe(expected.bytes);
      return count;
    };
    // 32 reads of a row, then the others together.
    expect(reads(10)).toBe(32 + 1);
    expect(reads(100)).toBe(32 + 2); // 1.1 MB in reads of 1 MiB
    expect(reads(1)).toBe(1);
    expect(reads(1000)).toBe(100);
  });
});

describe("sorting rows", () => {
  it("is a stable sort", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 2000, 2049, 2 ** 22 + 1, 2 ** 31),
        fc.array(fc.nat(), { maxLength: 200 }),
        (limit, picks) => {
          const values = picks.map((pick) => pick % limit);
          const pairs = (): { rows: Uint32Array; places: Uint32Array } => ({
            rows: Uint32Array.from(values),
            places: Uint32Array.from(values, (_, i) => i),
          });
          const { rows, places } = sortRows(pairs(), pairs(), values.length, limit);
          const wanted = values.map((row, place) => [row, place] as const);
          wanted.sort(([a], [b]) => a - b);
          expect([...rows]).toEqual(wanted.map(([row]) => row));
          expect([...places]).toEqual(wanted.map(([, place]) => place));
        },
      ),
    );
  });
});
