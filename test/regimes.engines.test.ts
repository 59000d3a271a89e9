/** @file The loops engine and the ONNX engine are the same run; so is a run at any number of threads. */
import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  amsgrad,
  dense,
  dropout,
  elu,
  gelu,
  leakyRelu,
  relu,
  rmsprop,
  schedules,
  sequential,
  sgd,
  sigmoid,
  softplus,
  tanh,
  train,
  type TrainOptions,
} from "../src/index.ts";
import { gap } from "./support/close.ts";
import { flatParameters, runGap, someWeights, threeClasses } from "./support/runs.ts";

const examples = 21; // batches of 8, 8 and 5
const tolerance = { float32: 1e-4, float64: 1e-10 };
const model = sequential([dense(6), relu(), dropout(0.25), dense(3)]);

async function bothEngines(dtype: "float32" | "float64", options: TrainOptions, network = model) {
  const data = threeClasses(examples, 4, dtype);
  const shared: TrainOptions = { epochs: 2, seed: 11, validation: data, dtype, ...options };
  const onnx = await train(network, data, { ...shared, engine: "onnx" }).result;
  const loops = await train(network, data, { ...shared, engine: "loops" }).result;
  expect(loops.updates).toBe(onnx.updates);
  expect(runGap(onnx, loops)).toBeLessThan(tolerance[dtype]);
  expect(gap(onnx.history.valLoss, loops.history.valLoss)).toBeLessThan(tolerance[dtype]);
  return { onnx, loops, data };
}

const rate = { learningRate: 0.05 };
const optimizers = {
  sgd: sgd(rate),
  momentum: sgd({ ...rate, momentum: 0.9, dampening: 0.1, weightDecay: 0.01 }),
  nesterov: sgd({ ...rate, momentum: 0.9, nesterov: true }),
  rmsprop: rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true, epsilon: 1e-3 }),
  adagrad: adagrad({ ...rate, learningRateDecay: 0.1, initialAccumulator: 0.1 }),
  adadelta: adadelta({ epsilon: 1e-4 }),
  adam: adam({ ...rate, epsilon: 1e-3 }),
  amsgrad: amsgrad({ ...rate, epsilon: 1e-3 }),
  adamW: adamW({ ...rate, epsilon: 1e-3 }),
};

describe.each(["float64", "float32"] as const)("engines in %s", (dtype) => {
  describe.each([1, 8, "full"] as const)("batch size %s", (batchSize) => {
    it.each(Object.entries(optimizers))("%s with dropout", async (_, optimizer) => {
      await bothEngines(dtype, { optimizer, batchSize });
    });

    it("weights of classes and examples, L2, clipping of both kinds, gradient norms", async () => {
      const { onnx, loops } = await bothEngines(dtype, {
        optimizer: sgd({ learningRate: 0.2 }),
        batchSize,
        sampleWeight: someWeights(examples),
        classWeight: { 0: 2, 2: 0.5 },
        l2: 0.05,
        clipValue: 0.2,
        clipNorm: 0.3,
        gradientNorm: true,
      });
      const norms = [onnx, loops].map(({ history }) => history.updates.gradientNorm!);
      expect(gap(norms[0]!, norms[1]!)).toBeLessThan(tolerance[dtype]);
    });
  });

  it("a schedule, without the short last batch", async () => {
    const cosine = schedules.warmup(schedules.cosine(0.3), { over: { epochs: 1 } });
    const { onnx, loops } = await bothEngines(dtype, {
      optimizer: sgd({ learningRate: cosine }),
      batchSize: 8,
      dropLast: true,
    });
    expect(onnx.updates).toBe(4);
    expect(onnx.history.updates.learningRate).toEqual(loops.history.updates.learningRate);
  });

  it("every activation; outputs and metrics of the trained model", async () => {
    const phi = gelu(dtype === "float64" ? "tanh" : "exact");
    const layers = [leakyRelu(), elu(), phi, sigmoid(), tanh(), softplus()];
    const deep = sequential([...layers.flatMap((layer) => [dense(4), layer]), dense(3)]);
    const { onnx, loops, data } = await bothEngines(dtype, { batchSize: 8 }, deep);
    const outputs = await Promise.all([onnx, loops].map((run) => run.model.predict(data.x)));
    expect(outputs[0]!.shape).toEqual([examples, 3]);
    expect(gap(outputs[0]!.data, outputs[1]!.data)).toBeLessThan(tolerance[dtype]);
    const evaluations = await Promise.all([onnx, loops].map((run) => run.model.evaluate(data)));
    expect(evaluations[0]!.loss).toBeCloseTo(evaluations[1]!.loss, 4);
  });
});

it("one thread and two agree", async () => {
  const data = threeClasses(600, 40);
  const wide = sequential([dense(64), relu(), dense(3)]);
  const options = { dtype: "float64", batchSize: 256, epochs: 3, seed: 2 } as const;
  const [one, two] = [
    await train(wide, data, { ...options, threads: 1 }).result,
    await train(wide, data, { ...options, threads: 2 }).result,
  ];
  expect(flatParameters(one)).toHaveLength(40 * 64 + 64 + 64 * 3 + 3);
  expect(runGap(one, two)).toBeLessThan(1e-12);
});
