/** @file The critical batch size along a pilot run, against the noise at every single update in closed form. */
import { describe, expect, it } from "vitest";
import {
  batchPlan,
  criticalBatchSize,
  dense,
  DivergenceError,
  InputError,
  pilotLearningRate,
  sequential,
  sgd,
  shuffled,
  type Dataset,
  type PilotEvent,
} from "../src/index.ts";
import { drawPlaces } from "../src/advisor/noise/critical.ts";
import { progressMean } from "../src/advisor/noise/progress-mean.ts";
import { linear } from "../src/datasets.ts";
import { batchAt } from "../src/data/batch-plan.ts";
import { configure } from "../src/train/config.ts";
import { linearTruth, type NoiseTruth } from "./support/noise.ts";

const model = sequential([dense(1)]);
const { training } = await linear({
  examples: 250,
  features: 4,
  noise: 1,
  seed: 3,
  dtype: "float64",
});
const pilot = { batchSize: 10, learningRate: 0.05, updates: 100, dtype: "float64" } as const;

/** The noise before each update of gradient descent written out by hand. */
function noiseAlong(data: Dataset, seed: number): readonly NoiseTruth[] {
  const { initial } = configure(model, data, { dtype: "float64", seed });
  let theta = initial.flatMap(({ data: values }) => Array.from(values));
  const truths: NoiseTruth[] = [];
  for (let epoch = 0; truths.length < pilot.updates; epoch++) {
    const plan = batchPlan({
      sampler: shuffled(),
      size: data.size,
      seed,
      epoch,
      batchSize: pilot.batchSize,
    });
    for (let u = 0; u < plan.updates && truths.length < pilot.updates; u++) {
      truths.push(linearTruth(data, theta));
      const rows = Array.from(batchAt(plan, u));
      const gradient = theta.map(() => 0);
      for (const row of rows) {
        const x = [...data.x.data.subarray(4 * row, 4 * row + 4), 1];
        const error = x.reduce((sum, value, j) => sum + value * theta[j]!, 0) - data.y.data[row]!;
        x.forEach((value, j) => (gradient[j]! += (2 * error * value) / rows.length));
      }
      theta = theta.map((value, j) => value - pilot.learningRate * gradient[j]!);
    }
  }
  return truths;
}

/** B (1 / w̄ − 1) over all updates, w = 1 / (1 + b / B). */
function meanOverProgress(scales: readonly number[]): number {
  const mean = scales.reduce((sum, b) => sum + 1 / (1 + b / pilot.batchSize), 0) / scales.length;
  return pilot.batchSize * (1 / mean - 1);
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed);
const paths = seeds.map((seed) => noiseAlong(training, seed));

it.each(["noiseScale", "simpleNoiseScale"] as const)(
  "over 100 runs of linear regression, the interval from 20 of 100 updates holds the mean of %s at least 93 times",
  (key) => {
    const hits = seeds.filter((seed) => {
      const scales = paths[seed]!.map((truth) => truth[key]);
      const places = drawPlaces(pilot.updates, 20, seed);
      expect(new Set(places.map((place) => Math.floor(place / 5))).size).toBe(20);
      const { low, high } = progressMean(
        places.map((place) => scales[place]!),
        pilot.batchSize,
      );
      const truth = meanOverProgress(scales);
      return low <= truth && truth <= high;
    });
    expect(hits.length).toBeGreaterThanOrEqual(93);
  },
);

describe("a pilot on linear regression", () => {
  it.each([0, 1, 2, 3, 4, 5])(
    "of seed %i finds the mean of the noise of its updates",
    async (seed) => {
      const events: PilotEvent[] = [];
      const run = criticalBatchSize(model, training, { ...pilot, seed, probes: 16 });
      for await (const event of run) events.push(event);
      const found = await run.result;
      for (const [estimate, key] of [
        [found.criticalBatchSize, "noiseScale"],
        [found.simpleNoiseScale, "simpleNoiseScale"],
      ] as const) {
        const truth = meanOverProgress(paths[seed]!.map((at) => at[key]));
        expect(estimate.low).toBeLessThan(truth);
        expect(estimate.high).toBeGreaterThan(truth);
        expect(estimate.high / estimate.low).toBeLessThan(4);
      }
      for (const { updates, noise } of found.probes) {
        // All examples are looked at: what is left to chance is tr(HΣ).
        const truth = paths[seed]![updates]!;
        expect(noise.simpleNoiseScale.value / truth.simpleNoiseScale).toBeCloseTo(1, 8);
        expect(noise.curvature!.alongGradient.value / truth.alongGradient).toBeCloseTo(1, 8);
      }
      expect([found.batchSize, found.updates, found.complete]).toEqual([10, 100, true]);
      const rate = pilotLearningRate(found, 10);
      const rates = paths[seed]!.map(
        (at) => at.gradientSquared / at.alongGradient / (1 + at.noiseScale / 10),
      );
      const meanRate = rates.reduce((sum, one) => sum + one / rates.length, 0);
      expect(Math.abs(Math.log(rate.value / meanRate))).toBeLessThan(0.3);
      expect(rate.low).toBeLessThan(rate.value);
      const probes = events.filter((event) => event.type === "probe");
      expect(probes.map(({ done }) => done)).toEqual(found.probes.map((_, j) => j + 1));
      expect(probes.map(({ probe }) => probe)).toEqual(found.probes);
    },
  );

  it("is repeated by its seed, and with another optimizer it is another", async () => {
    const { learningRate, ...rest } = pilot;
    const of = async (options: object) => {
      const run = criticalBatchSize(model, training, { ...rest, seed: 1, probes: 5, ...options });
      return (await run.result).criticalBatchSize;
    };
    const first = await of({ learningRate });
    expect(await of({ learningRate })).toEqual(first);
    expect(await of({ optimizer: sgd({ learningRate }) })).toEqual(first);
    expect(await of({ optimizer: sgd({ learningRate, momentum: 0.5 }) })).not.toEqual(first);
  });

  it("of few updates has a probe at each", async () => {
    const { probes } = await criticalBatchSize(model, training, { ...pilot, updates: 5, seed: 1 })
      .result;
    expect(probes.map(({ updates }) => updates)).toEqual([0, 1, 2, 3, 4]);
  });

  it("can be stopped with the probes it has", async () => {
    const controller = new AbortController();
    const run = criticalBatchSize(model, training, {
      ...pilot,
      seed: 1,
      probes: 16,
      signal: controller.signal,
    });
    for await (const event of run)
      if (event.type === "probe" && event.done === 4) controller.abort();
    const { probes, complete } = await run.result;
    expect(complete).toBe(false);
    expect(probes.length).toBeGreaterThanOrEqual(4);
    expect(probes.length).toBeLessThan(16);
  });

  it("stopped before it knows anything rejects with the reason", async () => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const run = criticalBatchSize(model, training, { ...pilot, seed: 1, signal });
    await expect(run.result).rejects.toBe(reason);
  });

  it("that explodes says so", async () => {
    const run = criticalBatchSize(model, training, { ...pilot, learningRate: 1e30, seed: 1 });
    await expect(run.result).rejects.toBeInstanceOf(DivergenceError);
  });

  it("that has little time looks at fewer examples, at all its places", async () => {
    const run = criticalBatchSize(model, training, { ...pilot, seed: 1, probes: 6, seconds: 1e-9 });
    const { probes, complete } = await run.result;
    expect(probes.map(({ noise }) => noise.examples)).toEqual([200, 128, 128, 128, 128, 128]);
    expect(complete).toBe(true);
  });

  it.each([
    [
      { batchSize: 10 },
      "criticalBatchSize needs the pilot's learning rate: give learningRate, or optimizer",
    ],
    [{ ...pilot, batchSize: 300 }, "batchSize must be at most the 200 examples there are, got 300"],
    [
      { ...pilot, updates: 20, probes: 40 },
      "a pilot of 20 updates is too short for 40 probes: give more updates or epochs, or fewer probes",
    ],
    [{ ...pilot, probes: 2 }, "probes must be a whole number of at least 3, got 2"],
    [
      { ...pilot, examples: 201 },
      'examples must be "full" or a whole number from 2 to the 200 examples there are, got 201',
    ],
    [{ ...pilot, learningRate: -1 }, "learningRate must be a positive number, got -1"],
    [{ ...pilot, epochs: 0 }, "epochs must be a positive number, got 0"],
    [
      { ...pilot, curvature: false },
      /^option of criticalBatchSize must be one of .*; got "curvature"$/,
    ],
  ])("refuses %j", (options, message) => {
    expect(() => criticalBatchSize(model, training, options)).toThrow(InputError);
    expect(() => criticalBatchSize(model, training, options)).toThrow(message);
  });
});
