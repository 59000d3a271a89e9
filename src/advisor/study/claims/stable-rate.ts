/** @file Claim: the largest stable learning rate is smaller for SGD. Found by bisection; on a quadratic compared with 2/λ_max. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { fromArrays } from "../../../data/arrays.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { generator, stream } from "../../../data/rng.ts";
import { dense } from "../../../nn/layers.ts";
import type { Model } from "../../../nn/model.ts";
import { sgd } from "../../../nn/optimizers.ts";
import { sequential } from "../../../nn/sequential.ts";
import { configure } from "../../../train/config.ts";
import { DivergenceError } from "../../../train/divergence.ts";
import { openEngine } from "../../../train/engines.ts";
import type { TrainOptions } from "../../../train/options.ts";
import { train } from "../../../train/train.ts";
import type { Bench } from "../bench.ts";
import { intervalText, text, whole, type ClaimTest, type Outcome } from "../claim-test.ts";
import { allOf, below, expOf, geometricMean, intervalOf, verdictsDiffer } from "../verdicts.ts";

/** The largest learning rate at which runs end below the loss they started from. */
export interface StableRate {
  readonly task: "quadratic" | "model";
  readonly batchSize: number;
  readonly seed: number;
  readonly rate: number;
  /** 2/λ_max, where it is known: of the full batch on a quadratic. */
  readonly limit: number | null;
}

const mostExamples = 1000;
const modelUpdates = 64;
const quadraticUpdates = 400;

export const stableRateClaim: ClaimTest = {
  id: "stable-rate",
  claim: {
    en: "The largest stable learning rate is smaller for SGD than for larger batches",
    zh: "SGD 能稳定训练的最大学习率比更大的批量要小",
  },
  async *test(bench) {
    const found: StableRate[] = [];
    const data = bench.part(mostExamples);
    for (const seed of bench.seeds) {
      const task = quadratic(seed);
      for (const batchSize of [1, 8, task.data.size]) {
        yield `stable learning rate on a quadratic, batch size ${batchSize}, seed ${seed}`;
        const rate = await largestStable(bench, task, { batchSize, seed }, 1.01);
        const limit = batchSize === task.data.size ? 2 / task.largestEigenvalue : null;
        found.push({ task: "quadratic", batchSize, seed, rate, limit });
      }
    }
    const sizes = [1, 32, data.size].filter((size) => size <= data.size);
    const { loss } = bench.plan.race.options;
    const task = {
      model: bench.plan.race.model,
      data,
      updates: modelUpdates,
      options: loss === undefined ? {} : { loss },
    };
    for (const batchSize of new Set(sizes))
      for (const seed of bench.seeds) {
        yield `stable learning rate, batch size ${batchSize}, seed ${seed}`;
        const rate = await largestStable(bench, task, { batchSize, seed }, 1.1);
        found.push({ task: "model", batchSize, seed, rate, limit: null });
      }
    return judgeStableRates(found);
  },
};

/** What is trained to find out whether a rate is stable. */
export interface StabilityTask {
  readonly model: Model;
  readonly data: Dataset;
  readonly updates: number;
  readonly options: Pick<TrainOptions, "loss" | "dtype">;
}

/**
 * Linear regression without noise in the targets, so that all batches have one optimum: mean loss (1/N) Σ (w·xᵢ − yᵢ)², its Hessian
 * H = 2 XᵀX / N, and gradient descent is stable below 2/λ_max(H).
 */
export function quadratic(seed: number): StabilityTask & { readonly largestEigenvalue: number } {
  const [examples, scales] = [64, [1, 0.7, 0.5, 0.3]];
  const { normal } = generator(seed, stream.user, 5);
  const x = Array.from({ length: examples }, () => scales.map((scale) => scale * normal()));
  const matrix = new Matrix(x);
  const hessian = matrix
    .transpose()
    .mmul(matrix)
    .mul(2 / examples);
  const { realEigenvalues } = new EigenvalueDecomposition(hessian, { assumeSymmetric: true });
  return {
    model: sequential([dense(1, { bias: false })]),
    data: fromArrays(
      x,
      x.map((row) => row.reduce((sum, value) => sum + value, 0)),
      { task: "regression", name: "quadratic", dtype: "float64" },
    ),
    updates: quadraticUpdates,
    options: { dtype: "float64" },
    largestEigenvalue: Math.max(...realEigenvalues),
  };
}

/** Rates are looked for between these. */
const [lowest, highest] = [1e-5, 1e4];

/** Steps up or down by four from 1 until stability changes, then bisection of the logarithm until both ends are within `tolerance`. */
export async function largestStable(
  bench: Pick<Bench, "check" | "plan">,
  task: StabilityTask,
  at: { readonly batchSize: number; readonly seed: number },
  tolerance: number,
): Promise<number> {
  const stable = await stabilityOf(bench, task, at);
  let rate = 1;
  const first = await stable(rate);
  const factor = first ? 4 : 1 / 4;
  while (rate > lowest && rate < highest && (await stable(rate * factor)) === first) rate *= factor;
  let [low, high] = first ? [rate, rate * 4] : [rate / 4, rate];
  while (high / low > tolerance) {
    const middle = Math.sqrt(low * high);
    if (await stable(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** Whether a run at a rate ends below the mean loss that it started from. */
async function stabilityOf(
  bench: Pick<Bench, "check" | "plan">,
  { model, data, updates, options }: StabilityTask,
  { batchSize, seed }: { readonly batchSize: number; readonly seed: number },
): Promise<(learningRate: number) => Promise<boolean>> {
  const { signal, runtime } = bench.plan.options;
  const shared = {
    ...{ ...options, batchSize, seed, updates, validation: data },
    ...(signal && { signal }),
    ...(runtime && { runtime }),
  };
  const config = configure(model, data, shared);
  const engine = await openEngine(config, runtime);
  const start = await engine.evaluate(config.initial, data).finally(() => engine.close());
  return async (learningRate) => {
    bench.check();
    const run = train(model, data, {
      ...shared,
      optimizer: sgd({ learningRate }),
      validateEvery: { updates: updates + 1 },
    });
    try {
      const { history } = await run.result;
      bench.check();
      return (history.evaluations.loss.at(-1) ?? NaN) < start.loss / data.size;
    } catch (error) {
      if (error instanceof DivergenceError) return false;
      throw error;
    }
  };
}

/** Holds when SGD's rate is the smaller one both on the quadratic and on the model. */
export function judgeStableRates(found: readonly StableRate[]): Outcome {
  const of = (task: StableRate["task"]) => {
    const own = found.filter((each) => each.task === task);
    const full = Math.max(...own.map(({ batchSize }) => batchSize));
    const seeds = [...new Set(own.map(({ seed }) => seed))];
    const rate = (batchSize: number, seed: number) =>
      own.find((each) => each.batchSize === batchSize && each.seed === seed)?.rate ?? NaN;
    const logs = seeds.map((seed) => Math.log(rate(1, seed) / rate(full, seed)));
    const interval = intervalOf(logs);
    return {
      own,
      full,
      verdict: below(interval, 0),
      ratio: intervalText(expOf(interval), logs.map(Math.exp)),
    };
  };
  const [bowl, model] = [of("quadratic"), of("model")];
  const parts = [bowl.verdict, model.verdict];
  const limits = bowl.own.filter(({ limit }) => limit !== null);
  const off = Math.max(...limits.map(({ rate, limit }) => Math.abs(rate / (limit ?? NaN) - 1)));
  const rows = [bowl, model].flatMap(({ own }) => {
    const sizes = [...new Set(own.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
    return sizes.map((batchSize) => {
      const these = own.filter((each) => each.batchSize === batchSize);
      const known = these.flatMap(({ limit }) => (limit === null ? [] : [limit]));
      return {
        loss: these[0]?.task === "quadratic" ? "quadratic" : "this model",
        "batch size": batchSize,
        "largest stable learning rate": geometricMean(these.map(({ rate }) => rate)),
        "2/λmax": known.length === 0 ? null : geometricMean(known),
      };
    });
  });
  const percent = text(100 * off);
  return {
    verdict: allOf(...parts),
    evidence: {
      summary: {
        en: `The largest stable rate of batch size 1 is ${bowl.ratio.en} times that of the full batch on a quadratic of ${whole(bowl.full)} examples, where the full batch's is 2/λmax to ${percent}%, and ${model.ratio.en} times on this model with ${whole(model.full)} examples.${verdictsDiffer(parts).en}`,
        zh: `批大小 1 的最大稳定学习率是全批量的 ${bowl.ratio.zh}倍（${whole(bowl.full)} 个样本的二次函数上，全批量的值与 2/λmax 相差不超过 ${percent}%），在本模型、${whole(model.full)} 个样本上是 ${model.ratio.zh}倍。${verdictsDiffer(parts).zh}`,
      },
      rule: {
        en: `A rate is stable when a run (${quadraticUpdates} updates on the quadratic, ${modelUpdates} on the model) ends below its first mean loss. Ratio of batch size 1 to the full batch, one a seed: holds when the 95% intervals on the quadratic and on the model lie below 1, does not when one lies above.`,
        zh: `一次训练（二次函数 ${quadraticUpdates} 次更新，模型 ${modelUpdates} 次）结束时的平均损失低于起点，即为稳定。对每个种子求批大小 1 与全批量之比：二次函数和模型上的 95% 区间都在 1 以下则成立，有一个在 1 以上则不成立。`,
      },
      rows,
      chart: {
        ...{ x: "batch size", y: "largest stable learning rate", series: "loss" },
        ...{ logX: true, logY: true },
      },
    },
  };
}
