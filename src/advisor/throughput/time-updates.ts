/** @file What updates cost on this machine: blocks of updates that change nothing, timed. */
import { coefficientNames } from "../../compile/update.ts";
import type { Dataset } from "../../data/dataset.ts";
import { range } from "../../data/sampler.ts";
import type { Chunk, Engine, State } from "../../runtime/engine.ts";
import { initialState } from "../../train/chunk.ts";
import type { RunConfig } from "../../train/run-config.ts";
import type { UpdateTimes } from "../auto/choose.ts";

/** What updates are made of. */
export interface TimedRun {
  readonly data: Dataset;
  readonly state: State;
  /** Number of coefficients of the optimizer. */
  readonly coefficients: number;
  readonly usesVisitKeys: boolean;
}

/** The updates of `config`, on the data to look at. */
export function timedRun(
  config: Pick<RunConfig, "spec" | "initial" | "usesVisitKeys">,
  data: Dataset,
): TimedRun {
  return {
    data,
    state: initialState(config),
    coefficients: coefficientNames(config.spec).length,
    usesVisitKeys: config.usesVisitKeys,
  };
}

/** Seconds of an update, by blocks of updates, of one batch size at a time. */
export interface Stopwatch {
  /** Times one block that takes about `seconds`; the first of a batch size compiles and warms up, and is not counted. */
  readonly time: (batchSize: number, seconds: number) => Promise<number | undefined>;
}

/** A stopwatch on `engine`. What an update took last decides how many make a block. */
export function stopwatch(engine: Engine, run: TimedRun): Stopwatch {
  const known = new Map<number, number>();
  return {
    async time(batchSize, seconds) {
      const last = known.get(batchSize);
      const updates =
        last === undefined
          ? Math.max(1, Math.floor(256 / batchSize))
          : Math.max(1, Math.round(seconds / last));
      const chunk = chunkOf(run, batchSize, updates);
      const compiled = engine.compileSeconds();
      const start = performance.now();
      await engine.advance(run.state, chunk);
      const elapsed = (performance.now() - start) / 1000 - (engine.compileSeconds() - compiled);
      known.set(batchSize, elapsed / updates);
      // A first block that is long enough is as good as any, and a second would take as long.
      return last === undefined && elapsed < 3 * seconds ? undefined : elapsed / updates;
    },
  };
}

/** Each batch size is timed in so many turns, once it is warm; the best counts: what others do on the machine only adds. */
const turns = 3;

/** Seconds of an update at each of `sizes`, ascending, each timed for `secondsEach`. */
export async function timeUpdates(
  engine: Engine,
  run: TimedRun,
  sizes: readonly number[],
  secondsEach = 0.03,
): Promise<UpdateTimes> {
  const best = sizes.map(() => Infinity);
  const { time } = stopwatch(engine, run);
  for (let turn = 0; turn <= turns; turn++)
    for (const [i, batchSize] of sizes.entries())
      best[i] = Math.min(best[i]!, (await time(batchSize, secondsEach / turns)) ?? Infinity);
  return sizes.map((batchSize, i) => ({ batchSize, seconds: best[i]! }));
}

/** Updates with learning rates of 0, so that nothing can diverge. */
function chunkOf(
  { data, coefficients, usesVisitKeys }: TimedRun,
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
