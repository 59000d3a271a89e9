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
import { planAdvice } from "../src/advisor/advice/advise-options.ts";
import { bestConstant } from "../src/advisor/advice/constant.ts";
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
    const [reason] = advice.recommendation.reasons;
    expect(reason).toMatchObject({ kind: "notReached", batchSize: 32, updates: 1000 });
    if (reason?.kind !== "notReached") throw new Error("another reason");
    expect(reason.nearest).toBeGreaterThan(0.9);
    // Ten classes of about the same size.
    expect(reason.constant).toBeCloseTo(0.1, 1);
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
    expect(recommendation.reasons).toContainEqual({ kind: "onlyOne" });
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

describe("a model that does not learn", () => {
  /** Two inputs and two classes, which have something to do with them or not. */
  const table = (learnable: boolean, task: Dataset["task"] = "classification"): Dataset => {
    const random = generator(11, 4, 2);
    const x = Array.from({ length: 400 }, () => [random.normal(), random.normal()]);
    const y = x.map(([a, b]) => {
      const score = learnable ? a! - b! + 0.5 * random.normal() : random.normal();
      return task === "regression" ? score : score > 0 ? 1 : 0;
    });
    return fromArrays(x, y, { task });
  };
  const network = (outputs: number) => sequential([dense(16), relu(), dense(outputs)]);
  const asked = { verify: false, maxBatchSize: 64, seed: 1 };

  it.each(["classification", "regression"] as const)(
    "gets no recommendation for random targets of a %s, and one for targets that can be learned",
    async (task) => {
      const outputs = task === "regression" ? 1 : 2;
      const random = await adviseBatchSize(network(outputs), table(false, task), asked).result;
      expect(random.recommendation).toMatchObject({ batchSize: null, confident: false });
      const [reason] = random.recommendation.reasons;
      if (reason?.kind !== "nothingLearned") throw new Error(`another reason: ${reason?.kind}`);
      expect(reason.constant).toBe(random.constant.loss);
      expect(reason.loss).toBeGreaterThan(reason.constant - 2 * reason.standardError);

      const learned = await adviseBatchSize(network(outputs), table(true, task), asked).result;
      expect(learned.recommendation.batchSize).not.toBeNull();
      expect(learned.prediction.target.value).toBeLessThan(learned.constant.loss);
    },
  );

  it("is told when a constant meets the target that was given, before the work and in the reasons", async () => {
    const run = adviseBatchSize(network(2), table(true), {
      ...asked,
      target: { monitor: "accuracy", value: 0.3 },
    });
    const told: string[] = [];
    for await (const event of run) if (event.type === "caution") told.push(event.reason.kind);
    expect(told).toEqual(["constantReaches"]);
    const { recommendation, constant } = await run.result;
    expect(recommendation.reasons).toContainEqual({
      kind: "constantReaches",
      value: constant.metrics["accuracy"],
    });
  });

  it.each([
    ["classes", 0, "classification"],
    ["numbers", 2.5, "regression"],
  ] as const)("is refused where all %s are the same", (_what, value, task) => {
    const rows = Array.from({ length: 20 }, (_, i) => i);
    const same = fromArrays(
      rows.map((i) => [i]),
      rows.map(() => value),
      { task },
    );
    expect(() => adviseBatchSize(network(2 - Number(task === "regression")), same, asked)).toThrow(
      `advice needs targets that differ, and those of all 18 training examples are ${value}: there is nothing to learn`,
    );
  });

  it("gets no recommendation where all examples have the same inputs", async () => {
    const same = fromArrays(
      Array.from({ length: 200 }, () => [1, 2]),
      Array.from({ length: 200 }, (_, i) => i % 2),
      { task: "classification" },
    );
    const { recommendation } = await adviseBatchSize(network(2), same, asked).result;
    expect(recommendation.reasons[0]?.kind).toBe("nothingLearned");
  });

  it.each([
    [2, "advice needs at least 4 training examples to choose from, got 1"],
    [5, "advice needs at least 2 validation examples, without which no loss has an error, got 1"],
  ])("is refused where there are %i rows", (rows, message) => {
    const few = fromArrays(
      Array.from({ length: rows }, (_, i) => [i]),
      Array.from({ length: rows }, (_, i) => i),
      { task: "regression" },
    );
    expect(() => adviseBatchSize(network(1), few, asked)).toThrow(message);
  });
});

describe("the best constant", () => {
  const outputs = (count: number) => sequential([dense(count)]);
  const constantOf = async (y: readonly number[], options: AdviseOptions, count = 1) => {
    const data = fromArrays(
      y.map((_, i) => [i / y.length]),
      [...y],
      { task: count > 1 ? "classification" : "regression" },
    );
    return bestConstant(planAdvice(outputs(count), data, { ...options, validation: data }));
  };
  const skewed = [-3, 0, 1, 2, 4, 9, 50];

  it("is the mean, the median, the class frequencies, whatever makes the loss least", async () => {
    const squared = await constantOf(skewed, { loss: "meanSquaredError" });
    const mean = 9; // (−3 + 0 + 1 + 2 + 4 + 9 + 50) / 7
    const variance = skewed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 7;
    expect(squared.evaluation.loss).toBeCloseTo(variance, 3);

    const absolute = await constantOf(skewed, { loss: "meanAbsoluteError" });
    expect(absolute.evaluation.loss).toBeCloseTo((5 + 2 + 1 + 0 + 2 + 7 + 48) / 7, 3); // from 2

    const classes = await constantOf(
      [0, 0, 0, 1, 1, 2, 0, 0],
      { loss: "crossEntropy", metric: "accuracy" },
      3,
    );
    const entropy = -[5 / 8, 2 / 8, 1 / 8].reduce((sum, p) => sum + p * Math.log(p), 0);
    expect(classes.evaluation.loss).toBeCloseTo(entropy, 4);
    expect(classes.evaluation.metrics["accuracy"]).toBe(5 / 8);
  });

  it("explains nothing of the variance, at any scale of the targets", async () => {
    for (const scale of [1e-4, 1, 1e5]) {
      const { evaluation } = await constantOf(
        skewed.map((value) => value * scale),
        { metric: "r2" },
      );
      expect(evaluation.metrics["r2"]).toBeCloseTo(0, 4);
    }
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
