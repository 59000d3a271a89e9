/** @file Stored data sets, read back. */
import type { Dataset } from "../../src/data/dataset.ts";
import type { StoredFile } from "../../src/files.node.ts";
import { inMemory } from "./stored-tables.ts";
import { range } from "./tables.ts";

/** The rows of a data set as texts, each with its target. */
export const rowsOf = ({ size, x, y }: Dataset): string[] =>
  range(size).map((row) => {
    const cut = ({ data }: Dataset["x"]): string =>
      data.subarray((row * data.length) / size, ((row + 1) * data.length) / size).join();
    return `${cut(x)} -> ${cut(y)}`;
  });

/** Both parts, in memory. */
export const bothParts = async (stored: StoredFile): Promise<readonly [Dataset, Dataset]> => [
  await inMemory(stored.training),
  await inMemory(stored.test),
];
