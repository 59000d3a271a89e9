/** @file Visits of examples that come once, in their order. */
import type { Dataset, StreamedDataset, TrainingData } from "../data/dataset.ts";
import { joinRows, rowsBetween } from "../data/rows.ts";
import { range } from "../data/sampler.ts";
import { DataError, InputError } from "../errors.ts";
import { checkTargets } from "./check.ts";
import type { RunConfig } from "./run-config.ts";
import type { CutLimits, Position } from "./cursor.ts";
import { lengthOfStream } from "./epoch-length.ts";
import type { Visit, Visits } from "./visits.ts";

/** Visits of a stream, from the example on at which `start` stands. @throws DataError when the stream ends before it */
export async function streamedVisits(
  config: RunConfig<TrainingData>,
  data: StreamedDataset,
  start: Position,
): Promise<Visits> {
  const stream = new Stream(config, data);
  await stream.skip(start.examples);
  const length = lengthOfStream(config, data);
  return {
    epoch: () => length,
    epochs: ({ epoch, batch, examples }) => epoch + (batch === 0 ? 0 : examples / length.examples),
    next: (position, limits) => stream.next(position, limits),
    changeTo: (changes) => {
      stream.batchSize = changes.at(-1)?.batchSize ?? config.batchSize;
    },
    close: () => stream.close(),
  };
}

/** The rows that have come and were not visited yet. */
class Stream {
  readonly #config: RunConfig<TrainingData>;
  readonly #chunks: AsyncIterator<Dataset>;
  #rows: Dataset | undefined;
  #ended = false;
  /** Of the batches to come. */
  batchSize: number;

  constructor(config: RunConfig<TrainingData>, data: StreamedDataset) {
    this.#config = config;
    this.batchSize = config.resume?.batchSizes.at(-1)?.batchSize ?? config.batchSize;
    this.#chunks = data.chunks();
  }

  async skip(examples: number): Promise<void> {
    for (let left = examples; left > 0;) {
      await this.#fill(1);
      const size = this.#size();
      if (size === 0)
        throw new DataError(
          `the stream ended ${left} examples before the place of the checkpoint; give the stream that the run was started with`,
        );
      const taken = Math.min(left, size);
      this.#drop(taken);
      left -= taken;
    }
  }

  async next(position: Position, limits: CutLimits): Promise<Visit> {
    const { dropLast } = this.#config;
    const asked = this.batchSize;
    // With another batch at hand it is known which one is the last.
    await this.#fill(2 * asked);
    const data = this.#rows;
    if (data === undefined) throw new DataError("the stream gave no examples; give at least one");
    if (dropLast && data.size < asked)
      throw new InputError(
        `dropLast leaves no update: the stream gave ${data.size} examples, and a batch has ${asked}; make the batch smaller or keep the last one`,
      );
    const batchSize = Math.min(asked, data.size);
    const atHand = Math.floor(data.size / batchSize);
    const updates = Math.min(
      this.#ended ? atHand : atHand - 1,
      limits.maxUpdates,
      Math.ceil((limits.maxExamples - position.examples) / batchSize),
    );
    const examples = updates * batchSize;
    this.#drop(examples);
    const left = this.#size();
    const ends = this.#ended && (left === 0 || (dropLast && left < asked));
    return {
      batchSize,
      updates,
      epochEnds: ends ? [updates] : [],
      next: {
        epoch: ends ? 1 : 0,
        batch: ends ? 0 : position.batch + updates,
        updates: position.updates + updates,
        examples: position.examples + examples,
      },
      rows: (start) => ({ data, indices: range(examples).subarray(start) }),
    };
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  #size(): number {
    return this.#rows?.size ?? 0;
  }

  #drop(examples: number): void {
    const rows = this.#rows;
    this.#rows =
      rows === undefined || examples >= rows.size
        ? undefined
        : rowsBetween(rows, examples, rows.size);
  }

  /** Takes chunks until there are so many rows, or no more come. */
  async #fill(rows: number): Promise<void> {
    while (!this.#ended && this.#size() < rows) {
      const step = await this.#chunks.next();
      if (step.done === true) {
        this.#ended = true;
        return;
      }
      checkTargets("training data", step.value, this.#config.spec);
      this.#rows = this.#rows === undefined ? step.value : joinRows(this.#rows, step.value);
    }
  }
}
