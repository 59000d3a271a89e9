/** @file Which of the batch sizes that were raced may still be the best. */
import { meanOf } from "../statistics.ts";
import type { RacedRun } from "./advice.ts";
import { spreadOf } from "./predict.ts";

/** Standard errors of the difference beyond which a batch size is out. */
const farOut = 2;

/**
 * Those of `raced` (each: the runs of one batch size, one a seed) whose mean log seconds are within two standard errors of the least,
 * σ √(1/n + 1/n′), where σ is the pooled standard deviation of log updates over seeds.
 *
 * Source: Maron and Moore (1997), "The racing algorithm: model selection for lazy learners", with normal intervals.
 */
export function inContention<T extends readonly RacedRun[]>(raced: readonly T[]): readonly T[] {
  const centre = (runs: readonly RacedRun[]) =>
    meanOf(runs.map(({ seconds }) => Math.log(seconds)));
  const leader = raced.reduce<T | undefined>(
    (a, b) => (a === undefined || centre(b) < centre(a) ? b : a),
    undefined,
  );
  if (leader === undefined) return [];
  const { spread } = spreadOf(
    raced.map((runs) => ({
      batchSize: runs[0]!.batchSize,
      updates: runs.map(({ updates }) => updates),
    })),
  );
  return raced.filter(
    (runs) =>
      runs === leader ||
      centre(runs) - centre(leader) <
        farOut * spread * Math.sqrt(1 / runs.length + 1 / leader.length),
  );
}
