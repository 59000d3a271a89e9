/** @file The race of a recommendation against its neighbours, and what becomes of the recommendation. */
import type {
  AdviceEvent,
  AdviceTarget,
  RacedRun,
  Recommendation,
  Verification,
} from "./advice.ts";
import type { Goal } from "./goal.ts";
import type { AdvicePlan } from "./advise-options.ts";
import type { Estimate } from "../noise/estimate.ts";
import { meanOf } from "../statistics.ts";
import { bestFor, type Candidate } from "./choose-next.ts";
import { leaderOf, luckOf, type Arm } from "./contention.ts";
import type { Raced } from "./repeats.ts";
import { seedsFor } from "./seeds.ts";
import { verify } from "./verdict.ts";

/** A run is given up after this many times the predicted seconds, or more where seeds differ by factors. */
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
  const { value: seconds } = points[at]!.seconds;
  const { verification, slower } = seedsFor(seconds);
  const limit = seconds * Math.max(patience, slower);
  const runs: RacedRun[] = [];
  for (let seed = 0; seed < (plan.verificationSeeds ?? verification); seed++)
    for (const { batchSize, learningRate, threads, secondsPerUpdate, updates } of compared) {
      if (plan.options.signal?.aborted === true) break;
      const { run } = await plan.makeRun({
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
  return verify(plan.goal, recommended, compared, runs);
}

/**
 * Where the prediction did not hold, or not every run of the recommendation arrived again, the best by the goal of what was raced takes its
 * place: by the runs of the verification and those of the search at the same rates, compared seed by seed, because the few seeds of the first
 * alone would as often be wrong.
 *
 * @param raced runs of the search at the rates of `predicted`
 */
export function afterVerification(
  recommendation: Recommendation,
  { verdict, reasons, runs }: Verification,
  goal: Goal,
  { predicted, raced }: { readonly predicted: readonly Candidate[]; readonly raced: Raced },
): Recommendation {
  const failed = reasons.some(({ kind }) => kind === "notAgain");
  if (verdict !== "did not hold" && !failed) return withoutRaced(recommendation, runs);
  const chosen = recommendation.batchSize!;
  const best = bestFor(goal, asMeasured(predicted, runs, raced));
  if (best === undefined || best.batchSize === chosen)
    return { ...withoutRaced(recommendation, runs), confident: false };
  const { batchSize, learningRate, threads, seconds } = best;
  return {
    ...{ batchSize, learningRate, threads, confident: false },
    range: [Math.min(batchSize, chosen), Math.max(batchSize, chosen)],
    reasons: [{ kind: "inPlaceOf", batchSize: chosen, seconds }],
  };
}

/** What the verification raced is no longer among the batch sizes that it cannot be told from because they were not. */
function withoutRaced(
  recommendation: Recommendation,
  verified: readonly RacedRun[],
): Recommendation {
  const raced = new Set(verified.map(({ batchSize }) => batchSize));
  const reasons = recommendation.reasons.flatMap((reason) => {
    if (reason.kind !== "intervalsOverlap" || reason.rivals.length === 0) return [reason];
    const rivals = reason.rivals.filter((batchSize) => !raced.has(batchSize));
    return rivals.length === 0 ? [] : [{ ...reason, rivals }];
  });
  return { ...recommendation, reasons };
}

/** Those of `points` whose runs all arrived, with what these took in place of what was predicted: as with all seeds of the fastest. */
function asMeasured(
  points: readonly Candidate[],
  verified: readonly RacedRun[],
  raced: Raced,
): readonly Candidate[] {
  const armOf = ({ batchSize }: Candidate): Arm => {
    const again = verified.filter((run) => run.batchSize === batchSize);
    return again.length === 0 ? [] : [...(raced.get(batchSize) ?? []), ...again];
  };
  const arrived = points.filter((point) => {
    const arm = armOf(point);
    return arm.length > 0 && arm.every(({ reached }) => reached);
  });
  const leader = leaderOf(arrived.map(armOf));
  return arrived.map((point) => {
    const arm = armOf(point);
    const factor = Math.exp(luckOf(arm, leader!));
    const over = (value: (run: RacedRun) => number): Estimate => {
      const values = arm.map(value);
      return {
        value: factor * Math.exp(meanOf(values.map(Math.log))),
        ...{ low: Math.min(...values), high: Math.max(...values) },
      };
    };
    return { ...point, seconds: over(({ seconds }) => seconds), examples: over(({ examples }) => examples) }; // prettier-ignore
  });
}
