/** @file Values of the wrong type for every option: each is refused in one line that says which option, what was expected and what was given. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  adviseBatchSize,
  amsgrad,
  autoBatchSize,
  averagePool2d,
  blockShuffled,
  compare,
  conv2d,
  criticalBatchSize,
  dense,
  findLearningRate,
  fromArrays,
  initializers,
  losses,
  maxPool2d,
  measureNoise,
  measureThroughput,
  metrics,
  rmsprop,
  schedules,
  sgd,
  splitDataset,
  study,
  trackNoise,
  train,
  weighted,
  withReplacement,
} from "../src/index.ts";
import { data, model } from "./support/few-classes.ts";
import { messageOf } from "./support/message.ts";

const notNumbers = [null, NaN, "3", {}, [], [1], true, () => 3, 3n];

/** What an option takes, in the words of the error, and values that are none of it. */
const kinds = {
  flag: ["must be true or false", [null, NaN, 0, 1, "no", "yes", {}, []]],
  positive: ["must be a positive number", [...notNumbers, 0, -1, -Infinity]],
  nonNegative: ["must be a number of at least 0", [...notNumbers, -1, Infinity]],
  whole: ["must be a whole number", [...notNumbers, -1, 1.5, Infinity]],
  fraction: ["must be at least 0 and below 1", [...notNumbers, -1, 1]],
  between: ["must be above 0 and below 1", [...notNumbers, 0, 1]],
  finite: ["must be a finite number", [...notNumbers, Infinity]],
  word: ["must be one of", [null, NaN, 1, "wrong", {}, [], true]],
  list: ["must be an array", [null, NaN, 1, "text", {}, true]],
  made: ["must be ", [null, NaN, 1, {}, [], true, () => 3]],
  text: ["must be text", [null, NaN, 1, {}, [], true]],
  object: ["must be an object", [null, NaN, 1, "text", [], true]],
} as const;
type Kind = keyof typeof kinds;

/** Functions with their options, what each takes, and options that make the call right otherwise. */
const functions: Readonly<
  Record<string, readonly [(options: never) => unknown, Readonly<Record<string, Kind>>, object?]>
> = {
  train: [
    (options) => train(model, data, options),
    {
      ...{ loss: "made", optimizer: "made", metrics: "list", batchSize: "whole" },
      ...{ epochs: "positive", updates: "whole", examples: "whole", seconds: "positive" },
      ...{ shuffle: "flag", sampler: "made", dropLast: "flag", gradientNorm: "flag" },
      ...{ validation: "made", validationSplit: "between", validateEvery: "made" },
      ...{ seed: "whole", dtype: "word", engine: "word", threads: "whole", microBatch: "whole" },
      ...{ sampleWeight: "list", classWeight: "made", initialParameters: "made" },
      ...{ l2: "nonNegative", clipNorm: "positive", clipValue: "positive" },
      ...{ target: "object", earlyStopping: "object", checkpointEvery: "object" },
      ...{ resume: "made", onDivergence: "word", probe: "made", signal: "made", runtime: "made" },
    },
    { seed: 1 },
  ],
  compare: [
    (options) => compare(model, data, options),
    {
      ...{ batchSizes: "list", learningRate: "made", optimizer: "made", loss: "made" },
      ...{ metric: "made", epochs: "positive", updates: "whole", examples: "whole" },
      ...{ seconds: "positive", target: "object", seed: "whole", seeds: "whole" },
      ...{ engines: "list", threads: "whole", cores: "whole", dtype: "word", validation: "made" },
      ...{ evaluations: "whole", noisePoints: "whole", plane: "flag", signal: "made" },
      ...{ memory: "made", runtime: "made", environment: "object", schedule: "made" },
    },
    { learningRate: 0.1 },
  ],
  adviseBatchSize: [
    (options) => adviseBatchSize(model, data, options),
    {
      ...{ goal: "word", target: "object", memoryLimit: "positive", verify: "flag" },
      ...{ verificationSeeds: "whole", maxBatchSize: "whole", epochs: "positive" },
      ...{ optimizer: "made", seed: "whole", threads: "whole", cores: "whole", memory: "made" },
    },
  ],
  study: [
    (options) => study(model, data, options),
    {
      ...{ claims: "list", seeds: "whole", seed: "whole", seconds: "positive", loss: "made" },
      ...{ validation: "made", cores: "whole", memory: "made", signal: "made", runtime: "made" },
    },
  ],
  findLearningRate: [
    (options) => findLearningRate(model, data, options),
    { batchSize: "whole", updates: "whole", optimizer: "made", seed: "whole", dtype: "word" },
  ],
  measureNoise: [
    (options) => measureNoise(model, data, options),
    {
      ...{ examples: "made", batches: "whole", seconds: "positive", perExample: "flag" },
      ...{ curvature: "flag", top: "whole", signal: "made", seed: "whole", runtime: "made" },
    },
  ],
  criticalBatchSize: [
    (options) => criticalBatchSize(model, data, options),
    {
      ...{ batchSize: "whole", learningRate: "positive", updates: "whole", probes: "whole" },
      ...{ signal: "made", examples: "made" },
    },
    { batchSize: 2, learningRate: 0.1, updates: 4 },
  ],
  measureThroughput: [
    (options) => measureThroughput(model, data, options),
    { batchSizes: "list", threads: "list", seconds: "positive", memory: "made", signal: "made" },
  ],
  autoBatchSize: [
    autoBatchSize,
    {
      ...{ least: "whole", most: "whole", examples: "whole", share: "nonNegative" },
      ...{ after: "whole", times: "list", rule: "word", window: "whole" },
    },
  ],
  trackNoise: [
    trackNoise,
    { share: "nonNegative", examples: "whole", window: "whole", curvature: "flag" },
  ],
  fromArrays: [
    (options) => fromArrays([1, 2], [0, 1], options),
    {
      ...{ name: "text", source: "text", scale: "positive", dtype: "word", task: "word" },
      ...{ sampleWeight: "made" },
    },
  ],
  splitDataset: [
    (options) => splitDataset(data, options),
    { validationSplit: "between", shuffle: "flag", stratify: "flag", seed: "whole" },
    { validationSplit: 0.5 },
  ],
  withReplacement: [withReplacement, { examples: "whole" }],
  weighted: [(options) => weighted([1, 2], options), { examples: "whole", replacement: "flag" }],
  blockShuffled: [blockShuffled, { block: "whole", window: "whole" }, { block: 2, window: 4 }],
  dense: [
    (options) => dense(3, options),
    { bias: "flag", initializer: "made", biasInitializer: "made" },
  ],
  conv2d: [
    conv2d,
    {
      ...{ filters: "whole", groups: "whole", bias: "flag", initializer: "made" },
      ...{ kernelSize: "made", stride: "made", padding: "made", dilation: "made" },
    },
    { filters: 2 },
  ],
  maxPool2d: [maxPool2d, { kernelSize: "made", stride: "made", ceilMode: "flag" }],
  averagePool2d: [averagePool2d, { kernelSize: "made", ceilMode: "flag", countIncludePad: "flag" }],
  sgd: [
    sgd,
    {
      ...{ learningRate: "positive", momentum: "fraction", nesterov: "flag" },
      ...{ dampening: "fraction", weightDecay: "nonNegative" },
    },
    { momentum: 0.5 },
  ],
  adam: [
    adam,
    {
      ...{ learningRate: "positive", beta1: "fraction", beta2: "fraction" },
      ...{ epsilon: "nonNegative", amsgrad: "flag", biasCorrection: "flag" },
      ...{ weightDecay: "nonNegative" },
    },
  ],
  adamW: [adamW, { weightDecay: "nonNegative", beta1: "fraction", amsgrad: "flag" }],
  amsgrad: [amsgrad, { beta2: "fraction", biasCorrection: "flag" }],
  rmsprop: [
    rmsprop,
    { alpha: "fraction", epsilon: "nonNegative", momentum: "fraction", centered: "flag" },
  ],
  adagrad: [adagrad, { learningRateDecay: "nonNegative", initialAccumulator: "nonNegative" }],
  adadelta: [adadelta, { rho: "fraction", epsilon: "positive" }],
  stepDecay: [
    (options) => schedules.stepDecay(0.1, options),
    { factor: "positive", every: "made" },
    { every: { epochs: 1 } },
  ],
  exponential: [
    (options) => schedules.exponential(0.1, options),
    { factor: "positive", every: "made" },
    { factor: 0.9, every: { epochs: 1 } },
  ],
  inverseTime: [
    (options) => schedules.inverseTime(0.1, options),
    { decay: "nonNegative", every: "made" },
    { every: { epochs: 1 } },
  ],
  polynomial: [
    (options) => schedules.polynomial(0.1, options),
    { power: "positive", final: "nonNegative", over: "made" },
  ],
  cosine: [(options) => schedules.cosine(0.1, options), { final: "nonNegative", over: "made" }],
  warmup: [
    (options) => schedules.warmup(0.1, options),
    { over: "made", start: "made" },
    { over: { epochs: 1 } },
  ],
  oneCycle: [
    (options) => schedules.oneCycle(0.1, options),
    { rise: "between", divisor: "positive", finalDivisor: "positive", shape: "word", over: "made" },
  ],
  onPlateau: [
    (options) => schedules.onPlateau(0.1, options),
    {
      ...{ factor: "between", patience: "whole", threshold: "fraction", thresholdMode: "word" },
      ...{ cooldown: "whole", minLearningRate: "nonNegative" },
    },
  ],
  crossEntropy: [losses.crossEntropy, { labelSmoothing: "fraction" }],
  huber: [losses.huber, { delta: "positive" }],
  r2: [metrics.r2, { outputs: "whole" }],
  normal: [initializers.normal, { mean: "finite", std: "nonNegative" }],
  uniform: [initializers.uniform, { low: "finite", high: "finite" }],
};

/** Values that an option does take, though others of its kind do not. */
const taken: Readonly<Record<string, readonly unknown[]>> = {
  "train.validationSplit": [0],
  "train.classWeight": [{}, []], // the second is refused in other words
  "train.initialParameters": [{}, []], // as are these
  ...{ "train.updates": [Infinity], "train.examples": [Infinity] },
  ...{ "compare.updates": [Infinity], "compare.examples": [Infinity] },
  ...{ "compare.learningRate": [1], "warmup.start": [1], "averagePool2d.kernelSize": [1] },
  ...{ "conv2d.kernelSize": [1], "conv2d.stride": [1], "conv2d.padding": [1] },
  ...{ "conv2d.dilation": [1], "maxPool2d.kernelSize": [1], "maxPool2d.stride": [1] },
};

const cases = Object.entries(functions).flatMap(([name, [call, options, base]]) =>
  Object.entries(options).map(([option, kind]) => ({ name, option, kind, call, base })),
);

describe("a value of the wrong type", () => {
  it.each(cases)("$name: $option ($kind)", ({ name, option, kind, call, base }) => {
    const [says, values] = kinds[kind];
    for (const value of values) {
      if (name === "train" && option === "validateEvery" && typeof value === "function") continue;
      if (taken[`${name}.${option}`]?.some((fine) => isSame(fine, value))) continue;
      const message = messageOf(() => call({ ...base, [option]: value } as never));
      const line = `${name}: ${option} = ${inspect(value)}: ${message}`;
      expect(message.split("\n"), line).toHaveLength(1);
      expect(message.toLowerCase(), line).toContain(singular(option).toLowerCase());
      expect(message, line).toContain(says);
      expect(message, line).toMatch(/, got |; got /);
    }
  });

  const isSame = (a: unknown, b: unknown) => inspect(a) === inspect(b);
  /** `metrics` holds a metric: an error may name the one. */
  const singular = (option: string) => option.replace(/s$/, "");
});
