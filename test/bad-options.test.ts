/** @file Everything that is wrong with a call is said before any work, in one or two lines that name what was given: the options. */
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  fromArrays,
  indexBatches,
  losses,
  metrics,
  relu,
  schedules,
  sequential,
  sgd,
  shuffled,
  train,
  withReplacement,
  type TrainOptions,
} from "../src/index.ts";
import { messageOf } from "./support/message.ts";

const data = fromArrays(
  [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
  ],
  [0, 1, 2, 0],
);
const model = sequential([dense(3)]);
const wholeBatch =
  'batchSize must be a whole number from 1 to 4 (the number of examples) or "full"';

/** Options that the types refuse. */
const untyped = (options: object) => options as TrainOptions;

describe("options", () => {
  it.each<[string, TrainOptions, string]>([
    ["batchSize 0", { batchSize: 0 }, `${wholeBatch}, got 0`],
    ["batchSize −1", { batchSize: -1 }, `${wholeBatch}, got -1`],
    ["batchSize 1.5", { batchSize: 1.5 }, `${wholeBatch}, got 1.5`],
    ["batchSize NaN", { batchSize: NaN }, `${wholeBatch}, got NaN`],
    ["batchSize > N", { batchSize: 5 }, `${wholeBatch}, got 5`],
    ["batchSize text", untyped({ batchSize: "half" }), `${wholeBatch}, got "half"`],
    ["epochs 0", { epochs: 0 }, "epochs must be a positive number, got 0"],
    ["updates 1.5", { updates: 1.5 }, "updates must be a whole number of at least 1, got 1.5"],
    ["examples 0", { examples: 0 }, "examples must be a whole number of at least 1, got 0"],
    ["seconds −1", { seconds: -1 }, "seconds must be a positive number, got -1"],
    [
      "loss",
      { loss: "mse" },
      'loss must be one of crossEntropy, binaryCrossEntropy, meanSquaredError, meanAbsoluteError, huber; got "mse"',
    ],
    [
      "metric",
      { metrics: ["f1"] },
      'metric must be one of accuracy, top5, meanAbsoluteError, rootMeanSquaredError, r2; got "f1"',
    ],
    [
      "optimizer",
      { optimizer: "adamax" },
      'optimizer must be one of sgd, rmsprop, adagrad, adadelta, adam, amsgrad, adamW; got "adamax"',
    ],
    ["engine", untyped({ engine: "gpu" }), 'engine must be one of onnx, loops; got "gpu"'],
    ["dtype", untyped({ dtype: "int8" }), 'dtype must be one of float32, float64; got "int8"'],
    ["threads 0", { threads: 0 }, "threads must be a whole number of at least 1, got 0"],
    ["microBatch 0", { microBatch: 0 }, "microBatch must be a whole number of at least 1, got 0"],
    ["l2 < 0", { l2: -1 }, "l2 must be a number of at least 0, got -1"],
    ["clipNorm 0", { clipNorm: 0 }, "clipNorm must be a positive number, got 0"],
    ["clipValue < 0", { clipValue: -1 }, "clipValue must be a positive number, got -1"],
    ["seed < 0", { seed: -1 }, "seed must be a whole number from 0 to 2^53 - 1, got -1"],
    [
      "a learning rate of one's own optimizer",
      { optimizer: { ...(sgd() as object), learningRate: -1 } as never },
      "learningRate must be a positive number, got -1",
    ],
    [
      "a schedule over a run of unknown length",
      { seconds: 1, optimizer: sgd({ learningRate: schedules.cosine(0.1) }) },
      "cosine needs the length of the run, and the budget does not say it: give over, such as { epochs: 10 }, or limit the run in epochs, updates or examples",
    ],
    [
      "sampler and shuffle",
      { sampler: shuffled(), shuffle: false },
      "sampler and shuffle exclude each other: give one of them",
    ],
    [
      "sampler of batches and batchSize",
      { sampler: indexBatches([[0]]), batchSize: 1 },
      "batchSize and a sampler that cuts its own batches exclude each other: give one of them",
    ],
    [
      "index batches out of range",
      { sampler: indexBatches([[0], [1, 4]]) },
      "index batch 1, position 1: an index must be a whole number from 0 to 3, got 4",
    ],
    [
      "dropLast without a whole batch",
      { dropLast: true, batchSize: 3, sampler: withReplacement({ examples: 2 }) },
      "dropLast leaves no update: an epoch of 2 examples has no whole batch of 3; make the batch smaller or keep the last one",
    ],
    [
      "sampleWeight of another length",
      { sampleWeight: [1] },
      "sampleWeight must hold one weight for each of the 4 examples, got 1",
    ],
    [
      "sampleWeight < 0",
      { sampleWeight: [1, 1, -1, 1] },
      "sampleWeight[2] must be a number of at least 0, got -1",
    ],
    [
      "classWeight of another length",
      { classWeight: [1, 2] },
      "classWeight must hold one weight for each of the 3 classes, got 2",
    ],
    [
      "target without validation",
      { target: { value: 1 } },
      "target needs validation data: give validation or validationSplit",
    ],
    [
      "target NaN",
      { validation: data, target: { value: NaN } },
      "target.value must be a number, got NaN",
    ],
    [
      "target in per cent",
      { validation: data, target: { monitor: "accuracy", value: 97 } },
      "target.value must be at most 1, the best accuracy there is, got 97; 97% is 0.97",
    ],
    [
      "target of an unknown metric",
      { validation: data, target: { monitor: "f1", value: 1 } },
      'monitor must be one of valLoss, accuracy; got "f1"',
    ],
    [
      "earlyStopping without validation",
      { earlyStopping: {} },
      "earlyStopping needs validation data: give validation or validationSplit",
    ],
    [
      "patience < 0",
      { validation: data, earlyStopping: { patience: -1 } },
      "earlyStopping.patience must be a whole number of at least 0, got -1",
    ],
    [
      "validateEvery 0",
      { validation: data, validateEvery: { epochs: 0 } },
      "validateEvery.epochs must be a positive number, got 0",
    ],
    [
      "validateEvery of another unit",
      untyped({ validateEvery: { minutes: 1 } }),
      'validateEvery must be one of epochs, examples, updates; got "minutes"',
    ],
    [
      "validation twice",
      { validation: data, validationSplit: 0.5 },
      "validation and validationSplit exclude each other: give one of them",
    ],
    [
      "validationSplit 1.5",
      { validationSplit: 1.5 },
      "validationSplit must be above 0 and below 1, got 1.5",
    ],
    [
      "validation of other rows",
      { validation: fromArrays([[0], [1]], [0, 1]) },
      "validation must have rows of the shape of the training data: x [2], got [1]; y [], got []",
    ],
    [
      "validation of another type",
      { validation: fromArrays(new Uint8Array(4), [0, 1], { shape: [2] }) },
      "validation must be stored as the training data is: same array type, same scale",
    ],
    [
      "initialParameters of an unknown name",
      { initialParameters: { "0.weights": [1] } },
      'initialParameters: the model has no parameter "0.weights"; it has 0.weight, 0.bias',
    ],
    [
      "initialParameters without one of them",
      { initialParameters: { "0.weight": [1, 2, 3, 4, 5, 6] } },
      'initialParameters: "0.bias" [3] is missing',
    ],
    [
      "initialParameters of another size",
      { initialParameters: { "0.weight": [1], "0.bias": [1, 2, 3] } },
      'initialParameters: "0.weight" must hold 6 numbers for shape [3, 2], got 1',
    ],
    [
      "initialParameters NaN",
      { initialParameters: { "0.weight": [1, 2, 3, NaN, 5, 6], "0.bias": [1, 2, 3] } },
      'initialParameters: "0.weight" holds NaN at position 3; every value must be a finite number',
    ],
  ])("%s", (_, options, expected) => {
    expect(messageOf(() => train(model, data, options))).toBe(expected);
    expect(expected.split("\n").length).toBeLessThanOrEqual(2);
  });

  it.each<[string, TrainOptions | null, string]>([
    [
      "a sampler that is none",
      untyped({ sampler: {} }),
      "sampler must be a sampler such as shuffled(), got [object Object]",
    ],
    [
      "classWeight of an unknown class",
      { classWeight: { 1: 2, 3: 1 } },
      "classWeight: there is no class 3; the data has classes 0 to 2",
    ],
    [
      "a loss that is not made",
      untyped({ loss: losses.huber }),
      "loss must be a name or made as by losses.huber(), got function huber; call it",
    ],
    [
      "no loss",
      untyped({ loss: null }),
      "loss must be a name or made as by losses.huber(), got null",
    ],
    [
      "metrics that are not in an array",
      untyped({ metrics: "accuracy" }),
      'metrics must be an array, such as ["accuracy"], got "accuracy"',
    ],
    [
      "a metric that is not made",
      untyped({ metrics: [metrics.accuracy] }),
      "a metric must be a name or made as by metrics.topK(3), got function accuracy; call it",
    ],
    [
      "an optimizer that is not made",
      untyped({ optimizer: adam }),
      "optimizer must be a name or made as by adam({ learningRate: 0.01 }), got function adam; call it",
    ],
    [
      "a schedule for an optimizer",
      untyped({ optimizer: schedules.constant(0.1) }),
      "optimizer must be a name or made as by adam({ learningRate: 0.01 }), got [object Object]",
    ],
    [
      "the controller for its signal",
      untyped({ signal: new AbortController() }),
      "signal must be an AbortSignal, got [object AbortController]; give its signal",
    ],
    ["no options", null, "the options of train must be an object, got null"],
  ])("%s", (_, options, expected) => {
    expect(messageOf(() => train(model, data, options!))).toBe(expected);
  });

  it("no data", () => {
    expect(messageOf(() => train(model, null as never))).toBe(
      "training data must be a data set, made by fromArrays(x, y) say; got null",
    );
  });

  it("layers that are not in an array", () => {
    expect(messageOf(() => sequential(dense(3) as never))).toBe(
      "sequential takes one array of layers, sequential([dense(128), relu()]), got [object Object]",
    );
    expect(messageOf(() => (sequential as (...layers: unknown[]) => unknown)(relu))).toBe(
      "sequential takes one array of layers, sequential([dense(128), relu()]), got function relu",
    );
  });

  it("data to evaluate on that does not fit the model", async () => {
    const { model: trained } = await train(model, data, { updates: 1 }).result;
    await expect(trained.evaluate(fromArrays([[1], [2]], [0, 1]))).rejects.toThrow(
      "evaluate: the data must have rows of the shape of the training data: x [2], got [1]; y [], got []",
    );
    await expect(trained.evaluate(fromArrays([[1, 1]], [3]))).rejects.toThrow(
      "evaluate: the data: label 3 in row 0 is out of range: the model has 3 outputs, for labels 0 to 2",
    );
    await expect(trained.evaluate(null as never)).rejects.toThrow("must be a data set");
  });

  it("an option that does not exist", () => {
    const message = messageOf(() => train(model, data, untyped({ batchsize: 3 })));
    expect(message).toMatch(
      /^option of train must be one of loss, optimizer, .*; got "batchsize"$/,
    );
  });

  it.each([-0.1, 0, NaN, Infinity])("learning rate %d", (learningRate) => {
    expect(messageOf(() => sgd({ learningRate }))).toBe(
      `learningRate must be a positive number, got ${learningRate}`,
    );
  });
});
