/** @file A quick look at what updates cost on this machine, before a run begins. */
import type { Dataset } from "../../data/dataset.ts";
import { range } from "../../data/sampler.ts";
import type { Chunk, Engine, State } from "../../runtime/engine.ts";
import { powersOfTwo, type UpdateTimes } from "./choose.ts";

/** Seconds for one batch size, once it is warm. */
const secondsEach = 0.03;
/** The best of so many turns counts: what others do on the machine only adds. */
const turns = 3;

/** What updates are made of. */
export interface TimedRun {
  readonly data: Dataset;
  readonly state: State;
  /** Number of coefficients of the optimizer. */
  readonly coefficients: number;
  readonly usesVisitKeys: boolean;
  /** Largest batch size to look at. */
  readonly most: number;
}

/** Seconds of an update at powers of four up to `most`, with the best of a few turns; the state is thrown away. */
export async function timeUpdates(
  engine: Engine,
  { data, state, coefficients, usesVisitKeys, most }: TimedRun,
): Promise<UpdateTimes> {
  const sizes = powersOfTwo(1, Math.min(most, data.size)).filter((_, i) => i % 2 === 0);
  const best = sizes.map(() => Infinity);
  for (let turn = 0; turn <= turns; turn++)
    for (const [i, batchSize] of sizes.entries()) {
      const updates = updatesFor(best[i]!, batchSize);
      const chunk = chunkOf({ data, coefficients, usesVisitKeys }, batchSize, updates);
      const compiled = engine.compileSeconds();
      const start = performance.now();
      await engine.advance(state, chunk);
      const seconds = (performance.now() - start) / 1000 - (engine.compileSeconds() - compiled);
      if (turn > 0 || seconds > secondsEach) best[i] = Math.min(best[i]!, seconds / updates);
    }
  return sizes.map((batchSize, i) => ({ batchSize, seconds: best[i]! }));
}

function updatesFor(known: number, batchSize: number): number {
  if (known !== Infinity) return Math.max(1, Math.round(secondsEach / turns / known));
  return Math.max(1, Math.floor(256 / batchSize));
}

/** Updates with learning rates of 0, so that nothing can diverge. */
function chunkOf(
  { data, coefficients, usesVisitKeys }: Pick<TimedRun, "data" | "coefficients" | "usesVisitKeys">,
  batchSize: number,
  updates: number,
): Chunk {
  const indices = range(updates * batchSize).map((i) => i % data.size);
  return {
    batchSize,
    updates,
    rows: (start) => ({ data, indices: indices.subarray(start) }),
    visitKeys: usesVisitKeys ? new Int32Array(2 * indices.length) : undefined,
    coefficients: Array.from({ length: coefficients }, () => new Float64Array(updates)),
  };
}
