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

/**
 * Runs of a fixed length at `batchSize`: the rate with the least validation loss, from the rate `from` on, and more seeds of it.
 *
 * A run ends early where its loss does not become less while its updates double. Where that gives nothing better than a constant prediction, or
 * seeds do not agree, a few bad evaluations may have ended runs that were to learn (batch size 1, little validation data): all of it once
 * more, with runs that do not.
 */
export async function* pilot(
  plan: AdvicePlan,
  runs: SearchRuns,
  batchSize: number,
  { from, constantLoss }: { readonly from: number; readonly constantLoss: number },
): AsyncGenerator<AdviceEvent, SeededTrial | undefined> {
  const hasty = yield* onePilot(plan, runs, batchSize, { from, patient: false });
  if (hasty === undefined || runs.aborted) return undefined;
  if (hasty.agreed && hasty.trial.score < constantLoss) return hasty.trial;
  const patient = yield* onePilot(plan, runs, batchSize, { from, patient: true });
  return patient?.trial;
}

async function* onePilot(
  { race }: AdvicePlan,
  runs: SearchRuns,
  batchSize: number,
  { from, patient }: { readonly from: number; readonly patient: boolean },
): AsyncGenerator<
  AdviceEvent,
  { readonly trial: SeededTrial; readonly agreed: boolean } | undefined
> {
  const perEpoch = Math.ceil(race.training.size / batchSize);
  const most = Math.max(pilotUpdates[0], Math.min(pilotUpdates[1], perEpoch));
  // The runs to its target will be shorter; as many seeds as they will have, since its worst seed sets what all of them can reach.
  const { perTrial } = seedsFor((most / 2) * runs.timeOf(batchSize).secondsPerUpdate.value);
  const others = Array.from({ length: perTrial - 1 }, (_, i) => race.seed + 1 + i);
  const tryRate = async (learningRate: number, seeds: readonly number[]) =>
    leastLoss(learningRate, seeds, async (seed) =>
      runs.make({ batchSize, learningRate, seed, most, notBefore: firstOfPilot, patient }),
    );
  const best = yield* told(
    climbing(from, async (rate) => (runs.aborted ? undefined : tryRate(rate, [race.seed]))),
  );
  const climbed = runs.all.length;
  const steady = best && !runs.aborted ? await steadyFrom(best, others, tryRate) : undefined;
  for (const run of runs.all.slice(climbed)) yield { type: "run", run };
  return steady;
}

/** Updates after which a pilot had come to the loss `value`. */
export const arrivalAt = (value: number, { losses, run }: MadeRun): number =>
  losses.find(({ loss }) => loss <= value)?.updates ?? run.updates;
