/** @file Parts of a stored data set that stay in memory. */
import { recordLayout } from "./cache/record.ts";
import { isStored, type Dataset, type StoredDataset } from "./dataset.ts";
import { generator, stream } from "./rng.ts";
import { joinRows } from "./rows.ts";
import { take } from "./split.ts";

/** Rows of a sample, at most. */
const mostRows = 2 ** 15;

/**
 * The data itself where it is in memory; of stored data 32,768 rows at random, or as many as its reader holds and as half of its `workBytes`
 * does. What is made of the sample has the other half.
 */
export async function sampleOf(data: Dataset | StoredDataset, seed: number): Promise<Dataset> {
  if (!isStored(data)) return data;
  const { integer } = generator(seed, stream.probe, 0, 0, 1);
  const most = Math.min(mostRows, data.windowRows, mostInMemory(data));
  const rows = new Set<number>();
  while (rows.size < most) rows.add(integer(data.size));
  // In order: a sample of all rows is the data itself.
  return rowsInMemory(data, Int32Array.from(rows).sort());
}

/** Rows that {@link rowsInMemory} may hold: those of half of the `workBytes`, two at least. */
export function mostInMemory({ size, workBytes, x, y }: Dataset | StoredDataset): number {
  if (workBytes === undefined || "data" in x || "data" in y) return size;
  return Math.min(size, Math.max(2, Math.floor(workBytes / 2 / recordLayout(x, y).bytes)));
}

/** The rows at `indices`, copied. Of stored data they leave what is made of them half of its `workBytes`. */
export async function rowsInMemory(
  data: Dataset | StoredDataset,
  indices: Int32Array,
): Promise<Dataset> {
  if (!isStored(data)) return take(data, indices);
  const { windowRows, workBytes } = data;
  const reader = await data.open();
  try {
    // The reader takes its memory back.
    let rows = copied(await reader.read(indices.subarray(0, windowRows)));
    for (let start = windowRows; start < indices.length; start += windowRows)
      rows = joinRows(rows, await reader.read(indices.subarray(start, start + windowRows)));
    return { ...rows, ...(workBytes !== undefined && { workBytes: workBytes / 2 }) };
  } finally {
    await reader.close();
  }
}

function copied(data: Dataset): Dataset {
  const { x, y } = data;
  return { ...data, x: { ...x, data: x.data.slice() }, y: { ...y, data: y.data.slice() } };
}
