/** @file More seeds for the batch sizes that may be the best, and for the learning rates that may be theirs. */
import { rounded } from "../learning-rate/climb.ts";
import { meanOf } from "../statistics.ts";
import type { AdviceEvent, RacedRun } from "./advice.ts";
import { inContention, leaderOf } from "./contention.ts";
import type { SearchRuns } from "./search-runs.ts";
import type { Seeding } from "./seeds.ts";

/** Of the rate that not every seed survived, these parts are tried in its place. */
const slower = [Math.SQRT1_2, 1 / 2, 1 / 4, 1 / 8, 1 / 16];

type Runs = Pick<SearchRuns, "make" | "aborted">;

/** Runs to the target at the best learning rate of each batch size, one a seed, from `first` on. */
export type Raced = Map<number, RacedRun[]>;

/**
 * Rounds of one more seed for each batch size and rate that may still be the best, until one is left and has as many as a leader needs.
 *
 * @param others runs of the same batch sizes at other rates: the best of a batch size is in `raced` at the end
 */
export async function* repeatContenders(
  raced: Raced,
  others: RacedRun[][],
  runs: Runs,
  { ofLeader, perBatchSize }: Pick<Seeding, "ofLeader" | "perBatchSize">,
  first: number,
): AsyncGenerator<AdviceEvent> {
  /** The only batch size left, of which at no rate every seed arrives: more seeds of it say nothing new. */
  let settled: number | undefined;
  for (let count = 2; count <= perBatchSize; count++) {
    const contenders = inContention([...raced.values(), ...others]);
    if (count > ofLeader && contenders.length < 2) break;
    for (const own of contenders) {
      if (own.length >= count || own[0]!.batchSize === settled) continue;
      const [{ batchSize, learningRate }] = own as [RacedRun];
      const run = yield* again(runs, { batchSize, learningRate, seed: first + own.length }, own);
      if (run === undefined) return;
      if (run.reached) own.push(run);
      else if (raced.get(batchSize) !== own) others.splice(others.indexOf(own), 1);
      else if (!takeOther(raced, others, batchSize))
        settled = yield* atLowerRate(raced, runs, own, first);
    }
  }
  for (const [batchSize, own] of raced)
    raced.set(batchSize, leaderOf([own, ...atSize(others, batchSize)])!);
}

const atSize = (others: readonly RacedRun[][], batchSize: number): readonly RacedRun[][] =>
  others.filter(([run]) => run!.batchSize === batchSize);

/** The best other rate takes the place of one that not every seed survived; false where there is none. */
function takeOther(raced: Raced, others: RacedRun[][], batchSize: number): boolean {
  const best = leaderOf(atSize(others, batchSize));
  if (best === undefined) return false;
  others.splice(others.indexOf(best), 1);
  raced.set(batchSize, best);
  return true;
}

/**
 * A rate that not every seed survives is none to recommend: the highest part of it that brings as many, and one more, to the target. Where there
 * is none the batch size is given up; the last one keeps the rate that brought the most, and is the result.
 */
async function* atLowerRate(
  raced: Raced,
  runs: Runs,
  failed: readonly RacedRun[],
  first: number,
): AsyncGenerator<AdviceEvent, number | undefined> {
  const [fast] = failed as [RacedRun];
  const { batchSize } = fast;
  let most = failed;
  for (const factor of slower) {
    const learningRate = rounded(fast.learningRate * factor);
    const own: RacedRun[] = [];
    while (own.length <= failed.length) {
      const known = own.length === 0 ? failed : own;
      const run = yield* again(runs, { batchSize, learningRate, seed: first + own.length }, known);
      if (run === undefined) return undefined;
      if (!run.reached) break;
      own.push(run);
    }
    if (own.length > most.length) most = own;
    if (own.length <= failed.length) continue;
    raced.set(batchSize, own);
    return undefined;
  }
  if (raced.size > 1) {
    raced.delete(batchSize);
    return undefined;
  }
  raced.set(batchSize, [...most]);
  return batchSize;
}

/** One more run, with four times the updates that the slowest of `known` needed, and more at a part of their learning rate; undefined when the search is stopped. */
async function* again(
  runs: Runs,
  at: Pick<RacedRun, "batchSize" | "learningRate" | "seed">,
  known: readonly RacedRun[],
): AsyncGenerator<AdviceEvent, RacedRun | undefined> {
  if (runs.aborted) return undefined;
  const updates = known.map((run) => run.updates);
  const { run } = await runs.make({
    ...at,
    most: Math.max(20, (4 * Math.max(...updates) * known[0]!.learningRate) / at.learningRate),
    notBefore: meanOf(updates) / 4,
  });
  yield { type: "run", run };
  return run;
}
