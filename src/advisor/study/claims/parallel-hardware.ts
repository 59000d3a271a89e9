/** @file Claim: SGD wastes parallel hardware. */
import type { Runtime } from "../../../runtime/ort.ts";
import { openEngine } from "../../../train/engines.ts";
import { powersOfTwo } from "../../auto/choose.ts";
import { timedRun, timeUpdates } from "../../throughput/time-updates.ts";
import { laneConfig } from "../../lane-options.ts";
import type { Bench } from "../bench.ts";
import {
  intervalText,
  text,
  whole,
  untestable,
  type ClaimTest,
  type Outcome,
} from "../claim-test.ts";
import { flopsPerExample } from "../../../compile/flops.ts";
import { matMulRate } from "../matmul-rate.ts";
import { below, expOf, geometricMean, intervalOf } from "../verdicts.ts";

/** How fast updates of one batch size are. */
export interface UpdateSpeed {
  readonly batchSize: number;
  readonly seed: number;
  readonly threads: number;
  readonly seconds: number;
  /** Operations a second, over those of a large matrix product on all cores. */
  readonly share: number;
}

const mostExamples = 4096;

export const parallelHardwareClaim: ClaimTest = {
  id: "parallel-hardware",
  claim: {
    en: "SGD wastes parallel hardware",
    zh: "SGD 浪费并行硬件",
  },
  async *test(bench) {
    const { spec } = laneConfig(bench.plan.race, bench.plan.race.lanes[0]!, 1);
    const flops = flopsPerExample(spec);
    if (flops === 0)
      return untestable(
        "The model holds no matrix product or convolution whose operations could be counted.",
        "模型中没有可计数的矩阵乘法或卷积。",
      );
    const { cores = 1, runtime } = bench.plan.options;
    const speeds: UpdateSpeed[] = [];
    const rates: number[] = [];
    for (const seed of bench.seeds) {
      bench.check();
      yield `a large matrix product, seed ${seed}`;
      const rate = await bestRate(cores, runtime);
      rates.push(rate);
      for (const threads of new Set([1, cores])) {
        bench.check();
        yield `updates with ${threads} ${threads === 1 ? "thread" : "threads"}, seed ${seed}`;
        const times = await timesOf(bench, seed, threads);
        for (const { batchSize, seconds } of times)
          speeds.push({
            batchSize,
            seed,
            threads,
            seconds,
            share: (flops * batchSize) / seconds / rate,
          });
      }
    }
    return judgeHardware(speeds, { rate: geometricMean(rates), flops, cores });
  },
};

/** With one thread or all, whichever is more: a machine that does other things has no second core to give. */
async function bestRate(cores: number, runtime: Runtime | undefined): Promise<number> {
  const one = await matMulRate(1, runtime);
  return cores === 1 ? one : Math.max(one, await matMulRate(cores, runtime));
}

async function timesOf(bench: Bench, seed: number, threads: number) {
  const { race } = bench.plan;
  const data = bench.part(mostExamples);
  const lane = { batchSize: 1, seed, engine: "onnx" } as const;
  const config = { ...laneConfig(bench.planOn(data), lane, 1), threads };
  const engine = await openEngine(config, race.options.runtime);
  try {
    const sizes = powersOfTwo(1, data.size).filter((_, i) => i % 2 === 0);
    return await timeUpdates(engine, timedRun(config, data), sizes);
  } finally {
    await engine.close();
  }
}

/** SGD wastes hardware when it gets less than this part of what the best batch size gets out of it. */
const bound = 0.5;

/** Holds when the share of batch size 1 is less than half of the best one's. */
export function judgeHardware(
  speeds: readonly UpdateSpeed[],
  { rate, flops, cores }: { readonly rate: number; readonly flops: number; readonly cores: number },
): Outcome {
  const seeds = [...new Set(speeds.map(({ seed }) => seed))];
  const sizes = [...new Set(speeds.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  const best = (batchSize: number, seed: number) =>
    Math.max(
      ...speeds.filter((s) => s.batchSize === batchSize && s.seed === seed).map((s) => s.share),
    );
  const shareOf = (batchSize: number) => geometricMean(seeds.map((seed) => best(batchSize, seed)));
  const top = sizes.reduce((most, size) => (shareOf(size) > shareOf(most) ? size : most), 1);
  const logs = seeds.map((seed) => Math.log(best(1, seed) / best(top, seed)));
  const interval = expOf(intervalOf(logs));
  const ratio = intervalText(interval, logs.map(Math.exp));
  const timeOf = (batchSize: number, threads: number) =>
    geometricMean(
      speeds
        .filter((s) => s.batchSize === batchSize && s.threads === threads)
        .map((s) => s.seconds),
    );
  const gain = (batchSize: number) => text(timeOf(batchSize, 1) / timeOf(batchSize, cores));
  const [rateText, perExample] = [text(rate / 1e9), text(flops / 1e6)];
  const percent = (batchSize: number) => text(100 * shareOf(batchSize));
  const threads =
    cores > 1
      ? {
          en: ` With ${whole(cores)} threads an update is ${gain(1)} times as fast as with one at batch size 1, ${gain(top)} times at ${whole(top)}.`,
          zh: ` 用 ${whole(cores)} 个线程时，更新速度在批大小 1 时为单线程的 ${gain(1)} 倍，在 ${whole(top)} 时为 ${gain(top)} 倍。`,
        }
      : { en: "", zh: "" };
  return {
    verdict: below(interval, bound),
    evidence: {
      summary: {
        en: `A 1024³ matrix product runs at ${rateText} GFLOP/s here. Updates (${perExample} million operations an example) get ${percent(1)}% of that at batch size 1 and ${percent(top)}% at ${whole(top)}: ${ratio.en} times the best share.${threads.en}`,
        zh: `本机 1024³ 矩阵乘法为 ${rateText} GFLOP/s。更新（每个样本 ${perExample} 百万次运算）在批大小 1 时达到其 ${percent(1)}%，在 ${whole(top)} 时达到 ${percent(top)}%：为最佳份额的 ${ratio.zh}倍。${threads.zh}`,
      },
      rule: {
        en: "Share of the machine's matrix-product rate at batch size 1 over that of the best batch size, one ratio a repetition: holds when its 95% interval lies below 0.5, does not when above.",
        zh: "批大小 1 与最佳批大小各自达到的矩阵乘法速率份额之比，每次重复一个：95% 区间在 0.5 以下则成立，以上则不成立。",
      },
      rows: sizes.flatMap((batchSize) =>
        [...new Set(speeds.map(({ threads: count }) => count))].map((count) => {
          const seconds = timeOf(batchSize, count);
          return {
            "batch size": batchSize,
            threads: count,
            "microseconds an update": seconds * 1e6,
            "GFLOP/s": (flops * batchSize) / seconds / 1e9,
            "share of the matrix-product rate": (flops * batchSize) / seconds / rate,
          };
        }),
      ),
      chart: {
        ...{ x: "batch size", y: "share of the matrix-product rate", series: "threads" },
        ...{ logX: true, logY: true },
      },
    },
  };
}
