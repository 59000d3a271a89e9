/** Records of updates, also of runs that went back. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { someUpdates } from "../../../test/support/checkpoints.ts";
import type { UpdateColumns } from "../history.ts";
import {
  decodeRecords,
  encodeRecords,
  firstRecords,
  recordBytes,
  withRecords,
  type RecordSpan,
} from "./update-records.ts";

describe("records", () => {
  it("are four float64 with the low byte first", () => {
    const bytes = encodeRecords(someUpdates(3, true), 1);
    expect(bytes).toHaveLength(2 * recordBytes);
    const view = new DataView(bytes.buffer);
    expect(view.getFloat64(32, true)).toBe(Math.exp(-2 / 7));
    expect(view.getFloat64(40, true)).toBe(0.1 / 3);
    expect(view.getFloat64(48, true)).toBe(30);
    expect(view.getFloat64(56, true)).toBe(2);
  });

  it.each([true, false])("come back as they were; norms of gradients: %s", (norm) => {
    const updates = someUpdates(5, norm);
    expect(decodeRecords(encodeRecords(updates, 0), [[0, 5]], norm)).toStrictEqual(updates);
  });

  it("keep NaN, infinities and −0", () => {
    const loss = Float64Array.of(NaN, Infinity, -Infinity, -0);
    const updates = { loss, learningRate: loss, batchSize: loss };
    expect(decodeRecords(encodeRecords(updates, 0), [[0, 4]], false)).toStrictEqual(updates);
  });
});

describe("spans", () => {
  it("join where they meet", () => {
    expect(withRecords([[0, 4]], [4, 6])).toEqual([[0, 6]]);
    expect(withRecords([[0, 4]], [7, 9])).toEqual([
      [0, 4],
      [7, 9],
    ]);
    expect(withRecords([], [0, 0])).toEqual([]);
  });

  it("give the updates of a run that goes on and back in any way", () => {
    const step = fc.record({ back: fc.nat(20), on: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let file = new Uint8Array(0);
        let spans: readonly RecordSpan[] = [];
        let losses: number[] = [];
        let next = 0;
        for (const { back, on } of steps) {
          const kept = Math.max(0, losses.length - back);
          losses = [...losses.slice(0, kept), ...Array.from({ length: on }, () => next++)];
          const column = Float64Array.from(losses);
          const updates: UpdateColumns = { loss: column, learningRate: column, batchSize: column };
          const start = file.length / recordBytes;
          file = Uint8Array.of(...file, ...encodeRecords(updates, kept));
          spans = withRecords(firstRecords(spans, kept), [start, file.length / recordBytes]);
          expect(decodeRecords(file, spans, false).loss).toEqual(column);
        }
      }),
    );
  });
});
