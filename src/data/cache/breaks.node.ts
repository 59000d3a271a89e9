/** @file Long computations with breaks, in which others get their turn. */
import { setImmediate } from "node:timers/promises";
import type { Steps } from "../table/blocks.ts";

/** Milliseconds without a break, about. */
const TURN = 20;

/** Does all steps, a break between them now and then; tells of the rows of each. */
export async function withBreaks<T>(steps: Steps<T>, onRows: (rows: number) => void): Promise<T> {
  let start = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    onRows(value);
    if (performance.now() - start < TURN) continue;
    await setImmediate();
    start = performance.now();
  }
}
