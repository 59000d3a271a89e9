/** @file Whether a prediction held, from the race of the recommendation against its neighbours. */
import type { Estimate } from "../noise/estimate.ts";
import type { RacedRun, Verification } from "./advice.ts";
import type { Goal } from "./goal.ts";
import { tolerance, type Candidate } from "./choose-next.ts";
import { medianOf } from "../statistics.ts";
import type { VerificationReason } from "./reason.ts";

/** By what part a neighbour must be better to matter, by what the goal counts. */
const matters: Readonly<Record<Goal, number>> = { ...tolerance, time: 0.1 };

/** A batch size as it was raced. */
interface Judged {
  readonly batchSize: number;
  readonly predicted: Estimate;
  /** Seconds; null where a run did not reach the target. */
  readonly measured: Estimate | null;
  /** What the goal counts: seconds, examples or bytes; null where a run did not reach the target. */
  readonly cost: Estimate | null;
}

/** Median, least and most of `value` over runs that all reached the target; null when one did not. */
export function measuredOver(
  runs: readonly RacedRun[],
  value: (run: RacedRun) => number,
): Estimate | null {
  if (runs.length === 0 || runs.some(({ reached }) => !reached)) return null;
  const values = runs.map(value);
  return { value: medianOf(values), low: Math.min(...values), high: Math.max(...values) };
}

/** What the runs of a batch size say. */
function judgedOf(
  goal: Goal,
  { batchSize, seconds, bytes }: Candidate,
  runs: readonly RacedRun[],
): Judged {
  const own = runs.filter((run) => run.batchSize === batchSize);
  const counted: Readonly<Record<Goal, (run: RacedRun) => number>> = {
    time: (run) => run.seconds,
    examples: (run) => run.examples,
    memory: () => bytes,
  };
  return {
    ...{ batchSize, predicted: seconds },
    measured: measuredOver(own, counted.time),
    cost: measuredOver(own, counted[goal]),
  };
}

/**
 * The verdict on `recommended`, one of `points`. A neighbour speaks against it that is better by what the goal counts, or faster and as good;
 * clearly so when its worst seed is better than the best of the recommendation.
 */
export function verify(
  goal: Goal,
  recommended: number,
  points: readonly Candidate[],
  runs: readonly RacedRun[],
): Verification {
  const judged = points.map((point) => judgedOf(goal, point, runs));
  return {
    ...judge(goal, recommended, judged),
    runs,
    points: points.map(({ batchSize, learningRate, seconds }, at) => ({
      ...{ batchSize, learningRate, predicted: seconds },
      measured: judged[at]!.measured,
      examples: measuredOver(
        runs.filter((run) => run.batchSize === batchSize),
        ({ examples }) => examples,
      ),
    })),
  };
}

/** What a neighbour is better by. */
interface Better {
  readonly goal: Goal;
  readonly batchSize: number;
  readonly cost: Estimate;
  readonly own: Estimate;
}

function judge(
  goal: Goal,
  recommended: number,
  judged: readonly Judged[],
): Pick<Verification, "verdict" | "reasons"> {
  const own = judged.find(({ batchSize }) => batchSize === recommended);
  const measured = own?.measured ?? null;
  if (own === undefined || measured === null)
    return { verdict: "cannot tell", reasons: [{ kind: "notAgain", batchSize: recommended }] };
  const better = judged.flatMap((other) => betterThan(goal, own, other));
  const sure = better.find(({ cost, own: mine }) => cost.high < mine.low);
  const off = elsewhere(recommended, judged);
  const said = { kind: "measured", predicted: own.predicted, measured } as const;
  if (sure !== undefined)
    return {
      verdict: "did not hold",
      reasons: [{ kind: "neighbourBetter", ...inNumbers(sure) }, ...off],
    };
  if (measured.value < own.predicted.low || measured.value > own.predicted.high)
    return { verdict: "did not hold", reasons: [said, ...off] };
  const [perhaps] = better;
  if (perhaps !== undefined)
    return {
      verdict: "cannot tell",
      reasons: [said, { kind: "neighbourPerhapsBetter", ...inNumbers(perhaps) }, ...off],
    };
  const beside = judged.length > 1 ? [{ kind: "noneBetter" } as const] : [];
  return { verdict: "held", reasons: [said, ...beside, ...off] };
}

/** By what `other` is better than `own` in the median, if it is: by what the goal counts before the time. */
function betterThan(goal: Goal, own: Judged, other: Judged): readonly Better[] {
  const { batchSize, cost, measured } = other;
  if (cost === null || measured === null || own.cost === null || own.measured === null) return [];
  if (cost.value < own.cost.value * (1 - matters[goal]))
    return [{ goal, batchSize, cost, own: own.cost }];
  const asGood = goal !== "time" && cost.value <= own.cost.value * (1 + tolerance[goal]);
  return asGood && measured.value < own.measured.value * (1 - matters.time)
    ? [{ goal: "time", batchSize, cost: measured, own: own.measured }]
    : [];
}

const inNumbers = ({ goal, batchSize, cost, own }: Better) => ({
  ...{ goal, batchSize },
  cost: cost.value,
  own: own.value,
});

/** Neighbours that were not as predicted: they say how far the curve can be trusted, and nothing against the recommendation. */
function elsewhere(recommended: number, judged: readonly Judged[]): readonly VerificationReason[] {
  return judged.flatMap(({ batchSize, predicted, measured }) =>
    batchSize === recommended ||
    measured === null ||
    (measured.value >= predicted.low && measured.value <= predicted.high)
      ? []
      : [{ kind: "offTheCurve", batchSize, predicted, measured }],
  );
}
