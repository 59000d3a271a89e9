/** @file The race of a recommendation against its neighbours, and what becomes of the recommendation. */
import type {
  AdviceEvent,
  AdviceTarget,
  Goal,
  RacedRun,
  Recommendation,
  Verification,
} from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import { mayReplace, type Candidate } from "./choose-next.ts";
import { sig } from "./recommend.ts";
import { makeRun } from "./target-run.ts";
import { measuredSeconds, verify } from "./verdict.ts";

/** A run is given up after this many times the predicted seconds. */
const patience = 4;

/** The recommendation and the batch sizes beside it, each with fresh seeds, in turns. */
export async function* raceNeighbours(
  plan: AdvicePlan,
  target: AdviceTarget,
  points: readonly Candidate[],
  recommended: number,
): AsyncGenerator<AdviceEvent, Verification> {
  const at = points.findIndex(({ batchSize }) => batchSize === recommended);
  const compared = points.slice(Math.max(0, at - 1), at + 2);
  const limit = points[at]!.seconds.value * patience;
  const runs: RacedRun[] = [];
  for (let seed = 0; seed < plan.verificationSeeds; seed++)
    for (const { batchSize, learningRate, threads, secondsPerUpdate, updates } of compared) {
      if (plan.options.signal?.aborted === true) break;
      const { run } = await makeRun(plan, {
        ...{ batchSize, learningRate, threads, secondsPerUpdate },
        seed: plan.race.seed + 101 + seed,
        purpose: "verification",
        target,
        most: Math.max(10, Math.ceil(limit / secondsPerUpdate)),
        notBefore: Math.max(1, Math.floor(updates.value / 4)),
        validation: plan.judged,
      });
      runs.push(run);
      yield { type: "run", run };
    }
  const rivals = compared.filter((other) => mayReplace(plan.goal, other, points[at]!));
  return verify(recommended, compared, runs, rivals);
}

/** A neighbour that was clearly faster, and is as good by the goal, takes the place of what was recommended. */
export function afterVerification(
  recommendation: Recommendation,
  { verdict, points, reason, runs }: Verification,
  goal: Goal,
  predicted: readonly Candidate[],
): Recommendation {
  if (verdict !== "did not hold") return recommendation;
  const at = (size: number) => predicted.find(({ batchSize }) => batchSize === size)!;
  const chosen = at(recommendation.batchSize!);
  const measured = points.filter(
    ({ batchSize, measured: time }) => time !== null && mayReplace(goal, at(batchSize), chosen),
  );
  if (measured.length === 0) return { ...recommendation, confident: false };
  const best = measured.reduce((a, b) => (b.measured!.value < a.measured!.value ? b : a));
  const { batchSize, learningRate } = best;
  if (batchSize === recommendation.batchSize) return { ...recommendation, confident: false };
  const { threads } = at(batchSize);
  const seconds = measuredSeconds(runs.filter((run) => run.batchSize === batchSize))!;
  return {
    ...{ batchSize, learningRate, threads, confident: false },
    range: [
      Math.min(batchSize, recommendation.batchSize!),
      Math.max(batchSize, recommendation.batchSize!),
    ],
    reason: `Batch size ${batchSize} with learning rate ${learningRate} took ${sig(seconds.value)} s in the verification, in place of ${recommendation.batchSize} that was predicted: ${reason}.`,
  };
}
