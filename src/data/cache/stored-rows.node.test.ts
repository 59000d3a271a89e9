import { describe, expect, it, vi } from "vitest";
import type * as Scratch from "./scratch.node.ts";
import { recordLayout } from "./record.ts";
import { sortBlock } from "./sort-blocks.ts";
import { storedRows } from "./stored-rows.node.ts";

/** Bytes that are free on the disk. */
const disk = vi.hoisted(() => ({ free: 0 }));

vi.mock("./scratch.node.ts", async (original) => ({
  ...(await original<typeof Scratch>()),
  freeBytes: () => disk.free,
}));

describe("sorting the rows of an epoch", () => {
  it("is left where it would take more than nine tenths of what is free, and that is said once", () => {
    const layout = recordLayout(
      { dtype: "float32", shape: [99] },
      { dtype: "float32", shape: [1] },
    );
    const [size, windowRows, windows, sortBytes] = [100_000, 2_000, 50, 3_000_000];
    // A disk on which each read takes long, whatever its length.
    const read = (): void => {
      for (const end = performance.now() + 0.02; performance.now() < end;);
    };
    const open = () =>
      storedRows({ path: "", layout, size, windowRows, sortBytes, scratch: "/tmp/x" }, read);
    const weigh = (rows = open()) => {
      const wanted = Uint32Array.from({ length: windowRows }, (_, i) => i * windows);
      return [
        rows.sortPays({ type: "weigh", rows: wanted, windows, visits: size }),
        rows.notes(),
      ] as const;
    };
    const block = sortBlock(sortBytes, { windows, size, recordBytes: layout.bytes })!;
    const needed = (size / block.rows + windows) * block.bytes;
    disk.free = Math.ceil(needed / 0.9) + 1;
    expect(weigh()).toEqual([true, []]);
    disk.free = Math.floor(needed / 0.9) - 1;
    const rows = open();
    const [pays, [note = "", ...more]] = weigh(rows);
    expect([pays, more]).toEqual([false, []]);
    expect(note).toContain(`it would take ${Math.ceil(needed / 1e6)} MB`);
    expect(note).toContain("they are read one by one, which is slower");
    expect(weigh(rows)).toEqual([false, []]);
  });
});
