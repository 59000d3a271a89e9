/** @file Claim: small data sets suit large batches, large ones medium batches. */
import {
  intervalText,
  text,
  untestable,
  whole,
  type ClaimTest,
  type Outcome,
} from "../claim-test.ts";
import type { TargetRace } from "../to-target.ts";
import { above, allOf, below, verdictsDiffer, type Interval } from "../verdicts.ts";
import {
  arrivalRows,
  bySize,
  fastest,
  noneArrived,
  notLearned,
  secondsOf,
  timeRatio,
} from "./cost-of-target.ts";

const smallSize = 1000;
/** Batch sizes that are medium. */
const medium = [32, 256] as const;
/** So many times the small one is large. */
const leastFactor = 10;

export const dataSizeClaim: ClaimTest = {
  id: "data-size",
  claim: {
    en: "Small data sets suit large batches, large data sets medium ones",
    zh: "小数据集适合大批量，大数据集适合中等批量",
  },
  async *test(bench) {
    const { size } = bench.training;
    if (size < leastFactor * smallSize)
      return untestable(
        `This compares 1,000 rows with 10,000 or more of the same data; there are ${whole(size)}.`,
        `此项比较同一数据的 1,000 行与 10,000 行以上；这里只有 ${whole(size)} 行。`,
      );
    const small = yield* bench.targetRace(bench.part(smallSize));
    const large = yield* bench.targetRace();
    return judgeDataSizes({ size: smallSize, race: small }, { size, race: large });
  },
};

/** A race on some of the rows. */
export interface SizedRace {
  readonly size: number;
  readonly race: TargetRace;
}

/** Holds when the full batch is faster than the best medium one on the small data, and slower on the large. */
export function judgeDataSizes(small: SizedRace, large: SizedRace): Outcome {
  for (const { race } of [small, large])
    if (race.target === null) return notLearned(race.constantLoss);
  const [few, many] = [sidesOf(small), sidesOf(large)];
  if (few.medium === undefined) return noneArrived(medium, small.race.target ?? NaN);
  if (many.medium === undefined) return noneArrived(medium, large.race.target ?? NaN);
  const [fewRatio, manyRatio] = [
    timeRatio(few.full, few.medium),
    timeRatio(many.full, many.medium),
  ];
  const parts = [
    few.full.reached ? below(fewRatio, 1) : notFaster(fewRatio),
    many.full.reached ? above(manyRatio, 1) : lowerBound(manyRatio),
  ];
  const said = (side: typeof few, ratio: Interval | null) => {
    const mean = secondsOf(side.full) / secondsOf(side.medium!);
    const words = intervalText(ratio, [mean]);
    return side.full.reached ? words : { en: `more than ${text(mean)}`, zh: `超过 ${text(mean)}` };
  };
  const [fewText, manyText] = [said(few, fewRatio), said(many, manyRatio)];
  return {
    verdict: allOf(...parts),
    evidence: {
      summary: {
        en: `With ${whole(small.size)} rows the full batch took ${fewText.en} times as long to the target as the best medium batch, ${whole(few.medium.batchSize)}; with ${whole(large.size)} rows ${manyText.en} times as long as ${whole(many.medium.batchSize)}. Fastest of all: ${whole(few.best.batchSize)} and ${whole(many.best.batchSize)}.${verdictsDiffer(parts).en}`,
        zh: `${whole(small.size)} 行时，全批量达到目标的用时是最佳中等批量 ${whole(few.medium.batchSize)} 的 ${fewText.zh}倍；${whole(large.size)} 行时是 ${whole(many.medium.batchSize)} 的 ${manyText.zh}倍。最快的分别是 ${whole(few.best.batchSize)} 和 ${whole(many.best.batchSize)}。${verdictsDiffer(parts).zh}`,
      },
      rule: {
        en: "Seconds to the target of the full batch over those of the fastest batch of 32 to 256, one ratio a seed: holds when the 95% interval lies below 1 on the small data (1) and above 1 on the large (2), does not when one lies on the other side. Each data size has a target of its own, set by a pilot run.",
        zh: "全批量与 32 至 256 中最快批量达到目标的用时之比，每个种子一个：95% 区间在小数据上低于 1（1）、在大数据上高于 1（2）则成立，有一个在另一侧则不成立。两种数据规模各有由试跑确定的目标。",
      },
      rows: [
        ...arrivalRows(bySize(small.race.arrivals), { rows: small.size }),
        ...arrivalRows(bySize(large.race.arrivals), { rows: large.size }),
      ],
      chart: { x: "batch size", y: "seconds", series: "rows", logX: true, logY: true },
    },
  };
}

function sidesOf({ race }: SizedRace) {
  const groups = bySize(race.arrivals);
  const full = groups.at(-1)!;
  return {
    full,
    medium: fastest(
      groups.filter(
        (group) => group !== full && group.batchSize >= medium[0] && group.batchSize <= medium[1],
      ),
    ),
    best: fastest(groups) ?? full,
  };
}

/** The full batch did not arrive: its ratio is a lower bound, which can only tell that it is slower. */
const notFaster = (ratio: Interval | null) =>
  above(ratio, 1) === "holds" ? "does not hold" : "cannot tell";
const lowerBound = (ratio: Interval | null) =>
  above(ratio, 1) === "holds" ? "holds" : "cannot tell";
