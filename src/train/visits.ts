/** @file The visits of a run: which examples the next updates see, and where their rows are. */
import type { Dataset, TrainingData } from "../data/dataset.ts";
import type { Chunk } from "../runtime/engine.ts";
import { labelsOf } from "./config-data.ts";
import type { RunConfig } from "./run-config.ts";
import { lengthOf, type EpochLength } from "./epoch-length.ts";
import { Cursor, type BatchSizeChange, type Cut, type CutLimits, type Position } from "./cursor.ts";

/** Batches with the rows that they visit. */
export interface Visit extends Cut, Pick<Chunk, "rows"> {}

/** The examples of a run, batch after batch. */
export interface Visits {
  readonly epoch: (number: number) => EpochLength;
  /** Epochs done at a position, with the fraction of the one under way. */
  readonly epochs: (position: Position) => number;
  /** The next batches, all of one size. */
  readonly next: (position: Position, limits: CutLimits) => Visit | Promise<Visit>;
  /** Cuts batches by these changes of their size. */
  readonly changeTo: (changes: readonly BatchSizeChange[]) => void;
  /** What came up since this was asked before, in sentences. */
  readonly notes?: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** Cuts from the orders of a sampler. */
export function cursorOf(config: RunConfig<TrainingData>, size: number): Cursor {
  const { training, sampler, batchSize, dropLast, seed, resume } = config;
  return new Cursor(
    { sampler, size, seed, batchSize, dropLast, ...labelsOf(training) },
    resume?.batchSizes,
  );
}

/** Visits of a data set in memory. */
export function memoryVisits(config: RunConfig<TrainingData>, data: Dataset): Visits {
  const cursor = cursorOf(config, data.size);
  return {
    epoch: (number) => lengthOf(cursor.plan(number)),
    epochs: (position) => cursor.epochs(position),
    next(position, limits) {
      const cut = cursor.cut(position, limits);
      const indices = cursor.visits(position, cut);
      return { ...cut, rows: (start) => ({ data, indices: indices.subarray(start) }) };
    },
    changeTo: (changes) => {
      cursor.changeTo(changes);
    },
    close: () => Promise.resolve(),
  };
}
