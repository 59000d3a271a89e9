/** @file Claim: SGD needs the fewest examples, large batches the fewest updates, something in the middle the least time. */
import {
  intervalText,
  text,
  untestable,
  whole,
  type ClaimTest,
  type Outcome,
} from "../claim-test.ts";
import type { EvidenceRow } from "../study.ts";
import type { Arrival, TargetRace } from "../to-target.ts";
import {
  above,
  allOf,
  below,
  expOf,
  geometricMean,
  intervalOf,
  slopeOf,
  verdictsDiffer,
  type Interval,
} from "../verdicts.ts";

export const costOfTargetClaim: ClaimTest = {
  id: "cost-of-target",
  claim: {
    en: "To a target, small batches need the fewest examples, large ones the fewest updates, and something in the middle the least time",
    zh: "要达到同一目标，小批量所需样本最少，大批量所需更新最少，而居中的批量用时最短",
  },
  async *test(bench) {
    return judgeCost(yield* bench.targetRace());
  },
};

/** Runs of one batch size. */
export interface SizeArrivals {
  readonly batchSize: number;
  readonly runs: readonly Arrival[];
  /** Whether every seed reached the target. */
  readonly reached: boolean;
}

/** Runs by batch size, ascending. */
export function bySize(arrivals: readonly Arrival[]): readonly SizeArrivals[] {
  const sizes = [...new Set(arrivals.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  return sizes.map((batchSize) => {
    const runs = arrivals.filter((run) => run.batchSize === batchSize);
    return { batchSize, runs, reached: runs.every(({ reached }) => reached) };
  });
}

/** Geometric mean of the seconds of a batch size: a lower bound where the target was not reached. */
export const secondsOf = ({ runs }: SizeArrivals): number =>
  geometricMean(runs.map(({ seconds }) => seconds));

/** Seconds of `a` over those of `b`, seed by seed, with its interval; null where `b` did not always arrive. */
export function timeRatio(a: SizeArrivals, b: SizeArrivals): Interval | null {
  if (!b.reached) return null;
  return expOf(
    intervalOf(a.runs.map(({ seconds }, i) => Math.log(seconds / (b.runs[i]?.seconds ?? NaN)))),
  );
}

/** The fastest of those that always reached the target. */
export function fastest(groups: readonly SizeArrivals[]): SizeArrivals | undefined {
  return groups
    .filter(({ reached }) => reached)
    .reduce<SizeArrivals | undefined>(
      (best, group) => (best === undefined || secondsOf(group) < secondsOf(best) ? group : best),
      undefined,
    );
}

/** Rows for a table of runs to a target. */
export function arrivalRows(
  groups: readonly SizeArrivals[],
  more: EvidenceRow = {},
): readonly EvidenceRow[] {
  return groups.map(({ batchSize, runs, reached }) => ({
    ...more,
    "batch size": batchSize,
    "learning rate": runs[0]?.learningRate ?? null,
    reached: `${runs.filter((run) => run.reached).length}/${runs.length}`,
    examples: reached ? Math.round(geometricMean(runs.map(({ examples }) => examples))) : null,
    updates: reached ? Math.round(geometricMean(runs.map(({ updates }) => updates))) : null,
    seconds: reached ? geometricMean(runs.map(({ seconds }) => seconds)) : null,
  }));
}

/** Holds when examples rise and updates fall with the batch size, and some batch between is faster than both the smallest and the full one. */
export function judgeCost({ target, constantLoss, arrivals }: TargetRace): Outcome {
  const groups = bySize(arrivals);
  const arrived = groups.filter(({ reached }) => reached);
  if (target === null) return notLearned(constantLoss);
  if (arrived.length < 3) return tooFew(arrived.length, target);
  const slopes = (key: "examples" | "updates") => {
    const seeds = arrived[0]!.runs.map((_, i) => i);
    return seeds.map((i) =>
      slopeOf(arrived.map(({ batchSize, runs }) => [Math.log(batchSize), Math.log(runs[i]![key])])),
    );
  };
  const [examples, updates] = [slopes("examples"), slopes("updates")];
  const [examplesInterval, updatesInterval] = [intervalOf(examples), intervalOf(updates)];
  const best = fastest(groups.slice(1, -1));
  if (best === undefined) return tooFew(0, target);
  const ends = [groups[0]!, groups.at(-1)!];
  const ratios = ends.map((end) => timeRatio(end, best));
  const inTheMiddle = allOf(...ends.map((end, i) => aboveWhenKnown(end, ratios[i] ?? null)));
  const parts = [above(examplesInterval, 0), below(updatesInterval, 0), inTheMiddle];
  const [rising, falling] = [
    intervalText(examplesInterval, examples),
    intervalText(updatesInterval, updates),
  ];
  const end = (i: number) => {
    const ratio = intervalText(ratios[i] ?? null, [secondsOf(ends[i]!) / secondsOf(best)]);
    return ends[i]!.reached
      ? ratio
      : {
          en: `more than ${text(secondsOf(ends[i]!) / secondsOf(best))}`,
          zh: `超过 ${text(secondsOf(ends[i]!) / secondsOf(best))}`,
        };
  };
  return {
    verdict: allOf(...parts),
    evidence: {
      summary: {
        en: `To a validation loss of ${text(target)}: examples go with the batch size to the power ${rising.en}, updates to the power ${falling.en}; batch size ${whole(best.batchSize)} was the fastest between the smallest and the full batch, ${text(secondsOf(best))} s. Batch size ${whole(ends[0]!.batchSize)} took ${end(0).en} times as long, the full batch ${end(1).en} times.${verdictsDiffer(parts).en}`,
        zh: `达到验证损失 ${text(target)}：所需样本数随批大小的 ${rising.zh}次方变化，更新次数随其 ${falling.zh}次方变化；在最小批与全批量之间，批大小 ${whole(best.batchSize)} 最快，用时 ${text(secondsOf(best))} 秒。批大小 ${whole(ends[0]!.batchSize)} 用时是其 ${end(0).zh}倍，全批量是其 ${end(1).zh}倍。${verdictsDiffer(parts).zh}`,
      },
      rule: {
        en: "Over batch sizes that always reached the target, slopes of log examples (1: above 0) and log updates (2: below 0) against log batch size, and (3) seconds of the smallest and of the full batch over those of the fastest between them (above 1), one a seed: holds when all 95% intervals lie there, does not when one lies on the other side. A run that did not arrive counts with the time it had. Seconds are updates times what one takes, measured apart.",
        zh: "对总能达到目标的批大小，求对数样本数（1：应大于 0）和对数更新次数（2：应小于 0）对“对数批大小”的斜率，以及（3）最小批量和全批量用时与居中最快者之比（应大于 1），每个种子一个：全部 95% 区间都如此则成立，有一个在另一侧则不成立。未到达的训练按其已用时间计。秒数为更新次数乘以单独测得的每次更新用时。",
      },
      rows: arrivalRows(groups),
      chart: { x: "batch size", y: "seconds", series: null, logX: true, logY: true },
    },
  };
}

/** A run that never arrived took more than it had: its ratio is a lower bound, which can only speak for the claim. */
function aboveWhenKnown(end: SizeArrivals, ratio: Interval | null) {
  const verdict = above(ratio, 1);
  return end.reached || verdict === "holds" ? verdict : "cannot tell";
}

/** The pilot run did not learn. */
export function notLearned(constantLoss: number): Outcome {
  return untestable(
    `A pilot run did not bring the validation loss a tenth below that of the best constant prediction, ${text(constantLoss)}: there is no target to race to.`,
    `试跑未能使验证损失比最佳常数预测的 ${text(constantLoss)} 低一成：没有可供比赛的目标。`,
  );
}

/** Too few batch sizes reached the target. */
function tooFew(count: number, target: number): Outcome {
  return untestable(
    `${count === 0 ? "No batch size" : `Only ${count} ${count === 1 ? "batch size" : "batch sizes"}`} always reached the target, a validation loss of ${text(target)}, in time; three are needed.`,
    `只有 ${count} 个批大小总能按时达到目标（验证损失 ${text(target)}），至少需要三个。`,
  );
}

/** No batch size of a range reached the target. */
export function noneArrived(range: readonly [low: number, high: number], target: number): Outcome {
  const [low, high] = range.map(whole);
  return untestable(
    `No batch size from ${low} to ${high} always reached the target, a validation loss of ${text(target)}, in time.`,
    `从 ${low} 到 ${high} 没有一个批大小总能按时达到目标（验证损失 ${text(target)}）。`,
  );
}
