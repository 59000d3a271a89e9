/** @file A stored data set over one in memory, which keeps to the contract of readers and to nothing more. */
import { take, type Dataset, type RowReader, type StoredDataset } from "../../src/index.ts";
import { layoutOf } from "../../src/data/dataset.ts";

/** What readers of it have been asked for. */
export interface Store {
  readonly data: StoredDataset;
  readonly reads: Int32Array[];
  readonly open: () => number;
  /** How often one was opened. */
  readonly opened: () => number;
}

/** `dataset` as if on disk. A window is overwritten by the second read after it, as memory that is used again. */
export function storeOf(dataset: Dataset, windowRows: number): Store {
  const reads: Int32Array[] = [];
  let [open, opened] = [0, 0];
  const reader = (): RowReader => {
    const windows: Dataset[] = [];
    open++;
    opened++;
    return {
      async read(indices) {
        if (indices.length > windowRows) throw new Error("more than a window");
        reads.push(indices.slice());
        const old = windows.length >= 2 ? windows.shift() : undefined;
        old?.x.data.fill(77);
        old?.y.data.fill(1);
        const rows = take(dataset, indices);
        windows.push(rows);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return rows;
      },
      close() {
        open--;
        return Promise.resolve();
      },
    };
  };
  const { name, size, task, classes, x, y } = dataset;
  return {
    reads,
    open: () => open,
    opened: () => opened,
    data: {
      ...{ name, size, task, windowRows },
      ...(classes && { classes }),
      x: layoutOf(x),
      y: layoutOf(y),
      fingerprint: `stored ${name}`,
      open: () => Promise.resolve(reader()),
    },
  };
}
