/** @file Claim: noise helps to leave a poor local minimum. Tested on a landscape whose minima are known. */
import { fromArrays } from "../../../data/arrays.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { add, mul, sub } from "../../../graph/ops.ts";
import { aligned } from "../../../nn/align.ts";
import { dense } from "../../../nn/layers.ts";
import type { Loss } from "../../../nn/loss.ts";
import { sgd } from "../../../nn/optimizers.ts";
import { sequential } from "../../../nn/sequential.ts";
import { train } from "../../../train/train.ts";
import type { Bench } from "../bench.ts";
import { text, whole, type ClaimTest, type Outcome } from "../claim-test.ts";
import { shareOf } from "../verdicts.ts";
import type { Verdict } from "../study.ts";

/** How many starts of a batch size left the poor minimum. */
export interface Escapes {
  readonly batchSize: number;
  readonly starts: number;
  readonly left: number;
}

/** How much lower one minimum is than the other: the loss is about +0.3 at the poor and −0.3 at the good one. */
const tilt = 0.3;
const [examples, noise, learningRate, updates] = [256, 3, 0.05, 2000];
const batchSizes = [1, 2, 4, 16, examples];
const startsPerSeed = 8;

/** ℓᵢ(w) = (w² − 1)² − 0.3 w + aᵢ w: the aᵢ add up to 0, so the mean loss has two minima that are known. */
export const twoValleys: Loss = {
  name: "twoValleys",
  perExample: (output, target) => {
    const [w, a] = aligned("twoValleys", output, target);
    const bowl = sub(mul(w, w), 1);
    return add(mul(bowl, bowl), mul(sub(a, tilt), w));
  },
};

/** The mean loss f(w) = (w² − 1)² − 0.3 w. */
export const meanLoss = (w: number): number => (w * w - 1) ** 2 - tilt * w;

/** Where f′(w) = 4 w (w² − 1) − 0.3 is 0: the poor minimum, the ridge, and the good minimum, by Viète's formula for three real roots. */
export function stationaryPoints(): readonly [poor: number, ridge: number, good: number] {
  // w³ − w − q = 0 with q = 0.3 / 4: w = 2/√3 cos(θ/3 − 2πk/3), cos θ = q 3√3/2
  const theta = Math.acos(((tilt / 4) * 3 * Math.sqrt(3)) / 2);
  const root = (k: number) => (2 / Math.sqrt(3)) * Math.cos((theta - 2 * Math.PI * k) / 3);
  const [a, b, c] = [root(0), root(1), root(2)].sort((x, y) => x - y);
  return [a!, b!, c!];
}

/** Half of the examples pull one way, half the other. */
export function valleyData(): Dataset {
  const y = Array.from({ length: examples }, (_, i) => (i % 2 === 0 ? noise : -noise));
  return fromArrays(
    y.map(() => [1]),
    y,
    { task: "regression", name: "two valleys" },
  );
}

export const poorMinimumClaim: ClaimTest = {
  id: "poor-minimum",
  claim: {
    en: "The noise of small batches helps to leave a poor local minimum",
    zh: "小批量的噪声有助于离开较差的局部极小值",
  },
  async *test(bench) {
    const data = valleyData();
    const starts = startsPerSeed * bench.seeds.length;
    const escapes: Escapes[] = [];
    for (const batchSize of batchSizes) {
      let left = 0;
      for (let start = 0; start < starts; start++) {
        bench.check();
        if (start % startsPerSeed === 0) yield `two valleys at batch size ${batchSize}`;
        const seed = bench.seeds[0]! + 1000 * start;
        if (await leaves(bench, data, batchSize, seed)) left++;
      }
      escapes.push({ batchSize, starts, left });
    }
    return judgeEscapes(escapes);
  },
};

/** Whether a run from the poor minimum ends beyond the ridge. */
async function leaves(
  bench: Bench,
  data: Dataset,
  batchSize: number,
  seed: number,
): Promise<boolean> {
  const { signal, runtime } = bench.plan.options;
  const [poor, ridge] = stationaryPoints();
  const { model } = await train(sequential([dense(1, { bias: false })]), data, {
    ...{ loss: twoValleys, batchSize, updates, seed, metrics: [] },
    optimizer: sgd({ learningRate }),
    initialParameters: { "0.weight": [poor] },
    onDivergence: "ignore",
    ...(signal && { signal }),
    ...(runtime && { runtime }),
  }).result;
  return (model.parameters["0.weight"]?.data[0] ?? NaN) > ridge;
}

/** Holds when SGD leaves in a larger share of its starts than the full batch, beyond both intervals. */
export function judgeEscapes(escapes: readonly Escapes[]): Outcome {
  const shares = escapes.map(({ left, starts }) => shareOf(left, starts));
  const [sgdShare, fullShare] = [shares[0]!, shares.at(-1)!];
  const [poor, ridge, good] = stationaryPoints();
  const told = escapes
    .map(({ batchSize, left, starts }) => `B = ${whole(batchSize)}: ${left}/${starts}`)
    .join(", ");
  return {
    verdict: verdictOfShares(sgdShare, fullShare),
    evidence: {
      summary: {
        en: `On (w² − 1)² − 0.3 w, started in its poor minimum w = ${text(poor)} (loss ${text(meanLoss(poor))}), runs of ${whole(updates)} updates ended beyond the ridge at ${text(ridge)}, on the side of the good minimum w = ${text(good)} (loss ${text(meanLoss(good))}): ${told}. Full batch is all ${examples} examples; the learning rate is ${learningRate} for all.`,
        zh: `在 (w² − 1)² − 0.3 w 上，从较差极小值 w = ${text(poor)}（损失 ${text(meanLoss(poor))}）出发，${whole(updates)} 次更新后越过位于 ${text(ridge)} 的山脊、到达较好极小值 w = ${text(good)}（损失 ${text(meanLoss(good))}）一侧的次数：${told}。全批量为全部 ${examples} 个样本；学习率均为 ${learningRate}。`,
      },
      rule: {
        en: "Shares of starts that end in the good valley, with Wilson's 95% intervals: holds when that of batch size 1 lies above that of the full batch, does not when below, and cannot tell when they overlap.",
        zh: "比较最终落入较好谷底的比例（Wilson 95% 区间）：批大小 1 的区间高于全批量则成立，低于则不成立，重叠则无法判断。",
      },
      rows: escapes.map(({ batchSize, starts, left }, i) => ({
        "batch size": batchSize,
        starts,
        left,
        "share that left": shares[i]!.mean,
        low: shares[i]!.low,
        high: shares[i]!.high,
      })),
      chart: { x: "batch size", y: "share that left", series: null, logX: true, logY: false },
    },
  };
}

function verdictOfShares(
  small: { readonly low: number; readonly high: number },
  full: { readonly low: number; readonly high: number },
): Verdict {
  if (small.low > full.high) return "holds";
  return small.high < full.low ? "does not hold" : "cannot tell";
}
