/** @file What a race says of each run, beside the same run made by `train` and numbers worked out here. */
import { describe, expect, it } from "vitest";
import {
  compare,
  dense,
  relu,
  schedules,
  sequential,
  sgd,
  train,
  type CompareOptions,
  type Race,
  type RaceRun,
  type TrainResult,
} from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";

const [training, validation] = [threeClasses(160, 5, "float32"), threeClasses(90, 5, "float32")];
const model = sequential([dense(6), relu(), dense(3)]);
const target = { monitor: "accuracy", value: 0.8 };
const batchSizes = [1, 16, "full"] as const;
const epochs = 12;

/** The same three runs by `compare` and by `train`. */
async function both(): Promise<readonly (readonly [RaceRun, TrainResult])[]> {
  const options = { seed: 4, epochs, validation };
  const race = await compare(model, training, {
    ...options,
    batchSizes,
    learningRate: 0.1,
    target,
    plane: false,
  }).result;
  const runs = [];
  for (const [i, batchSize] of batchSizes.entries()) {
    const optimizer = sgd({ learningRate: 0.1 });
    const run = await train(model, training, { ...options, batchSize, optimizer }).result;
    runs.push([race.runs[i]!, run] as const);
  }
  return runs;
}

/** √ of the mean squared change of the loss from one update to the next, over the mean loss, in the second half. */
function jitter(losses: readonly number[]): number {
  const half = losses.slice(Math.floor(losses.length / 2));
  const changes = half.slice(1).map((loss, i) => loss - half[i]!);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(mean(changes.map((change) => change ** 2))) / mean(half);
}

describe("the columns of a race", async () => {
  const runs = await both();
  it.each(runs.map(([run, trained]) => [run.regime, run, trained] as const))(
    "of %s are those of the run",
    async (_, run, trained) => {
      expect([run.updates, run.examples, run.epochs]).toEqual([
        trained.updates,
        trained.examples,
        epochs,
      ]);
      // Losses and metric at the end: the model of that run, on all of the data.
      const onTraining = await trained.model.evaluate(training);
      const onValidation = await trained.model.evaluate(validation);
      expect(run.trainLoss).toBeCloseTo(onTraining.loss, 12);
      expect(run.validationLoss).toBeCloseTo(onValidation.loss, 12);
      expect(run.validationMetric).toBe(onValidation.metrics["accuracy"]);
      expect(run.validationMetric).not.toBe(run.curve.validationMetric[0]);
      expect(run.jitter).toBeCloseTo(jitter([...trained.history.updates.loss]), 10);
      expect(run.samplesPerSecond).toBeCloseTo(run.examples / run.seconds, 6);
      expect(run.seconds).toBeGreaterThan(0);
    },
  );

  it("say when the target was first reached", () => {
    for (const [{ curve, target: reached }] of runs) {
      const at = curve.validationMetric.findIndex((accuracy) => accuracy >= target.value);
      const there = (column: readonly number[]) => (at < 0 ? null : column[at]);
      expect(reached).toEqual({
        reached: at >= 0,
        updates: there(curve.updates),
        examples: there(curve.examples),
        epochs: there(curve.epochs),
        seconds: there(curve.seconds),
      });
    }
    expect(runs.map(([run]) => run.target!.reached)).toContain(true);
  });

  it("have the noise at the start, at the end, and evenly in log(1 + updates) between", () => {
    for (const [{ gradientNoise, updates }] of runs) {
      const at = gradientNoise!.updates;
      expect([at[0], at.at(-1)]).toEqual([0, updates]);
      // Evaluations are a quarter of the updates so far apart at most, so a point is that near to its place.
      const even = Array.from({ length: 5 }, (_, k) => Math.log1p(updates) * (k / 4));
      for (const point of at) {
        const off = Math.min(...even.map((place) => Math.abs(place - Math.log1p(point))));
        expect(off).toBeLessThan(Math.log(1.5));
      }
      if (updates > 100) expect(at).toHaveLength(5);
    }
  });
});

it("a schedule is followed by the runs, and not by the search for their learning rate", async () => {
  const shared = { seed: 4, epochs: 3, validation, plane: false, noisePoints: 0 } as const;
  const race = (options: CompareOptions) =>
    compare(model, training, { ...shared, batchSizes: [16], ...options }).result;
  const searched = await race({ learningRate: "auto" });
  const scheduled = await race({ learningRate: "auto", schedule: schedules.cosine });
  const [search] = scheduled.learningRates;
  const untimed = (trials: typeof search) => trials!.trials.map(({ loss }) => loss);
  expect(untimed(search)).toEqual(untimed(searched.learningRates[0]));
  expect(scheduled.optimizer).toBe("sgd, cosine schedule");

  const run = await train(model, training, {
    ...{ seed: 4, epochs: 3, validation, batchSize: 16 },
    optimizer: sgd({ learningRate: schedules.cosine(search!.chosen) }),
  }).result;
  const { loss } = await run.model.evaluate(training);
  expect(scheduled.runs[0]!.trainLoss).toBeCloseTo(loss, 12);
  expect(scheduled.runs[0]!.trainLoss).not.toBeCloseTo(searched.runs[0]!.trainLoss, 6);
});

it("a schedule that is none, or whose length nobody knows, is refused before any work", () => {
  const race = (options: CompareOptions) => () =>
    compare(model, training, { validation, batchSizes: [16], learningRate: 0.1, ...options });
  expect(race({ schedule: (() => 0.1) as never })).toThrow(
    "what schedule returns must be made as by schedules.cosine(0.1), got 0.1",
  );
  expect(race({ schedule: schedules.cosine, seconds: 1 })).toThrow(
    "cosine needs the length of the run, and the budget does not say it",
  );
});

it("the loops take so many times as long as the matrix code", async () => {
  const race: Race = await compare(model, training, {
    ...{ seed: 4, epochs: 1, validation, plane: false, noisePoints: 0 },
    ...{ batchSizes: [16], learningRate: 0.1, engines: ["onnx", "loops"] },
  }).result;
  const seconds = Object.fromEntries(race.runs.map((run) => [run.engine, run.seconds]));
  expect(race.engines[0]!.timeRatio).toBeCloseTo(seconds["loops"]! / seconds["onnx"]!, 10);
});
