/** @file Claim: the gradient of the full batch points more steadily downhill. */
import type { Tensor } from "../../../graph/types.ts";
import { sgd } from "../../../nn/optimizers.ts";
import { train } from "../../../train/train.ts";
import { laneConfig, laneOptions } from "../../compare-options.ts";
import { fullGradient } from "../../noise/batch-noise.ts";
import { openInstrument } from "../../noise/instrument.ts";
import { combine, dot, norm, type Vector } from "../../vectors.ts";
import type { Bench } from "../bench.ts";
import { intervalText, text, type ClaimTest, type Outcome } from "../claim-test.ts";
import { above, allOf, intervalOf, meanOf, slopeOf, verdictsDiffer } from "../verdicts.ts";

/** The path of one run. */
export interface Path {
  readonly batchSize: number;
  readonly seed: number;
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
    for (const batchSize of sizes) {
      const rate = yield* bench.learningRate(data, batchSize);
      for (const seed of bench.seeds) {
        bench.check();
        yield `path of batch size ${batchSize}, seed ${seed}`;
        paths.push(await followPath(bench, batchSize, seed, rate));
      }
    }
    return judgeSteadiness(paths);
  },
};

/** The first updates of a run: each step of plain gradient descent is −ε g. */
async function followPath(
  bench: Bench,
  batchSize: number,
  seed: number,
  learningRate: number,
): Promise<Path> {
  const data = bench.part(mostExamples);
  const plan = bench.planOn(data);
  const lane = { batchSize, seed, engine: "onnx" } as const;
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
    return { batchSize, seed, ...cosinesAlong(places, gradients) };
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

/** Holds when both cosines rise with the batch size. */
export function judgeSteadiness(paths: readonly Path[]): Outcome {
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
  const mean = (batchSize: number, key: "downhill" | "steady") =>
    meanOf(paths.filter((path) => path.batchSize === batchSize).map((path) => path[key]));
  const [small = 1, full = 1] = [sizes[0], sizes.at(-1)];
  const parts = [above(downInterval, 0), above(steadyInterval, 0)] as const;
  const [downText, steadyText] = [
    intervalText(downInterval, down[0]),
    intervalText(steadyInterval, steady[0]),
  ];
  return {
    verdict: allOf(...parts),
    evidence: {
      summary: {
        en: `Cosine between a step and steepest descent: ${text(mean(small, "downhill"))} at batch size ${text(small)}, ${text(mean(full, "downhill"))} at the full batch of ${text(full)} (${downText.en} for each doubling). Between a step and the one before: ${text(mean(small, "steady"))} and ${text(mean(full, "steady"))} (${steadyText.en}).${verdictsDiffer(parts).en}`,
        zh: `步长方向与最速下降方向的余弦：批量大小 ${text(small)} 时为 ${text(mean(small, "downhill"))}，全批量（${text(full)}）时为 ${text(mean(full, "downhill"))}（每翻一倍变化 ${downText.zh}）。相邻两步之间：${text(mean(small, "steady"))} 和 ${text(mean(full, "steady"))}（${steadyText.zh}）。${verdictsDiffer(parts).zh}`,
      },
      rule: {
        en: `Over the first ${updates} updates at the learning rate tuned for each batch size: slopes of both mean cosines against log batch size, one a seed. Holds when both 95% intervals lie above 0, does not when one lies below.`,
        zh: `各批量大小取各自调好的学习率，看前 ${updates} 次更新：对每个种子求两个平均余弦对“对数批量大小”的斜率。两个 95% 区间都在 0 以上则成立，有一个在 0 以下则不成立。`,
      },
      rows: sizes.flatMap((batchSize) => [
        {
          "batch size": batchSize,
          angle: "to steepest descent",
          cosine: mean(batchSize, "downhill"),
        },
        { "batch size": batchSize, angle: "to the step before", cosine: mean(batchSize, "steady") },
      ]),
      chart: { x: "batch size", y: "cosine", series: "angle", logX: true, logY: false },
    },
  };
}
