import { describe, expect, it } from "vitest";
import {
  dense,
  findLearningRate,
  fromArrays,
  measureThroughput,
  sequential,
} from "../src/index.ts";
import { describeRange } from "../src/advisor/learning-rate/range-test.ts";

/** y = 2 x₁ − x₂ with x uncorrelated of variance 1 and 1/16: the loss mean (ŷ − y)² has Hessian 2 E[x xᵀ], λ_max = 2. */
const x = Array.from({ length: 256 }, (_, i) => [
  i % 2 === 0 ? 1 : -1,
  (i >> 1) % 2 === 0 ? 0.25 : -0.25,
]);
const y = x.map(([a = 0, b = 0]) => 2 * a - b);
const data = fromArrays(x, y, { task: "regression" });

describe("findLearningRate", () => {
  it("stays below the stability limit 2 / λ_max = 1 of a quadratic, and the range test sees it", async () => {
    const found = await findLearningRate(sequential([dense(1)]), data, {
      ...{ batchSize: "full", seed: 1, updates: 60, validation: data },
    }).result;
    expect(found.learningRate).toBeLessThan(1);
    expect(found.learningRate).toBeGreaterThan(0.05);
    expect(found.rangeTest.unstable).toBeGreaterThan(1);
    const tried = found.trials.find(({ learningRate }) => learningRate > 1.1);
    if (tried?.loss != null)
      expect(tried.loss).toBeGreaterThan(
        found.trials.find((trial) => trial.learningRate === found.learningRate)!.loss!,
      );
  });

  it("is refused what does not exist", () => {
    const model = sequential([dense(1)]);
    expect(() => findLearningRate(model, data, { batchSize: 0 })).toThrow("batch");
    expect(() => findLearningRate(model, data, { steps: 3 } as object)).toThrow(
      "option of findLearningRate must be one of",
    );
  });
});

describe("the range test", () => {
  const rangeOf = async (rows: number, batchSize: number) => {
    const part = fromArrays(x.slice(0, rows), y.slice(0, rows), { task: "regression" });
    const found = await findLearningRate(sequential([dense(1)]), part, {
      ...{ batchSize, seed: 1, updates: 10, validation: part },
    }).result;
    return found.rangeTest;
  };

  it("gives each rate at least 32 examples at batch size 1: of 32, an epoch, whose mean is the full batch's loss", async () => {
    const [single, full] = [await rangeOf(32, 1), await rangeOf(32, 32)];
    expect(single.learningRate.slice(0, 4)).toEqual(full.learningRate.slice(0, 4));
    for (const t of [0, 1, 2, 3])
      expect(Math.abs(single.loss[t]! / full.loss[t]! - 1)).toBeLessThan(0.01);
  });

  it("reaches its highest rates where the last batch of an epoch is small", async () => {
    const [full, rest] = [await rangeOf(256, 256), await rangeOf(256, 255)];
    expect(full.unstable).toBeGreaterThan(1);
    // One example alone, the last batch: 2 / λ_max = 1 / ‖(x, 1)‖² = 1 / 2.0625.
    expect(rest.unstable).toBeGreaterThan(1 / 2.0625);
    expect(rest.unstable).toBeLessThan(10);
  });
});

describe("describeRange", () => {
  it("suggests a quarter of the rate with the least smoothed loss, and sees where it is back", () => {
    const rates = Array.from({ length: 60 }, (_, t) => 10 ** (t / 10 - 3));
    const loss = rates.map((_rate, t) => (t <= 30 ? 2 - t / 20 : 0.5 * 1.5 ** (t - 30)));
    const range = describeRange(8, rates, loss, false);
    const least = range.smoothed.indexOf(Math.min(...range.smoothed));
    expect(range.suggestion).toBeCloseTo(rates[least]! / 4, 12);
    expect(range.unstable).toBeGreaterThan(rates[least]!);
  });

  it("calls a rate unstable where the smoothed loss passes four times its least, not before", () => {
    const rates = Array.from({ length: 80 }, (_, t) => 10 ** (t / 10));
    const raised = (to: number) =>
      describeRange(
        8,
        rates,
        rates.map((_rate, t) => (t < 20 ? 1 : to)),
        false,
      ).unstable;
    // It goes towards what the losses stay at.
    expect(raised(3.9)).toBeNull();
    // k losses of 5 after 20 of 1 weigh 1 − 0.9ᵏ of 1 − 0.9²⁰⁺ᵏ: the mean passes 4 where 0.9ᵏ (4 − 3 · 0.9²⁰ …) < 1, k = 13.
    const mean = (k: number) => (5 * (1 - 0.9 ** k) + 0.9 ** k - 0.9 ** (20 + k)) / (1 - 0.9 ** (20 + k)); // prettier-ignore
    expect(mean(12)).toBeLessThan(4);
    expect(mean(13)).toBeGreaterThan(4);
    expect(raised(5)).toBe(rates[20 + 12]);
  });

  it("is stable throughout when the loss only falls", () => {
    const rates = [0.1, 1, 10];
    expect(describeRange(8, rates, [3, 2, 1], false).unstable).toBeNull();
    expect(describeRange(8, rates, [3, 2, 1], true).unstable).toBe(10);
  });
});

describe("measureThroughput", () => {
  it("times every batch size at every number of threads, in order, with their medians", async () => {
    const { points, best } = await measureThroughput(sequential([dense(64)]), wide, {
      ...{ batchSizes: ["full", 1, 64], threads: [2, 1], seconds: 0.3, loss: "meanSquaredError" },
    }).result;
    expect(points.map(({ batchSize, threads }) => [batchSize, threads])).toEqual([
      [1, 1],
      [1, 2],
      [64, 1],
      [64, 2],
      [512, 1],
      [512, 2],
    ]);
    expect(best.map(({ batchSize }) => batchSize)).toEqual([1, 64, 512]);
    for (const { secondsPerUpdate, samplesPerSecond, batchSize } of points) {
      expect(secondsPerUpdate.low).toBeLessThanOrEqual(secondsPerUpdate.value);
      expect(secondsPerUpdate.high).toBeGreaterThanOrEqual(secondsPerUpdate.value);
      expect(samplesPerSecond).toBeCloseTo(batchSize / secondsPerUpdate.value, 6);
    }
  });

  it.each([
    [{ batchSizes: [] }, "batchSizes must hold at least one batch size, got none"],
    [{ threads: [0] }, "threads[0] must be a whole number of at least 1, got 0"],
    [{ seconds: -1 }, "seconds must be a positive number, got -1"],
  ])("refuses %o", (options, message) => {
    expect(() => measureThroughput(sequential([dense(1)]), data, options)).toThrow(message);
  });
});

const wide = fromArrays(
  Array.from({ length: 512 }, (_, i) => Array.from({ length: 64 }, (_, j) => Math.sin(i * 64 + j))),
  Array.from({ length: 512 }, (_, i) => Array.from({ length: 64 }, (_, j) => Math.cos(i + j))),
  { task: "regression" },
);
