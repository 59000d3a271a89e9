/** Stored data sets for tests. */
import type { ColumnData, Dataset, StoredDataset } from "../../src/data/dataset.ts";
import { range } from "../../src/data/sampler.ts";

/** All rows of a stored data set in their order, read window by window. */
export async function inMemory(stored: StoredDataset): Promise<Dataset> {
  const reader = await stored.open();
  try {
    const windows: Dataset[] = [];
    const all = range(stored.size);
    for (let start = 0; start < stored.size; start += stored.windowRows) {
      const window = await reader.read(all.subarray(start, start + stored.windowRows));
      // A window's memory is used again.
      windows.push(structuredClone(window));
    }
    const [first] = windows as [Dataset];
    const joined = (column: "x" | "y"): Dataset["x"] => ({
      ...first[column],
      data: join(windows.map((window) => window[column].data)),
    });
    return {
      ...first,
      size: stored.size,
      x: joined("x"),
      y: joined("y"),
      // What was done to the data is known of the whole, not of a window.
      ...(stored.preparation && { preparation: stored.preparation }),
    };
  } finally {
    await reader.close();
  }
}

function join(parts: readonly ColumnData[]): ColumnData {
  const [first] = parts as [ColumnData];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (first.constructor as new (length: number) => ColumnData)(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
