/** @file Intervals of measured noise against closed forms: they hold what they say. */
import { describe, expect, it } from "vitest";
import {
  dense,
  fromArrays,
  generator,
  optimalLearningRate,
  sequential,
  type Estimate,
  type NoiseMeasurement,
} from "../src/index.ts";
import { linear } from "../src/datasets.ts";
import { openInstrument } from "../src/advisor/noise/instrument.ts";
import { configure } from "../src/train/config.ts";
import {
  linearTruth,
  measureAt,
  quadraticModel,
  quadraticTruth,
  type NoiseTruth,
} from "./support/noise.ts";

const user = 8;
const repetitions = 300;

const estimates: Record<keyof NoiseTruth, (noise: NoiseMeasurement) => Estimate> = {
  trace: (noise) => noise.trace,
  gradientSquared: (noise) => noise.gradientSquared,
  simpleNoiseScale: (noise) => noise.simpleNoiseScale,
  curvatureTrace: ({ curvature }) => curvature!.trace,
  alongGradient: ({ curvature }) => curvature!.alongGradient,
  noiseScale: ({ curvature }) => curvature!.noiseScale,
  learningRate: (noise) => optimalLearningRate(noise, 32)!,
};

const flat = (parameters: readonly { readonly data: ArrayLike<number> }[]) =>
  parameters.flatMap(({ data }) => Array.from(data));

async function linearCase() {
  const { training } = await linear({
    examples: 2500,
    features: 10,
    noise: 1,
    seed: 3,
    dtype: "float64",
  });
  const config = configure(sequential([dense(1)]), training, { dtype: "float64", seed: 4 });
  return { config, truth: linearTruth(training, flat(config.initial)) };
}

function quadraticCase() {
  const { normal } = generator(11, user, 7);
  const scales = [1, 2, 3, 0.5, 1.5, 1, 2, 1];
  const x = Array.from({ length: 2000 }, () => scales.map(() => 0.3 + normal()));
  const data = fromArrays(
    x,
    x.map((row) => row.map(() => 0)),
    { dtype: "float64", task: "regression" },
  );
  const config = configure(quadraticModel(scales), data, { dtype: "float64", seed: 4 });
  return {
    config,
    truth: quadraticTruth(
      data,
      scales,
      scales.map(() => 0),
    ),
  };
}

// 95 % of 300 is 285, give or take 3.8. What curvature says does not depend on how tr(Σ) was measured.
describe.each([
  ["linear regression, norms of examples from the layers", linearCase, undefined],
  ["linear regression, batches only", linearCase, false],
  ["a quadratic", quadraticCase, undefined],
] as const)("%s, a quarter of the examples in 64 batches", async (_, make, perExample) => {
  const { config, truth } = await make();
  const instrument = await openInstrument(config);
  const measured: NoiseMeasurement[] = [];
  for (let seed = 0; seed < repetitions; seed++)
    measured.push(
      await measureAt(instrument, {
        ...{ parameters: config.initial, seed, examples: 512, batches: 64 },
        ...(perExample === undefined ? {} : { perExample, curvature: false }),
      }),
    );
  await instrument.close();
  const keys = Object.keys(estimates) as (keyof NoiseTruth)[];
  for (const key of perExample === false ? keys.slice(0, 3) : keys) {
    const all = measured.map(estimates[key]);
    const hits = all.filter(({ low, high }) => low <= truth[key] && truth[key] <= high).length;
    it(`95 % intervals hold ${key} in 93 to 99 % of ${repetitions} repetitions`, () => {
      expect(hits / repetitions).toBeGreaterThanOrEqual(0.93);
      expect(hits / repetitions).toBeLessThanOrEqual(0.99);
    });
  }
});
