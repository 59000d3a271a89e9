/** @file `measureNoise` as users call it: options, events, stops, refusals. */
import { describe, expect, it } from "vitest";
import {
  dense,
  dropout,
  InputError,
  measureNoise,
  optimalLearningRate,
  relativeGradientError,
  relu,
  sequential,
  sgd,
  tanh,
  train,
  type MeasureNoiseOptions,
  type NoiseProgressEvent,
} from "../src/index.ts";
import { measureAt } from "./support/noise.ts";
import { openInstrument } from "../src/advisor/noise/instrument.ts";
import { configure } from "../src/train/config.ts";
import { gap } from "./support/close.ts";
import { threeClasses } from "./support/runs.ts";

const data = threeClasses(300);
const model = sequential([dense(6), tanh(), dense(3)]);
const measure = (options: MeasureNoiseOptions = {}) =>
  measureNoise(model, data, { dtype: "float64", seed: 1, ...options });
const values = (noise: Awaited<ReturnType<typeof measure>["result"]>) =>
  [
    noise.trace,
    noise.gradientSquared,
    noise.curvature!.trace,
    noise.curvature!.alongGradient,
  ].flatMap(({ value, low, high }) => [value, low, high]);

describe("a measurement", () => {
  it("is repeated by its seed, and another seed draws other examples", async () => {
    const noise = await measure({ examples: 100 }).result;
    const { seconds: _, ...again } = await measure({ examples: 100 }).result;
    expect(again).toEqual({ ...noise, seconds: undefined });
    expect([noise.size, noise.examples, noise.batches]).toEqual([300, 100, 64]);
    const instrument = await openInstrument(configure(model, data, { dtype: "float64", seed: 1 }));
    const parameters = configure(model, data, { dtype: "float64", seed: 1 }).initial;
    const other = await measureAt(instrument, { parameters, examples: 100, batches: 64, seed: 2 });
    expect(other.trace.value).not.toBe(noise.trace.value);
    await instrument.close();
  });

  it("is the same on both engines, in passes of any size, with several threads", async () => {
    const noise = values(await measure({ examples: 100, batches: 8 }).result);
    for (const options of [
      { engine: "loops", perExample: true },
      { microBatch: 3 },
      { threads: 2 },
    ] as const)
      expect(
        gap(values(await measure({ examples: 100, batches: 8, ...options }).result), noise),
      ).toBeLessThan(1e-9);
  });

  it("in float32 differs by rounding", async () => {
    const noise = values(await measure({ examples: 100, batches: 8 }).result);
    const single = await measure({ examples: 100, batches: 8, dtype: "float32" }).result;
    expect(gap(values(single), noise)).toBeLessThan(1e-4);
  });

  it("is made at given parameters, as a trained model hands them over", async () => {
    const { model: trained } = await train(model, data, {
      optimizer: sgd({ learningRate: 0.3 }),
      ...{ batchSize: 10, epochs: 4, dtype: "float64", seed: 1 },
    }).result;
    const [before, after] = [
      await measure().result,
      await measure({ parameters: trained.parameters }).result,
    ];
    const evaluated = await trained.evaluate(data);
    expect(after.loss).toBeCloseTo(evaluated.loss, 12);
    expect(after.simpleNoiseScale.value).toBeGreaterThan(before.simpleNoiseScale.value);
    const arrays = Object.fromEntries(
      Object.entries(trained.parameters).map(([name, { data: array }]) => [
        name,
        Array.from(array),
      ]),
    );
    expect((await measure({ parameters: arrays }).result).trace).toEqual(after.trace);
  });

  it("without curvature has none, and takes as many steps as there are batches", async () => {
    const run = measure({ curvature: false, batches: 8 });
    const events: NoiseProgressEvent[] = [];
    for await (const event of run) events.push(event);
    const noise = await run.result;
    expect(noise.curvature).toBeNull();
    expect(optimalLearningRate(noise, 10)).toBeNull();
    expect([noise.moments.means.length, noise.complete]).toEqual([2, true]);
    expect(events).toEqual(
      Array.from({ length: 8 }, (_, i) => ({
        type: "progress",
        stage: "gradients",
        done: i + 1,
        total: 8,
      })),
    );
  });

  it("gives parts that add up to the whole", async () => {
    for (const perExample of [true, false]) {
      const noise = await measure({ examples: 100, perExample }).result;
      for (const key of ["trace", "gradientSquared"] as const) {
        const sum = noise.parameters.reduce((total, part) => total + part[key].value, 0);
        expect(sum).toBeCloseTo(noise[key].value, 10);
      }
      expect(noise.top.length).toBe(perExample ? 10 : 0);
    }
  });

  it("with dropout gives every example one mask, so that whole batches leave nothing to chance", async () => {
    const dropped = sequential([dense(8), relu(), dropout(0.5), dense(3)]);
    const of = (batches: number) =>
      measureNoise(dropped, data, { dtype: "float64", seed: 1, batches, examples: "full" }).result;
    const [few, many] = [await of(4), await of(60)];
    expect(few.trace.value).toBeCloseTo(many.trace.value, 10);
    expect(few.gradientSquared.value).toBeCloseTo(many.gradientSquared.value, 10);
    const bare = sequential([dense(8), relu(), dense(3)]);
    const without = await measureNoise(bare, data, { dtype: "float64", seed: 1 }).result;
    expect(few.trace.value).toBeGreaterThan(without.trace.value);
  });

  it("of as many batches as examples, and of two, holds together", async () => {
    for (const [examples, batches] of [
      [2, 2],
      [3, 64],
      [300, 300],
    ] as const) {
      const noise = await measure({ examples, batches }).result;
      expect(noise.batches).toBe(Math.min(examples, batches));
      expect(Number.isFinite(noise.trace.value)).toBe(true);
    }
  });
});

describe("what follows from a measurement", async () => {
  const noise = await measure().result;
  const { curvature, gradientSquared, simpleNoiseScale } = noise;

  it("the best learning rate grows with the batch size, up to |G|² / GᵀHG", () => {
    const limit = gradientSquared.value / curvature!.alongGradient.value;
    expect(curvature!.learningRate.value).toBeCloseTo(limit, 12);
    for (const batchSize of [1, 8, 64, 512]) {
      const { value, low, high } = optimalLearningRate(noise, batchSize)!;
      expect(value).toBeCloseTo(limit / (1 + curvature!.noiseScale.value / batchSize), 12);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    expect(optimalLearningRate(noise, 1e12)!.value).toBeCloseTo(limit, 9);
    expect(() => optimalLearningRate(noise, 0)).toThrow(
      "batchSize must be a positive number, got 0",
    );
  });

  it("the relative error is √(B_simple / B) for small batches and 0 at the full one", () => {
    expect(relativeGradientError(noise, 1)).toBeCloseTo(Math.sqrt(simpleNoiseScale.value), 12);
    expect(relativeGradientError(noise, 300)).toBe(0);
  });

  it("survives JSON", () => {
    expect(JSON.parse(JSON.stringify(noise))).toEqual(noise);
  });
});

describe("a measurement that is stopped", () => {
  it("keeps the batches it has", async () => {
    const controller = new AbortController();
    const run = measure({ signal: controller.signal });
    for await (const { done } of run) if (done === 5) controller.abort();
    const noise = await run.result;
    expect(noise.complete).toBe(false);
    expect(noise.batches).toBeGreaterThanOrEqual(5);
    expect(noise.batches).toBeLessThan(64);
    expect(noise.curvature).toBeNull();
  });

  it("before it knows anything rejects with the reason", async () => {
    const reason = new Error("enough");
    await expect(measure({ signal: AbortSignal.abort(reason) }).result).rejects.toBe(reason);
  });

  it("by the clock keeps the batches it has, and measures their curvature", async () => {
    const noise = await measure({ seconds: 1e-9 }).result;
    expect([noise.complete, noise.batches]).toEqual([false, 2]);
    expect(noise.curvature).not.toBeNull();
  });
});

describe("refuses", () => {
  it.each([
    [
      { examples: 301 },
      'examples must be "full" or a whole number from 2 to the 300 examples there are, got 301',
    ],
    [{ examples: 1 }, /^examples must be "full" or a whole number from 2/],
    [{ examples: "all" as "full" }, /got "all"$/],
    [{ batches: 1 }, "batches must be a whole number of at least 2, got 1"],
    [{ seconds: 0 }, "seconds must be a positive number, got 0"],
    [{ top: -1 }, "top must be a whole number of at least 0, got -1"],
    [{ seed: -1 }, /^seed must be/],
    [{ parameters: {} }, /"0.weight" \[6, 5\] is missing/],
    [{ batchSize: 3 } as object, /^option of measureNoise must be one of .*; got "batchSize"$/],
  ] as [MeasureNoiseOptions, string | RegExp][])("%j", (options, message) => {
    expect(() => measure(options)).toThrow(InputError);
    expect(() => measure(options)).toThrow(message);
  });

  it("a single example", () => {
    expect(() => measureNoise(model, threeClasses(1))).toThrow(
      "noise is a difference between examples: it needs at least 2, got 1",
    );
  });

  it("parameters at which the loss is not finite", async () => {
    const { initial, parameterNames } = configure(model, data, { dtype: "float64", seed: 1 });
    const parameters = Object.fromEntries(
      parameterNames.map((name, p) => [name, Array.from(initial[p]!.data, () => 1e308)]),
    );
    await expect(measure({ parameters }).result).rejects.toThrow(
      /^noise cannot be measured where the loss is (NaN|Infinity): give parameters at which it is finite$/,
    );
  });
});
