/** @file Claim: in the first epoch, small batches make progress earlier. */
import type { RaceRun } from "../../race.ts";
import { intervalText, text, whole, type ClaimTest, type Outcome } from "../claim-test.ts";
import type { Bilingual } from "../study.ts";
import { above, expOf, geometricMean, intervalOf, slopeOf } from "../verdicts.ts";

/** What is read of a run. */
export type FirstEpochRun = Pick<RaceRun, "batchSize" | "seed" | "status"> & {
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

/** Validation loss after `share` of the first epoch: that of the last evaluation until then; Infinity where the run diverged. */
export function lossAfter({ curve, status }: FirstEpochRun, share: number): number {
  if (status === "diverged") return Infinity;
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
  const factor = intervalText(expOf(interval), slopes.map(Math.exp));
  const ends = endsOf(sizes.map((size) => ({ size, loss: lossOf(size, deciding) })));
  return {
    verdict: above(interval, 0),
    evidence: {
      summary: {
        en: `After a quarter of the first epoch the validation loss was ${ends.en}; each doubling of the batch multiplied it by ${factor.en}.`,
        zh: `第一个轮次过四分之一时，验证损失${ends.zh}；批量每翻一倍，损失变为 ${factor.zh}倍。`,
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

/** The least and the largest loss, and where they are. */
function endsOf(losses: readonly { readonly size: number; readonly loss: number }[]): Bilingual {
  const finite = losses
    .filter(({ loss }) => Number.isFinite(loss))
    .toSorted((a, b) => a.loss - b.loss);
  const [best, worst] = [finite[0], finite.at(-1)];
  if (best === undefined || worst === undefined)
    return { en: "not finite at any batch size", zh: "在任何批大小处都不是有限值" };
  const lost = losses.filter(({ loss }) => !Number.isFinite(loss)).map(({ size }) => whole(size));
  const others =
    lost.length === 0
      ? { en: "", zh: "" }
      : { en: ` (not finite at ${lost.join(", ")})`, zh: `（在 ${lost.join("、")} 处不是有限值）` };
  if (best.loss === worst.loss) {
    const where = finite.length === losses.length ? "at every batch size" : "at the others";
    const place = finite.length === losses.length ? "在每个批大小处" : "在其余批大小处";
    return {
      en: `${text(best.loss)} ${where}${others.en}`,
      zh: `${place}都是 ${text(best.loss)}${others.zh}`,
    };
  }
  return {
    en: `least, ${text(best.loss)}, at batch size ${whole(best.size)}, and largest, ${text(worst.loss)}, at ${whole(worst.size)}${others.en}`,
    zh: `在批大小 ${whole(best.size)} 处最小（${text(best.loss)}），在 ${whole(worst.size)} 处最大（${text(worst.loss)}）${others.zh}`,
  };
}
