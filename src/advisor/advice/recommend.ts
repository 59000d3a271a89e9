/** @file The recommendation, with the numbers it rests on. */
import { isBeyond } from "./choose-next.ts";
import type { PredictionPoint, Recommendation } from "./advice.ts";
import type { Goal } from "./goal.ts";
import type { Reason } from "./reason.ts";

/** Batch sizes within this part of the least time cost about the same: nobody should care. */
const same = 0.1;

/** What is recommended when nothing can be. */
export function noRecommendation(reason: Reason): Recommendation {
  return {
    ...{ batchSize: null, learningRate: null, threads: null, range: null },
    confident: false,
    reasons: [reason],
  };
}

/**
 * Recommends `best` among `points`. It is sure when every batch size that might be more than a tenth faster, by the ends of the intervals,
 * was tried or lies beyond one that did not arrive, and the estimates of those that were raced tell it from them or cost about the same.
 */
export function recommend(
  best: PredictionPoint,
  points: readonly PredictionPoint[],
  raced: readonly number[],
  { goal, tried }: { readonly goal: Goal; readonly tried: readonly number[] },
): Recommendation {
  const within = points.filter(({ seconds }) => seconds.value <= best.seconds.value * (1 + same));
  const near = (goal === "time" ? within : [best]).map(({ batchSize }) => batchSize);
  const range = [Math.min(...near), Math.max(...near)] as const;
  const rivals = points
    .filter(
      ({ batchSize, seconds }) =>
        batchSize !== best.batchSize &&
        !tried.includes(batchSize) &&
        !isBeyond(batchSize, tried, raced) &&
        seconds.low < best.seconds.value * (1 - 3 * same),
    )
    .map(({ batchSize }) => batchSize);
  const confident = goal !== "time" || (raced.length > 2 && rivals.length === 0);
  const { batchSize, learningRate, threads } = best;
  const reasons: readonly (Reason | false)[] = [
    goal === "time" ? besideOf(best, points) : { kind: "fastestByGoal", goal },
    range[0] < range[1] && { kind: "sameCost", range, part: same },
    !confident &&
      (points.length === 1 ? { kind: "onlyOne" } : { kind: "intervalsOverlap", rivals }),
  ];
  return {
    ...{ batchSize, learningRate, threads, confident, range },
    reasons: reasons.filter((reason) => reason !== false),
  };
}

/** What batches four times smaller and larger would cost. */
function besideOf(best: PredictionPoint, points: readonly PredictionPoint[]): Reason | false {
  const at = points.findIndex(({ batchSize }) => batchSize === best.batchSize);
  const others = [points[Math.max(0, at - 2)]!, points[Math.min(points.length - 1, at + 2)]!]
    .filter(({ batchSize }) => batchSize !== best.batchSize)
    .map(({ batchSize, updates, secondsPerUpdate, seconds }) => ({
      batchSize,
      updates: updates.value / best.updates.value,
      secondsPerUpdate: secondsPerUpdate / best.secondsPerUpdate,
      seconds: seconds.value,
    }));
  return others.length > 0 && { kind: "beside", others };
}
