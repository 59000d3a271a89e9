/** @file Which batch size is best by the prediction, and which is worth a race. */
import type { PredictionPoint } from "./advice.ts";
import type { Goal } from "./goal.ts";

/** The batch sizes within this part of what is best by the goal are as good, and the fastest of them is chosen. */
export const tolerance: Readonly<Record<Goal, number>> = { time: 0, examples: 0.1, memory: 0.05 };

/** A prediction with the memory it takes. */
export interface Candidate extends PredictionPoint {
  readonly bytes: number;
}

/** What `goal` counts. */
function costFor(goal: Goal, candidate: Candidate): number {
  switch (goal) {
    case "time":
      return candidate.seconds.value;
    case "examples":
      return candidate.examples.value;
    case "memory":
      return candidate.bytes;
  }
}

/** The best of `candidates` for `goal`; undefined when there is none. */
export function bestFor<T extends Candidate>(goal: Goal, candidates: readonly T[]): T | undefined {
  const least = Math.min(...candidates.map((candidate) => costFor(goal, candidate)));
  return candidates
    .filter((candidate) => costFor(goal, candidate) <= least * (1 + tolerance[goal]))
    .reduce<T | undefined>(
      (best, candidate) =>
        best === undefined || candidate.seconds.value < best.seconds.value ? candidate : best,
      undefined,
    );
}

/** Batch sizes that a search races: enough for a curve, and no more than pay. */
const [fewestRaced, mostRaced] = [3, 6];
/** From what is known, the next race goes at most this far… */
const farthest = 8;
/** …and while the curve is not yet known, at least this far. */
const nearest = 4;
/** A race for the time must promise to save this part… */
const worthwhile = 0.02;
/** …but until so many are known, it is enough that the prediction, which may be that far off, is no slower than this part. */
const [enoughRaced, closeCall] = [5, 0.1];

/**
 * The next batch size to race: the best by the prediction while it was not raced, near enough to one that was, and, until three are known,
 * far enough from all of them to show the curve. Nothing is looked for beyond a batch size that did not arrive. Undefined when racing more
 * promises nothing.
 *
 * @param tried every batch size that was tried
 * @param arrived those of them that reached the target
 */
export function nextToRace(
  goal: Goal,
  candidates: readonly Candidate[],
  tried: readonly number[],
  arrived: readonly number[],
): number | undefined {
  if (tried.length >= mostRaced) return undefined;
  const open = candidates.filter(
    ({ batchSize }) => !tried.includes(batchSize) && !isBeyond(batchSize, tried, arrived),
  );
  const distance = (batchSize: number) =>
    Math.min(...tried.map((other) => Math.max(other / batchSize, batchSize / other)));
  const within = open.filter(({ batchSize }) => distance(batchSize) <= farthest);
  if (tried.length < fewestRaced) {
    const apart = within.filter(({ batchSize }) => distance(batchSize) >= nearest);
    return (bestFor(goal, apart) ?? bestFor(goal, within))?.batchSize;
  }
  const next = bestFor(goal, within);
  if (next === undefined || goal !== "time") return bestOpen(goal, candidates, within);
  const known = candidates.filter(({ batchSize }) => arrived.includes(batchSize));
  const now = Math.min(...known.map(({ seconds }) => seconds.value));
  const gain = arrived.length < enoughRaced ? -closeCall : worthwhile;
  return next.seconds.value < now * (1 - gain) ? next.batchSize : undefined;
}

/** Whether a batch size that did not arrive lies between this one and all that did. */
export function isBeyond(
  batchSize: number,
  tried: readonly number[],
  arrived: readonly number[],
): boolean {
  return tried.some(
    (failed) =>
      !arrived.includes(failed) &&
      arrived.every((other) => (failed - other) * (batchSize - failed) > 0),
  );
}

/** The best of all, where it is within reach and was not tried. */
function bestOpen(
  goal: Goal,
  candidates: readonly Candidate[],
  within: readonly Candidate[],
): number | undefined {
  const best = bestFor(goal, candidates);
  return best !== undefined && within.includes(best) ? best.batchSize : undefined;
}
