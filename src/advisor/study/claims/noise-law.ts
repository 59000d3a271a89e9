/** @file Claim: gradient noise falls as 1/√B, with the correction for draws without replacement. */
import { laneConfig } from "../../lane-options.ts";
import { batchNoise, fullGradient } from "../../noise/batch-noise.ts";
import { openInstrument } from "../../noise/instrument.ts";
import { norm } from "../../vectors.ts";
import {
  intervalText,
  text,
  untestable,
  whole,
  type ClaimTest,
  type Outcome,
} from "../claim-test.ts";
import { meanOf } from "../../statistics.ts";
import { intervalOf, slopeOf, within } from "../verdicts.ts";

/** The noise of one batch size, with one seed. */
export interface NoisePoint {
  readonly batchSize: number;
  readonly seed: number;
  /** √(E|g − G|²) / |G| over batches that were drawn. */
  readonly measured: number;
  /** The same from tr(Σ) of all examples: √(tr(Σ)/B · (N − B)/(N − 1)) / |G|. */
  readonly law: number;
}

const mostExamples = 4096;
/** Draws of each batch size: each of up to 64 batches. */
const rounds = 8;

export const noiseLawClaim: ClaimTest = {
  id: "noise-law",
  claim: {
    en: "Gradient noise falls as 1/√B, times √((N − B)/(N − 1)) where batches are drawn without replacement",
    zh: "梯度噪声按 1/√B 下降；不放回抽取时再乘 √((N − B)/(N − 1))",
  },
  async *test(bench) {
    const data = bench.part(mostExamples);
    const { size } = data;
    if (size < 8) return untestable(`${size} examples are too few.`, `${size} 个样本太少。`);
    const plan = bench.planOn(data);
    const sizes = noiseSizes(size);
    const points: NoisePoint[] = [];
    for (const seed of bench.seeds) {
      const lane = { batchSize: 1, seed, engine: "onnx" } as const;
      const config = laneConfig(plan, lane, 1);
      const instrument = await openInstrument(config, plan.options.runtime);
      try {
        const full = await fullGradient(instrument, config.initial);
        const fullSquare = norm(full) ** 2;
        const rows = Int32Array.from({ length: size }, (_, i) => i);
        const norms = await instrument.squaredNorms(config.initial, rows);
        const squares = norms.reduce((sum, part) => sum + meanOf([...part]), 0);
        const trace = squares - fullSquare;
        for (const batchSize of sizes) {
          bench.check();
          yield `noise at batch size ${batchSize}, seed ${seed}`;
          const relative: number[] = [];
          for (let point = 0; point < rounds; point++) {
            const at = { batchSize, seed, point };
            relative.push((await batchNoise(instrument, config.initial, full, at)).relativeError);
          }
          points.push({
            ...{ batchSize, seed },
            measured: Math.sqrt(meanOf(relative.map((value) => value ** 2))),
            law: noiseLaw(trace / fullSquare, batchSize, size),
          });
        }
      } finally {
        await instrument.close();
      }
    }
    return judgeNoise(points, size);
  },
};

/** √(tr(Σ)/|G|² / B · (N − B)/(N − 1)) */
export function noiseLaw(simpleNoiseScale: number, batchSize: number, size: number): number {
  return Math.sqrt((simpleNoiseScale / batchSize) * ((size - batchSize) / (size - 1)));
}

/** Powers of four below N, and three quarters of N, where the correction is a half. */
function noiseSizes(size: number): readonly number[] {
  const sizes: number[] = [];
  for (let batchSize = 1; 2 * batchSize <= size; batchSize *= 4) sizes.push(batchSize);
  return [...sizes, Math.floor(size / 2), Math.floor((3 * size) / 4), size];
}

/** The exponent may differ by so much from that of the law. */
const tolerance = 0.05;

/** Holds when measured noise is the law's to the power of 1 ± 0.05, and none is left at the full batch. */
export function judgeNoise(points: readonly NoisePoint[], size: number): Outcome {
  const noisy = points.filter(({ law }) => law > 0);
  const seeds = [...new Set(points.map(({ seed }) => seed))];
  const exponents = seeds.map((seed) =>
    slopeOf(
      noisy
        .filter((point) => point.seed === seed)
        .map(({ law, measured }) => [Math.log(law), Math.log(measured)]),
    ),
  );
  const interval = intervalOf(exponents);
  const atFull = Math.max(0, ...points.filter((p) => p.batchSize === size).map((p) => p.measured));
  const sizes = [...new Set(points.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  const mean = (batchSize: number, key: "measured" | "law") =>
    meanOf(points.filter((point) => point.batchSize === batchSize).map((point) => point[key]));
  const exponent = intervalText(interval, exponents);
  const [first = 1, last = size] = [sizes[0], sizes.at(-2)];
  return {
    verdict: atFull > 1e-6 ? "does not hold" : within(interval, 1 - tolerance, 1 + tolerance),
    evidence: {
      summary: {
        en: `From batch size ${whole(first)} to ${whole(last)} of ${whole(size)} examples the noise |g − G|/|G| fell from ${text(mean(first, "measured"))} to ${text(mean(last, "measured"))}; the law says ${text(mean(first, "law"))} and ${text(mean(last, "law"))}. Measured noise is the law's to the power ${exponent.en}.`,
        zh: `批大小从 ${whole(first)} 到 ${whole(last)}（共 ${whole(size)} 个样本），噪声 |g − G|/|G| 从 ${text(mean(first, "measured"))} 降到 ${text(mean(last, "measured"))}；按规律应为 ${text(mean(first, "law"))} 和 ${text(mean(last, "law"))}。实测噪声是规律值的 ${exponent.zh}次方。`,
      },
      rule: {
        en: "Slope of log measured noise against the logarithm of √(tr(Σ)/B · (N−B)/(N−1))/|G|, with tr(Σ) from the gradient of every example, one a seed: holds when its 95% interval lies within 0.95 to 1.05, does not when it lies outside.",
        zh: "对每个种子求实测噪声与 √(tr(Σ)/B · (N−B)/(N−1))/|G| 的对数斜率（tr(Σ) 由每个样本的梯度算得）：95% 区间在 0.95 至 1.05 之内则成立，在其外则不成立。",
      },
      rows: sizes.flatMap((batchSize) => [
        {
          "batch size": batchSize,
          noise: "measured",
          "relative error": mean(batchSize, "measured"),
        },
        { "batch size": batchSize, noise: "by the law", "relative error": mean(batchSize, "law") },
      ]),
      chart: { x: "batch size", y: "relative error", series: "noise", logX: true, logY: true },
    },
  };
}
