/** @file Claim: batches of 1–32 are noisy, 64–256 suit most tasks, 1024 and more are close to the full batch. */
import type { RaceRun } from "../../race.ts";
import { text, untestable, whole, type ClaimTest, type Outcome } from "../claim-test.ts";
import type { TargetRace } from "../to-target.ts";
import { meanOf } from "../../statistics.ts";
import { above, allOf, intervalOf, verdictsDiffer, type Interval } from "../verdicts.ts";
import {
  arrivalRows,
  bySize,
  fastest,
  noneArrived,
  notLearned,
  secondsOf,
  timeRatio,
} from "./cost-of-target.ts";

/** What is read of the runs of the first epoch. */
export type NoisyRun = Pick<RaceRun, "batchSize" | "seed" | "gradientNoise">;

export const sizeRangesClaim: ClaimTest = {
  id: "size-ranges",
  claim: {
    en: "Batches of 1–32 are noisy, 64–256 suit most tasks, 1,024 and more are close to the full batch",
    zh: "批大小 1–32 噪声大，64–256 适合多数任务，1,024 以上接近全批量",
  },
  async *test(bench) {
    const { size } = bench.training;
    if (size < 4096)
      return untestable(
        `With ${whole(size)} examples 1,024 are close to the full batch anyway; this takes 4,096 or more.`,
        `只有 ${whole(size)} 个样本时，1,024 本就接近全批量；需要 4,096 个以上。`,
      );
    const { runs } = yield* bench.firstEpoch();
    return judgeRanges(runs, yield* bench.targetRace(), size);
  },
};

/** A batch is close to the full one when its gradient has this cosine with it. */
const close = 0.9;

/** Holds when noise exceeds the gradient in 1–32, 64–256 holds the fastest, and gradients from 1024 on are close to the full one. */
export function judgeRanges(
  runs: readonly NoisyRun[],
  { target, constantLoss, arrivals }: TargetRace,
  size: number,
): Outcome {
  if (target === null) return notLearned(constantLoss);
  const groups = bySize(arrivals);
  const inRange = (low: number, high: number) =>
    groups.filter(({ batchSize }) => batchSize >= low && batchSize <= high);
  const [small, middle, large] = [
    fastest(inRange(1, 32)),
    fastest(inRange(64, 256)),
    fastest(inRange(1024, size)),
  ];
  if (small === undefined) return noneArrived([1, 32], target);
  if (middle === undefined) return noneArrived([64, 256], target);
  const noise = (low: number, high: number, key: "relativeError" | "cosine", least: boolean) =>
    perSeed(runs, low, high, key, least ? Math.min : Math.max);
  const noisy = intervalOf(noise(1, 32, "relativeError", true));
  const near = intervalOf(noise(1024, size - 1, "cosine", true));
  const others = [small, large ?? groups.at(-1)!];
  const suits = allOf(...others.map((other) => above(timeRatio(other, middle), 1)));
  const parts = [above(noisy, 1), suits, above(near, close)];
  const [noisyAt, nearAt] = [
    noise(1, 32, "relativeError", true),
    noise(1024, size - 1, "cosine", true),
  ];
  const seconds = [small, middle, ...(large ? [large] : [])]
    .map((group) => `${text(secondsOf(group))} s (B = ${whole(group.batchSize)})`)
    .join(", ");
  return {
    verdict: allOf(...parts),
    evidence: {
      summary: {
        en: `Noise |g − G|/|G| at batch sizes 1–32, along the first epoch: at least ${spread(atLeastZero(noisy), noisyAt)}. Fastest of 1–32, of 64–256 and of 1,024 and more to a validation loss of ${text(target)}: ${seconds}. Cosine of the gradients of batches from 1,024 on with the full gradient: at least ${spread(atMostOne(near), nearAt)}.${verdictsDiffer(parts).en}`,
        zh: `第一个轮次中，批大小 1–32 的噪声 |g − G|/|G| 至少为 ${spread(atLeastZero(noisy), noisyAt)}。达到验证损失 ${text(target)} 的最短用时（1–32、64–256、1,024 以上）：${seconds}。1,024 以上批量的梯度与全梯度的余弦至少为 ${spread(atMostOne(near), nearAt)}。${verdictsDiffer(parts).zh}`,
      },
      rule: {
        en: "(1) The least noise of 1–32 lies above 1: it is longer than the gradient. (2) The fastest of 64–256 takes less time to the target than the fastest of both other ranges. (3) The least cosine of 1,024 and more, the full batch left out, lies above 0.9. Holds when all 95% intervals over seeds say so, does not when one says the opposite.",
        zh: "（1）1–32 中最小的噪声大于 1，即噪声比梯度还长；（2）64–256 中最快者的用时短于另外两个范围中的最快者；（3）1,024 以上（不含全批量）最小的余弦大于 0.9。各种子的 95% 区间都如此则成立，有一个相反则不成立。",
      },
      rows: arrivalRows(groups).map((row, i) => ({
        ...row,
        "relative error": averaged(runs, groups[i]!.batchSize, "relativeError"),
        cosine: averaged(runs, groups[i]!.batchSize, "cosine"),
      })),
      chart: { x: "batch size", y: "cosine", series: null, logX: true, logY: false },
    },
  };
}

/** For each seed the least (or largest) over batch sizes in a range, of the mean over the points of the run. */
function perSeed(
  runs: readonly NoisyRun[],
  low: number,
  high: number,
  key: "relativeError" | "cosine",
  pick: (...values: number[]) => number,
): readonly number[] {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  return seeds.map((seed) =>
    pick(
      ...runs
        .filter((run) => run.seed === seed && run.batchSize >= low && run.batchSize <= high)
        .map(({ gradientNoise }) => meanOf(gradientNoise?.[key] ?? [NaN])),
    ),
  );
}

function averaged(
  runs: readonly NoisyRun[],
  batchSize: number,
  key: "relativeError" | "cosine",
): number | null {
  const own = runs.filter((run) => run.batchSize === batchSize);
  const value = meanOf(own.map(({ gradientNoise }) => meanOf(gradientNoise?.[key] ?? [NaN])));
  return Number.isFinite(value) ? value : null;
}

/** The interval of a noise, which is never below 0. */
function atLeastZero(interval: Interval | null): Interval | null {
  return interval && { ...interval, low: Math.max(0, interval.low) };
}

/** The interval of a cosine, which is never above 1. */
function atMostOne(interval: Interval | null): Interval | null {
  return interval && { ...interval, high: Math.min(1, interval.high) };
}

function spread(interval: Interval | null, values: readonly number[]): string {
  return interval === null
    ? text(values[0] ?? NaN)
    : `${text(interval.mean)} (${text(interval.low)}–${text(interval.high)})`;
}
