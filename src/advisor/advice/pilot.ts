/** @file Pilot runs, where no target was given: how far one gets, and at which learning rate. */
import { climbing } from "../learning-rate/climb.ts";
import type { AdviceEvent } from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import type { SearchRuns } from "./search-runs.ts";
import { leastLoss, steadyFrom, type SeededTrial } from "./seeded-trial.ts";
import { seedsFor } from "./seeds.ts";
import { growth, type MadeRun } from "./target-run.ts";
import { told } from "./told.ts";

/** Updates of a run that only shows how far one gets: an epoch, but neither fewer nor more than these. */
const pilotUpdates = [200, 2000] as const;
/** Its first evaluation: from here on they are a factor apart, so that what ends it is a doubling without progress, not a dozen updates. */
const firstOfPilot = Math.ceil(1 / (growth - 1));

/** Runs of a fixed length at `batchSize`: the rate with the least validation loss, from the rate `from` on, and more seeds of it. */
export async function* pilot(
  { race }: AdvicePlan,
  runs: SearchRuns,
  batchSize: number,
  from: number,
): AsyncGenerator<AdviceEvent, SeededTrial | undefined> {
  const perEpoch = Math.ceil(race.training.size / batchSize);
  const most = Math.max(pilotUpdates[0], Math.min(pilotUpdates[1], perEpoch));
  // The runs to its target will be shorter; as many seeds as they will have, since its worst seed sets what all of them can reach.
  const { perTrial } = seedsFor((most / 2) * runs.timeOf(batchSize).secondsPerUpdate.value);
  const others = Array.from({ length: perTrial - 1 }, (_, i) => race.seed + 1 + i);
  const tryRate = async (learningRate: number, seeds: readonly number[]) =>
    leastLoss(learningRate, seeds, async (seed) =>
      runs.make({ batchSize, learningRate, seed, most, notBefore: firstOfPilot }),
    );
  const best = yield* told(
    climbing(from, async (rate) => (runs.aborted ? undefined : tryRate(rate, [race.seed]))),
  );
  const climbed = runs.all.length;
  const steady = best && (runs.aborted ? best : await steadyFrom(best, others, tryRate));
  for (const run of runs.all.slice(climbed)) yield { type: "run", run };
  return steady;
}

/** Updates after which a pilot had come to the loss `value`. */
export const arrivalAt = (value: number, { losses, run }: MadeRun): number =>
  losses.find(({ loss }) => loss <= value)?.updates ?? run.updates;
