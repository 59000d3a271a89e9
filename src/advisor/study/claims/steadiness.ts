/** @file Claim: the gradient of the full batch points more steadily downhill. */
import type { Tensor } from "../../../graph/types.ts";
import { sgd } from "../../../nn/optimizers.ts";
import { train } from "../../../train/train.ts";
import { laneConfig, laneOptions } from "../../lane-options.ts";
import { fullGradient } from "../../noise/batch-noise.ts";
import { openInstrument } from "../../noise/instrument.ts";
import { combine, dot, norm, type Vector } from "../../vectors.ts";
import type { Bench } from "../bench.ts";
import { intervalText, text, whole, type ClaimTest, type Outcome } from "../claim-test.ts";
import { meanOf } from "../../statistics.ts";
import { above, allOf, intervalOf, slopeOf, verdictsDiffer } from "../verdicts.ts";

/** The path of one run. */
export interface Path {
  readonly batchSize: number;
  readonly seed: number;
  /** The learning rate of batch size 1 for all, or that which was tuned for this batch size. */
  readonly rate: "common" | "tuned";
  /** Mean cosine of the angle between a step and the steepest descent, −G. */
  readonly downhill: number;
  /** Mean cosine of the angle between a step and the one before. */
  readonly steady: number;
}

const mostExamples = 2048;
const updates = 48;

export const steadinessClaim: ClaimTest = {
  id: "steadiness",
  claim: {
    en: "The gradient of the full batch points more steadily downhill than that of small batches",
    zh: "全批量梯度比小批量梯度更稳定地指向下坡方向",
  },
  async *test(bench) {
    const data = bench.part(mostExamples);
    const sizes = [1, 16, 128, data.size].filter(
      (size) => size === data.size || 2 * size <= data.size,
    );
    const paths: Path[] = [];
    const common = yield* bench.learningRate(data, 1);
    for (const batchSize of sizes) {
      const tuned = yield* bench.learningRate(data, batchSize);
      for (const seed of bench.seeds)
        for (const rate of ["common", "tuned"] as const) {
          bench.check();
          yield `path of batch size ${batchSize}, seed ${seed}`;
          const at = { batchSize, seed, rate };
          paths.push(await followPath(bench, at, rate === "common" ? common : tuned));
        }
    }
    return judgeSteadiness(paths);
  },
};

/** The first updates of a run: each step of plain gradient descent is −ε g. */
async function followPath(
  bench: Bench,
  at: Pick<Path, "batchSize" | "seed" | "rate">,
  learningRate: number,
): Promise<Path> {
  const data = bench.part(mostExamples);
  const plan = bench.planOn(data);
  const lane = { batchSize: at.batchSize, seed: at.seed, engine: "onnx" } as const;
  const config = laneConfig(plan, lane, learningRate);
  const places: (readonly Tensor[])[] = [config.initial];
  const run = train(plan.model, data, {
    ...laneOptions(plan, lane, learningRate),
    ...{ optimizer: sgd({ learningRate }), updates, validateEvery: { updates: 1 } },
    onDivergence: "ignore",
  });
  for await (const event of run) if (event.type === "evaluation") places.push(event.parameters);
  bench.check();
  const instrument = await openInstrument(config, plan.options.runtime);
  try {
    const gradients: Vector[] = [];
    for (let i = 0; i + 1 < places.length; i += 4) {
      bench.check();
      gradients.push(await fullGradient(instrument, places[i]!));
    }
    return { ...at, ...cosinesAlong(places, gradients) };
  } finally {
    await instrument.close();
  }
}

/** Mean cosines along `places`; `gradients` are those of the mean loss at places 0, 4, 8, … */
function cosinesAlong(
  places: readonly Vector[],
  gradients: readonly Vector[],
): Pick<Path, "downhill" | "steady"> {
  const steps = places.slice(1).map((place, i) => {
    return combine([
      [1, place],
      [-1, places[i]!],
    ]);
  });
  const downhill = gradients.map((gradient, i) => -cosine(steps[4 * i]!, gradient));
  const steady = steps.slice(1).map((step, i) => cosine(step, steps[i]!));
  return { downhill: meanOf(downhill), steady: meanOf(steady) };
}

const cosine = (a: Vector, b: Vector): number => dot(a, b) / (norm(a) * norm(b) || 1);

/** Holds when both cosines rise with the batch size, at one learning rate for all. */
export function judgeSteadiness(all: readonly Path[]): Outcome {
  const paths = all.filter(({ rate }) => rate === "common");
  const seeds = [...new Set(paths.map(({ seed }) => seed))];
  const sizes = [...new Set(paths.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  const slopes = (key: "downhill" | "steady") =>
    seeds.map((seed) =>
      slopeOf(
        paths
          .filter((path) => path.seed === seed)
          .map((path) => [Math.log2(path.batchSize), path[key]]),
      ),
    );
  const [down, steady] = [slopes("downhill"), slopes("steady")];
  const [downInterval, steadyInterval] = [intervalOf(down), intervalOf(steady)];
  const mean = (batchSize: number, key: "downhill" | "steady", rate: Path["rate"] = "common") =>
    meanOf(
      all
        .filter((path) => path.batchSize === batchSize && path.rate === rate)
        .map((path) => path[key]),
    );
  const [small = 1, full = 1] = [sizes[0], sizes.at(-1)];
  const parts = [above(downInterval, 0), above(steadyInterval, 0)] as const;
  const [downText, steadyText] = [
    intervalText(downInterval, down),
    intervalText(steadyInterval, steady),
  ];
  return {
    verdict: allOf(...parts),
    evidence: {
      summary: {
        en: `(1) Cosine between a step and steepest descent: ${text(mean(small, "downhill"))} at batch size ${whole(small)}, ${text(mean(full, "downhill"))} at the full batch of ${whole(full)}; ${downText.en} more for each doubling. (2) Between a step and the one before: ${text(mean(small, "steady"))} and ${text(mean(full, "steady"))}; ${steadyText.en} more. At the rate tuned for it, the full batch has ${text(mean(full, "steady", "tuned"))} there: below 0 it zigzags.${verdictsDiffer(parts).en}`,
        zh: `（1）每一步与最速下降方向的余弦：批大小 ${whole(small)} 时为 ${text(mean(small, "downhill"))}，全批量（${whole(full)}）时为 ${text(mean(full, "downhill"))}；批每翻一倍增加 ${downText.zh}。（2）相邻两步之间：${text(mean(small, "steady"))} 和 ${text(mean(full, "steady"))}；增加 ${steadyText.zh}。取为其调优的学习率时，全批量为 ${text(mean(full, "steady", "tuned"))}：小于 0 即来回折返。${verdictsDiffer(parts).zh}`,
      },
      rule: {
        en: `Over the first ${updates} updates, all at the learning rate tuned for batch size 1: slopes of both mean cosines against log batch size, one a seed. Holds when both 95% intervals lie above 0, does not when one lies below.`,
        zh: `看前 ${updates} 次更新，学习率都取为批大小 1 调优的值：对每个种子求两个平均余弦对“对数批大小”的斜率。两个 95% 区间都在 0 以上则成立，有一个在 0 以下则不成立。`,
      },
      rows: sizes.flatMap((batchSize) =>
        (["common", "tuned"] as const).flatMap((rate) => [
          {
            "batch size": batchSize,
            angle: rate === "common" ? "to steepest descent" : "to steepest descent, own rate",
            cosine: mean(batchSize, "downhill", rate),
          },
          {
            "batch size": batchSize,
            angle: rate === "common" ? "to the step before" : "to the step before, own rate",
            cosine: mean(batchSize, "steady", rate),
          },
        ]),
      ),
      chart: { x: "batch size", y: "cosine", series: "angle", logX: true, logY: false },
    },
  };
}
