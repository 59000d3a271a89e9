/** @file Visits of data that is not in memory. */
import type { StoredDataset, TrainingData } from "../data/dataset.ts";
import type { RunConfig } from "./run-config.ts";
import { lengthOf } from "./epoch-length.ts";
import { lastAt, StoredWindows } from "./stored-windows.ts";
import { cursorOf, type Visits } from "./visits.ts";

/** Visits of a stored data set. */
export async function storedVisits(
  config: RunConfig<TrainingData>,
  data: StoredDataset,
  pass: number,
): Promise<Visits> {
  const cursor = cursorOf(config, data.size);
  const reader = await data.open();
  const windows = new StoredWindows(config, { data, cursor, pass, reader });
  return {
    epoch: (number) => lengthOf(cursor.plan(number)),
    epochs: (position) => cursor.epochs(position),
    next(position, limits) {
      const { epoch, batch } = position;
      const { offsets } = cursor.plan(epoch);
      const first = offsets[batch]!;
      const { to } = windows.span(epoch, first);
      // A cut ends with its window, or is the one batch that the window is a part of.
      const last = Math.max(batch + 1, lastAt(offsets, to));
      const cut = cursor.cut(position, {
        ...limits,
        maxUpdates: Math.min(limits.maxUpdates, last - batch),
        maxEpochs: epoch + 1,
      });
      return {
        ...cut,
        rows: async (start) => {
          const visit = first + start;
          const window = windows.at(position, visit);
          const count = Math.min(window.to - visit, cut.updates * cut.batchSize - start);
          const { data, indices } = await window.rows;
          const from = visit - window.from;
          return { data, indices: indices.subarray(from, from + count) };
        },
      };
    },
    changeTo: (changes) => {
      cursor.changeTo(changes);
    },
    notes: () => reader.notes?.() ?? [],
    close: () => reader.close(),
  };
}
