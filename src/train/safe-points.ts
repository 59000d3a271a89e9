/** @file Where a run goes back to when it diverges. */
import type { Checkpoint } from "./checkpoint.ts";

/** Most rollbacks of one run. */
const mostRollbacks = 10;

/** The start of the run and its last checkpoints. Each time it goes back without a new one, it goes back further. */
export class SafePoints {
  readonly #points: Checkpoint[] = [];
  #rollbacks = 0;

  add(checkpoint: Checkpoint): void {
    this.#points.push(checkpoint);
    if (this.#points.length > 3) this.#points.splice(1, 1); // the start stays
  }

  /** Where to go back to; undefined when there is nothing, or it was tried often enough. */
  back(): Checkpoint | undefined {
    if (++this.#rollbacks > mostRollbacks) return undefined;
    return this.#points.length > 1 ? this.#points.pop() : this.#points[0];
  }
}
