/** @file When checkpoints are due. */

/** Checkpoints by the clock, and at the ends of epochs. */
export interface CheckpointEvery {
  /** Seconds on the clock since the last one. */
  readonly seconds?: number;
  /** Epochs since the last one, but not more often than once a second. */
  readonly epochs?: number;
}

/** Seconds between checkpoints at the ends of epochs, at least: epochs can be shorter than the writing of a file. */
const leastSeconds = 1;

/** Tells when the next checkpoint is due. */
export class CheckpointTimes {
  readonly #every: Required<CheckpointEvery>;
  #last = performance.now();
  #epoch = 0;

  constructor({ seconds = Infinity, epochs = Infinity }: CheckpointEvery = {}) {
    this.#every = { seconds, epochs };
  }

  /** Begins to count anew, in `epoch`. */
  restart(epoch: number): void {
    this.#last = performance.now();
    this.#epoch = epoch;
  }

  /** Whether one is due in `epoch`; then it counts as made. */
  due(epoch: number): boolean {
    const passed = (performance.now() - this.#last) / 1000;
    const byEpoch = epoch - this.#epoch >= this.#every.epochs && passed >= leastSeconds;
    if (passed < this.#every.seconds && !byEpoch) return false;
    this.restart(epoch);
    return true;
  }
}
