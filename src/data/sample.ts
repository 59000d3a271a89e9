/** @file A part of a stored data set that stays in memory. */
import { isStored, type Dataset, type StoredDataset } from "./dataset.ts";
import { generator, stream } from "./rng.ts";

/** Rows of a sample, at most. */
const mostRows = 2 ** 15;

/** The data itself where it is in memory; of stored data 32,768 rows at random, or as many as its reader holds. */
export async function sampleOf(data: Dataset | StoredDataset, seed: number): Promise<Dataset> {
  if (!isStored(data)) return data;
  const { integer } = generator(seed, stream.probe, 0, 0, 1);
  const most = Math.min(mostRows, data.windowRows, data.size);
  const rows = new Set<number>();
  while (rows.size < most) rows.add(integer(data.size));
  const reader = await data.open();
  try {
    // In order: a sample of all rows is the data itself.
    const { x, y, ...about } = await reader.read(Int32Array.from(rows).sort());
    // The reader takes its memory back.
    return { ...about, x: { ...x, data: x.data.slice() }, y: { ...y, data: y.data.slice() } };
  } finally {
    await reader.close();
  }
}
