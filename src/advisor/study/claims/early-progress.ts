/** @file Claim: in the first epoch, small batches make progress earlier. */
import type { RaceRun } from "../../race.ts";
import { intervalText, text, whole, type ClaimTest, type Outcome } from "../claim-test.ts";
import { above, expOf, geometricMean, intervalOf, slopeOf } from "../verdicts.ts";

/** What is read of a run. */
export type FirstEpochRun = Pick<RaceRun, "batchSize" | "seed"> & {
  readonly curve: Pick<RaceRun["curve"], "epochs" | "validationLoss">;
};

/** Shares of the epoch at which the loss is read; the second decides. */
const shares = [0.1, 0.25, 0.5, 1] as const;
const deciding = 0.25;

export const earlyProgressClaim: ClaimTest = {
  id: "early-progress",
  claim: {
    en: "Small batches make progress earlier in the first epoch",
    zh: "在第一个轮次里，小批量更早取得进展",
  },
  async *test(bench) {
    const { runs } = yield* bench.firstEpoch();
    return judgeEarlyProgress(runs);
  },
};

/** Validation loss after `share` of the first epoch: that of the last evaluation until then. */
export function lossAfter({ curve }: FirstEpochRun, share: number): number {
  const at = curve.epochs.findLastIndex((epochs) => epochs <= share + 1e-9);
  return curve.validationLoss[at] ?? NaN;
}

/** Holds when, over the batch sizes, the loss after a quarter of the first epoch rises with the batch size. */
export function judgeEarlyProgress(runs: readonly FirstEpochRun[]): Outcome {
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const sizes = [...new Set(runs.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  const slopes = seeds.map((seed) =>
    slopeOf(
      runs
        .filter((run) => run.seed === seed)
        .map((run) => [Math.log2(run.batchSize), Math.log(lossAfter(run, deciding))]),
    ),
  );
  const interval = intervalOf(slopes);
  const lossOf = (batchSize: number, share: number) =>
    geometricMean(
      runs.filter((run) => run.batchSize === batchSize).map((run) => lossAfter(run, share)),
    );
  const factor = intervalText(expOf(interval), Math.exp(slopes[0] ?? NaN));
  const quarter = sizes.map((size) => ({ size, loss: lossOf(size, deciding) }));
  const best = quarter.reduce(
    (least, each) => (each.loss < least.loss ? each : least),
    quarter[0]!,
  );
  const worst = quarter.reduce((most, each) => (each.loss > most.loss ? each : most), quarter[0]!);
  return {
    verdict: above(interval, 0),
    evidence: {
      summary: {
        en: `After a quarter of the first epoch the validation loss was least, ${text(best.loss)}, at batch size ${whole(best.size)}, and largest, ${text(worst.loss)}, at ${whole(worst.size)}; each doubling of the batch multiplied it by ${factor.en}.`,
        zh: `第一个轮次过四分之一时，验证损失在批大小 ${whole(best.size)} 处最小（${text(best.loss)}），在 ${whole(worst.size)} 处最大（${text(worst.loss)}）；批量每翻一倍，损失变为 ${factor.zh}倍。`,
      },
      rule: {
        en: "Slope of log loss after a quarter of the first epoch against log batch size, one a seed: holds when its 95% interval lies above 0, does not when below.",
        zh: "对每个种子求“过四分之一轮次时的对数损失”对“对数批大小”的斜率：95% 区间在 0 以上则成立，在 0 以下则不成立。",
      },
      rows: sizes.flatMap((batchSize) =>
        shares.map((share) => ({
          "batch size": batchSize,
          "share of the epoch": share,
          "validation loss": lossOf(batchSize, share),
        })),
      ),
      chart: {
        ...{ x: "share of the epoch", y: "validation loss", series: "batch size" },
        ...{ logX: false, logY: true },
      },
    },
  };
}
