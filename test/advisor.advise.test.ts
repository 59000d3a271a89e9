import { beforeAll, describe, expect, it } from "vitest";
import {
  adviseBatchSize,
  dense,
  fromArrays,
  generator,
  relu,
  sequential,
  sgd,
  train,
  type Advice,
  type AdviseOptions,
  type Dataset,
} from "../src/index.ts";
import { digits } from "../src/datasets.ts";

const model = sequential([dense(32), relu(), dense(10)]);
let training: Dataset;
let validation: Dataset;
const advise = (options: AdviseOptions) =>
  adviseBatchSize(model, training, { validation, seed: 1, ...options });
const target = { monitor: "accuracy", value: 0.9 };

beforeAll(async () => {
  ({ training, test: validation } = await digits());
});

describe("advice on digits", () => {
  let advice: Advice;
  beforeAll(async () => {
    advice = await advise({ target, cores: 2, verificationSeeds: 2 }).result;
  });

  it("recommends a batch size that was raced, with the learning rate and threads that it was raced with", () => {
    const { batchSize, learningRate, threads, range } = advice.recommendation;
    const made = [...advice.prediction.runs, ...(advice.verification?.runs ?? [])];
    const own = made.filter((run) => run.batchSize === batchSize && run.reached);
    expect(own.some((run) => run.learningRate === learningRate && run.threads === threads)).toBe(
      true,
    );
    expect(range?.[0]).toBeLessThanOrEqual(batchSize!);
    expect(range?.[1]).toBeGreaterThanOrEqual(batchSize!);
  });

  it("reaches the target with what it recommends, in about the updates that it predicts", async () => {
    const { batchSize, learningRate } = advice.recommendation;
    const point = advice.prediction.points.find((each) => each.batchSize === batchSize)!;
    const { target: reached } = await train(model, training, {
      optimizer: sgd({ learningRate: learningRate! }),
      ...{ batchSize: batchSize!, validation, target, seed: 77, updates: 5000 },
      validateEvery: { updates: 5 },
    }).result;
    expect(reached?.updates).toBeGreaterThan(point.updates.low / 1.5);
    expect(reached?.updates).toBeLessThan(point.updates.high * 1.5);
  });

  it("multiplies updates by what an update takes", () => {
    for (const { seconds, updates, secondsPerUpdate, examples, batchSize } of advice.prediction
      .points) {
      expect(seconds.value).toBeCloseTo(updates.value * secondsPerUpdate, 12);
      expect(examples.value).toBeCloseTo(updates.value * batchSize, 6);
      expect(updates.low).toBeLessThan(updates.value);
      expect(updates.high).toBeGreaterThan(updates.value);
    }
    for (const run of advice.prediction.runs) {
      const time = advice.throughput.best.find((point) => point.batchSize === run.batchSize)!;
      expect(run.seconds).toBeCloseTo(run.updates * time.secondsPerUpdate.value, 12);
    }
  });

  it("takes the faster number of threads at each batch size", () => {
    for (const { batchSize, secondsPerUpdate } of advice.throughput.best) {
      const all = advice.throughput.points.filter((point) => point.batchSize === batchSize);
      expect(all).toHaveLength(2);
      expect(secondsPerUpdate.value).toBe(
        Math.min(...all.map((point) => point.secondsPerUpdate.value)),
      );
    }
  });

  it("shows noise along the pilot, per layer and by example, and three estimates of B_crit", () => {
    expect(advice.noise.estimates.map(({ source }) => source)).toEqual([
      "curvature",
      "simple",
      "races",
    ]);
    expect(advice.noise.pilot?.points.length).toBeGreaterThan(5);
    expect(advice.noise.parameters.map(({ name }) => name)).toContain("0.weight");
    expect(advice.noise.top).toHaveLength(10);
  });

  it("verifies with seeds that the search has not seen, the neighbours too", () => {
    const { verification, prediction } = advice;
    expect(["held", "did not hold", "cannot tell"]).toContain(verification?.verdict);
    const searched = new Set(prediction.runs.map(({ seed }) => seed));
    for (const { seed } of verification?.runs ?? []) expect(searched.has(seed)).toBe(false);
    expect(verification?.points.length).toBeGreaterThanOrEqual(2);
  });
});

describe("advice that cannot be given", () => {
  it("says that no run reached the target, and how near they came", async () => {
    const advice = await advise({
      target: { monitor: "accuracy", value: 0.9999 },
      epochs: 1,
    }).result;
    expect(advice.recommendation.batchSize).toBeNull();
    expect(advice.recommendation.reason).toMatch(
      /^no run at batch size 32 reached accuracy 0\.9999 within 1000 updates, at any learning rate; the nearest came to 0\.9\d+: give a target/,
    );
    expect(advice.verification).toBeNull();
  });

  it("does not end its pilots, which set the target, by one lucky update", async () => {
    // Standard normal targets, half of their variance explained by one of twelve inputs: the mean alone comes to a loss of 1.
    const random = generator(7, 8, 3);
    const x = Array.from({ length: 353 }, () => Array.from({ length: 12 }, random.normal));
    const y = x.map(([first]) => Math.SQRT1_2 * (first! + random.normal()));
    const table = fromArrays(x, y, { task: "regression" });
    for (const seed of [1, 2, 3]) {
      const { prediction, recommendation } = await adviseBatchSize(
        sequential([dense(128), relu(), dense(1)]),
        table,
        { seed, verify: false, maxBatchSize: 64 },
      ).result;
      expect(prediction.target.value).toBeLessThan(1);
      expect(recommendation.batchSize).not.toBeNull();
    }
  });

  it("says that there is nothing to compare one batch size with", async () => {
    const { recommendation } = await advise({ target, maxBatchSize: 1, verify: false }).result;
    expect(recommendation).toMatchObject({ batchSize: 1, confident: false });
    expect(recommendation.reason).toMatch(/It is the only batch size that was looked at, so /);
  });

  it("says that nothing is learned where labels are noise", async () => {
    const x = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
    const y = x.map((_, i) => (i * i) % 2);
    const data = fromArrays(x, y, { task: "classification" });
    const { recommendation } = await adviseBatchSize(sequential([dense(2)]), data, {
      target: { monitor: "accuracy", value: 1 },
      ...{ epochs: 1, seed: 1 },
    }).result;
    expect(recommendation.confident).toBe(false);
    expect(recommendation.batchSize).toBeNull();
  });

  it("keeps what it has when it is stopped", async () => {
    const controller = new AbortController();
    const run = advise({ target, signal: controller.signal });
    for await (const event of run) if (event.type === "run") controller.abort();
    const advice = await run.result;
    expect(advice.complete).toBe(false);
    expect(advice.throughput.points.length).toBeGreaterThan(0);
  });

  it.each<[AdviseOptions, string]>([
    [{ goal: "speed" as "time" }, 'goal must be one of time, examples, memory; got "speed"'],
    [{ epochs: 0 }, "epochs must be a positive number, got 0"],
    [{ target: { value: NaN } }, "target.value must be a number, got NaN"],
    [{ target: { monitor: "f1", value: 1 } }, 'monitor must be one of valLoss, accuracy; got "f1"'],
    [{ maxBatchSize: 0 }, "maxBatchSize must be a whole number of at least 1, got 0"],
    [{ cores: 1.5 }, "cores must be a whole number of at least 1, got 1.5"],
  ])("refuses %o before any work", (options, message) => {
    expect(() => advise(options)).toThrow(message);
  });

  it("says how little memory is too little", async () => {
    await expect(advise({ memoryLimit: 1000 }).result).rejects.toThrow(
      /^a memory limit of 1 kB is too little: with batch size 1 training takes \d+ [kM]B$/,
    );
  });
});

describe("goals", () => {
  it("examples: none of the batch sizes that were raced needs a tenth fewer", async () => {
    const advice = await advise({ target, goal: "examples", verify: false }).result;
    const { batchSize } = advice.recommendation;
    const raced = new Set(advice.prediction.raced.map((run) => run.batchSize));
    const known = advice.prediction.points.filter((point) => raced.has(point.batchSize));
    const own = known.find((point) => point.batchSize === batchSize)!;
    const least = Math.min(...known.map(({ examples }) => examples.value));
    expect(own.examples.value).toBeLessThanOrEqual(1.1 * least);
    expect(batchSize).toBeLessThanOrEqual(32);
  });
});
