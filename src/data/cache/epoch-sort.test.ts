import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generator } from "../rng.ts";
import { range, shuffleInPlace } from "../sampler.ts";
import type { Scratch } from "./block-chains.ts";
import { epochSorter } from "./epoch-sorter.ts";
import { rowPlacer } from "./place-rows.ts";
import { recordLayout, type RecordLayout } from "./record.ts";
import { noWindow, rowWindows } from "./row-windows.ts";

/** A scratch file in memory, which takes `room` bytes. */
const scratchFile = (room = Infinity) => {
  let bytes = new Uint8Array(0);
  const scratch: Scratch = {
    write(block, position) {
      const end = position + block.length;
      if (end > room) throw new Error("ENOSPC: no space left on device");
      if (end > bytes.length) {
        const more = new Uint8Array(end);
        more.set(bytes);
        bytes = more;
      }
      bytes.set(block, position);
    },
    read(into, position) {
      into.set(bytes.subarray(position, position + into.length));
    },
    clear: () => (bytes = new Uint8Array(0)),
    close: () => undefined,
  };
  return { scratch, length: () => bytes.length };
};

/** Records whose bytes tell the row and the place in it, and a sorter of them. */
const setting = (
  layout: RecordLayout,
  size: number,
  windowRows: number,
  { room, blockBytes = 2100 }: { readonly room?: number; readonly blockBytes?: number } = {},
) => {
  const byte = (row: number, at: number): number => (row * 131 + at * 7) & 255;
  const file = new Uint8Array(size * layout.bytes).map((_, i) =>
    byte(Math.floor(i / layout.bytes), i % layout.bytes),
  );
  const { scratch, length } = scratchFile(room);
  const failures: string[] = [];
  const placer = rowPlacer({ layout, size, windowRows, spanBytes: 8 * layout.bytes });
  const read = (into: Uint8Array, position: number): void => {
    into.set(file.subarray(position, position + into.length));
  };
  const sorter = epochSorter({
    source: { layout, size, read },
    placer,
    bytes: 2 * size + 64 * blockBytes,
    open: () => scratch,
    onFailure: ({ message }) => failures.push(message),
  });
  /** Fills a window; undefined where it is not there. */
  const fill = (sort: number, window: number, rows: Int32Array): readonly number[] | undefined => {
    const x = new ArrayBuffer(windowRows * layout.xBytes);
    const y = new ArrayBuffer(windowRows * layout.yBytes);
    const places = Uint32Array.from(rows);
    if (!sorter.fill({ sort, window }, { rows: places, x, y })) return undefined;
    return Array.from(places).flatMap((place) => [
      ...new Uint8Array(x, place * layout.xBytes, layout.xBytes),
      ...new Uint8Array(y, place * layout.yBytes, layout.yBytes),
    ]);
  };
  const expected = (rows: Int32Array): readonly number[] =>
    Array.from(rows).flatMap((row) => Array.from({ length: layout.bytes }, (_, at) => byte(row, at))); // prettier-ignore
  return { sorter, fill, expected, length, failures };
};

/** A random order of some of the rows. */
const orderOf = (size: number, visits: number, epoch: number): Int32Array =>
  shuffleInPlace(range(size), generator(1, 8, epoch).integer).subarray(0, visits);

const startsOf = (visits: number, rows: number): Int32Array =>
  Int32Array.from({ length: Math.ceil(visits / rows) + 1 }, (_, w) => Math.min(visits, w * rows));

const layouts = [
  recordLayout({ dtype: "float32", shape: [63] }, { dtype: "int32", shape: [] }),
  recordLayout({ dtype: "uint8", shape: [301] }, { dtype: "int32", shape: [] }),
  recordLayout({ dtype: "float32", shape: [150] }, { dtype: "float64", shape: [2] }),
] as const;

describe("the rows of sorted epochs", () => {
  it("are those of their visits, epoch after epoch in the same blocks", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...layouts),
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.3, max: 1, noNaN: true }),
        fc.integer({ min: 4, max: 60 }),
        fc.constantFrom(0, 0.1, 0.5, 1),
        fc.constantFrom(2100, 20_000),
        (layout, size, part, windowRows, early, blockBytes) => {
          const rows = Math.max(windowRows, Math.ceil(size / 60));
          const { sorter, fill, expected, length, failures } = setting(layout, size, rows, {
            blockBytes,
          });
          const visits = Math.max(1, Math.floor(part * size));
          const starts = startsOf(visits, rows);
          const counts = starts.slice(1).map((end, w) => end - starts[w]!);
          const begin = (epoch: number): Int32Array => {
            const order = orderOf(size, visits, epoch);
            sorter.begin(epoch, { windows: rowWindows(order, starts, size)!, counts }, early);
            return order;
          };
          let order = begin(0);
          for (let epoch = 0; epoch < 3; epoch++) {
            let next: Int32Array | undefined;
            for (let w = 0; w < counts.length; w++) {
              const wanted = order.subarray(starts[w], starts[w + 1]);
              expect(fill(epoch, w, wanted)).toEqual(expected(wanted));
              expect(fill(epoch, w, wanted)).toBeUndefined(); // it is gone
              if (w === 0) next = begin(epoch + 1);
              sorter.goOn({ sort: epoch, window: w });
            }
            order = next!;
          }
          expect(failures).toEqual([]);
          // As large as one epoch, and not fuller blocks than two for each window.
          const block = sorter.block(counts.length)!;
          const most = Math.ceil(visits / block.rows) + 3 * counts.length;
          expect(length()).toBeLessThanOrEqual(most * block.bytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are not there when the disk is full, which is told once; nothing is sorted from then on", () => {
    const [layout] = layouts;
    const { sorter, fill, failures } = setting(layout, 200, 20, { room: 100 * layout.bytes });
    const [order, starts] = [orderOf(200, 200, 0), startsOf(200, 20)];
    const windows = rowWindows(order, starts, 200)!;
    sorter.begin(0, { windows, counts: new Int32Array(10).fill(20) }, 1);
    expect(fill(0, 0, order.subarray(0, 20))).toBeUndefined();
    expect(failures).toEqual(["ENOSPC: no space left on device"]);
    expect(sorter.block(10)).toBeUndefined();
    sorter.begin(1, { windows, counts: new Int32Array(10).fill(20) }, 1);
    expect(fill(1, 0, order.subarray(0, 20))).toBeUndefined();
    expect(failures).toHaveLength(1);
  });

  it("are not there for windows of another size", () => {
    const [layout] = layouts;
    const { sorter, fill } = setting(layout, 200, 20);
    const order = orderOf(200, 200, 0);
    const windows = rowWindows(order, startsOf(200, 20), 200)!;
    sorter.begin(0, { windows, counts: new Int32Array(10).fill(20) }, 1);
    expect(fill(0, 0, order.subarray(0, 10))).toBeUndefined();
    expect(fill(0, 10, order.subarray(0, 20))).toBeUndefined();
    expect(fill(7, 0, order.subarray(0, 20))).toBeUndefined();
    expect(fill(0, 0, order.subarray(0, 20))).toBeDefined();
  });
});

describe("the windows of rows", () => {
  it("are told row by row, in one byte or in two", () => {
    const few = rowWindows(Int32Array.of(4, 0, 2), Int32Array.of(0, 2, 3), 5)!;
    expect([...few]).toEqual([0, noWindow(few), 1, noWindow(few), 0]);
    const order = orderOf(1000, 1000, 0);
    const many = rowWindows(order, range(1001), 1000)!;
    expect(many.BYTES_PER_ELEMENT).toBe(2);
    expect([...order].map((row) => many[row])).toEqual([...range(1000)]);
  });

  it("cannot be told where a row comes twice, nor for more than 16 bits can number", () => {
    expect(rowWindows(Int32Array.of(1, 2, 1), Int32Array.of(0, 2, 3), 5)).toBeUndefined();
    expect(rowWindows(range(70_000), range(70_001), 70_000)).toBeUndefined();
  });
});
