/** @file The recommendation in words, with the numbers it rests on. */
import { isBeyond } from "./choose-next.ts";
import type { AdviceTarget, Goal, PredictionPoint, Recommendation } from "./advice.ts";

/** Batch sizes within this part of the least time cost about the same: nobody should care. */
const same = 0.1;

/** What is recommended when nothing can be. */
export function noRecommendation(reason: string): Recommendation {
  return {
    ...{ batchSize: null, learningRate: null, threads: null, range: null },
    confident: false,
    reason,
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
  {
    goal,
    target,
    tried,
  }: { readonly goal: Goal; readonly target: AdviceTarget; readonly tried: readonly number[] },
): Recommendation {
  const within = points.filter(({ seconds }) => seconds.value <= best.seconds.value * (1 + same));
  const near = (goal === "time" ? within : [best]).map(({ batchSize }) => batchSize);
  const range = [Math.min(...near), Math.max(...near)] as const;
  const rivals = points.filter(
    ({ batchSize, seconds }) =>
      batchSize !== best.batchSize &&
      !tried.includes(batchSize) &&
      !isBeyond(batchSize, tried, raced) &&
      seconds.low < best.seconds.value * (1 - 3 * same),
  );
  const confident = goal !== "time" || (raced.length > 2 && rivals.length === 0);
  const { batchSize, learningRate, threads, updates, seconds, secondsPerUpdate } = best;
  const flat =
    range[0] === range[1]
      ? ""
      : ` Batch sizes from ${range[0]} to ${range[1]} cost about the same, within ${Math.round(100 * same)} %.`;
  const doubt = confident
    ? ""
    : points.length === 1
      ? " It is the only batch size that was looked at, so there is nothing to compare it with."
      : ` Cannot tell it from ${rivals.length > 0 ? rivals.map((rival) => rival.batchSize).join(", ") : "its neighbours"}: the intervals overlap.`;
  return {
    ...{ batchSize, learningRate, threads, confident, range },
    reason:
      `Batch size ${batchSize} with learning rate ${learningRate} and ${threads === 1 ? "one thread" : `${threads} threads`} reaches ` +
      `${target.monitor} ${Number(target.value.toPrecision(4))} in about ${sig(seconds.value)} s (${sig(seconds.low)} to ${sig(seconds.high)}): ` +
      `${Math.round(updates.value)} update${Math.round(updates.value) === 1 ? "" : "s"} of ${sig(secondsPerUpdate * 1e6)} µs.` +
      becauseOf(goal, best, points) +
      flat +
      doubt,
  };
}

/** What smaller and larger batches would cost. */
function becauseOf(goal: Goal, best: PredictionPoint, points: readonly PredictionPoint[]): string {
  if (goal !== "time") {
    const what = goal === "examples" ? "the fewest examples" : "the least memory";
    return ` It is the fastest of the batch sizes that take about ${what}.`;
  }
  const at = points.findIndex(({ batchSize }) => batchSize === best.batchSize);
  const compared = [points[Math.max(0, at - 2)]!, points[Math.min(points.length - 1, at + 2)]!]
    .filter(({ batchSize }) => batchSize !== best.batchSize)
    .map(
      ({ batchSize, updates, secondsPerUpdate, seconds }) =>
        `${batchSize} takes ${sig(updates.value / best.updates.value)} times the updates at ${sig(secondsPerUpdate / best.secondsPerUpdate)} times the cost, ${sig(seconds.value)} s`,
    );
  return compared.length === 0 ? "" : ` Beside it, ${compared.join("; ")}.`;
}

/** Two significant digits, or whole. */
export const sig = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
