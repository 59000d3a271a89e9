/** @file Orders of epochs in scratch files: four bytes a visit, which need not stay in memory. */
import { openScratch, type ScratchFile } from "./scratch.node.ts";

/** An order in a file. */
export interface OrderFile {
  /** Number of the open file, which all threads of the process know it by. */
  readonly file: number;
  /** Keeps the order until the work is done, also after `free`. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  /** Lets another order take the place. */
  readonly free: () => void;
}

/** Files of orders. */
export interface OrderFiles {
  /** Writes an order down; undefined where that fails, and from then on. */
  readonly put: (order: Int32Array) => OrderFile | undefined;
  readonly close: () => void;
}

/** Files of orders, opened as they are needed and used again: `path` and a number, which they lose at once. */
export function orderFiles(path: string): OrderFiles {
  const all: ScratchFile[] = [];
  const unused: ScratchFile[] = [];
  let failed = false;
  const opened = (): ScratchFile => {
    const file = openScratch(`${path}${all.length}`);
    all.push(file);
    return file;
  };
  return {
    put(order) {
      if (failed) return undefined;
      try {
        const file = unused.pop() ?? opened();
        file.write(new Uint8Array(order.buffer, order.byteOffset, order.byteLength), 0);
        return orderFile(file.number, () => unused.push(file));
      } catch {
        failed = true;
        return undefined;
      }
    },
    close() {
      failed = true;
      for (const { close } of all.splice(0)) close();
    },
  };
}

function orderFile(file: number, release: () => void): OrderFile {
  let [works, isFree] = [0, false];
  return {
    file,
    async during(work) {
      works++;
      try {
        return await work;
      } finally {
        works--;
        if (isFree && works === 0) release();
      }
    },
    free() {
      isFree = true;
      if (works === 0) release();
    },
  };
}
