/** @file Which windows of an epoch a run has sorted: all that its budget wants, and no others. */
import { describe, expect, it } from "vitest";
import { dense, sequential, take, train, type RowReader } from "../src/index.ts";
import { range } from "../src/data/sampler.ts";
import { threeClasses } from "./support/runs.ts";
import { storeOf } from "./support/stored.ts";

const data = threeClasses(96, 5, "float32");

/** A run over data in windows of 16 rows: how many windows each sort was asked for, which were read of it, and what was read otherwise. */
async function sortsOf(budget: { readonly epochs: number } | { readonly updates: number }) {
  const sorts: { readonly windows: number; readonly read: number[] }[] = [];
  const store = storeOf(data, 16);
  const open = async (): Promise<RowReader> => ({
    ...(await store.data.open()),
    sort(order, starts) {
      const read: number[] = [];
      sorts.push({ windows: starts.length - 1, read });
      return {
        read: (window) => {
          read.push(window);
          const rows = take(data, order.subarray(starts[window], starts[window + 1]));
          return Promise.resolve({ data: rows, indices: range(rows.size) });
        },
      };
    },
  });
  const options = { batchSize: 8, seed: 1, ...budget };
  await train(sequential([dense(3)]), { ...store.data, open }, options).result;
  return { sorts, others: store.reads.length };
}

describe("windows that are sorted", () => {
  it.each([
    ["two epochs", { epochs: 2 }, [6, 6]],
    ["an epoch and a half", { epochs: 1.5 }, [6, 3]],
    ["fifteen updates, the last of them in a second window", { updates: 15 }, [6, 2]],
    ["three updates", { updates: 3 }, [2]],
  ])("of %s", async (_, budget, wanted) => {
    const { sorts } = await sortsOf(budget);
    expect(sorts.map(({ windows }) => windows)).toEqual(wanted);
    for (const { windows, read } of sorts) expect(read).toEqual([...range(windows)]);
  });
});
