/** @file Options that a function does not have are refused by name, with those that it has. */
import { describe, expect, it } from "vitest";
import {
  adam,
  averagePool2d,
  blockShuffled,
  compare,
  conv2d,
  dense,
  fromArrays,
  initializers,
  losses,
  maxPool2d,
  metrics,
  schedules,
  sequential,
  sgd,
  train,
  weighted,
  withReplacement,
} from "../src/index.ts";
import { messageOf } from "./support/message.ts";

const data = fromArrays(
  [
    [0, 1],
    [1, 0],
  ],
  [0, 1],
);
const model = sequential([dense(2)]);

describe("options", () => {
  it.each<[string, () => unknown, string]>([
    [
      "sgd",
      () => sgd({ lr: 3 } as object),
      'option of sgd must be one of learningRate, momentum, nesterov, dampening, weightDecay; got "lr"',
    ],
    [
      "adam",
      () => adam({ betas: [0.9, 0.99] } as object),
      'option of adam must be one of learningRate, beta1, beta2, epsilon, weightDecay, amsgrad, biasCorrection; got "betas"',
    ],
    [
      "compare",
      () => compare(model, data, { batchSize: 3 } as object),
      'option of compare must be one of batchSizes, learningRate, optimizer, schedule, loss, metric, epochs, updates, examples, seconds, target, seed, seeds, engines, threads, cores, dtype, validation, evaluations, noisePoints, plane, signal, memory, runtime, environment; got "batchSize"',
    ],
    [
      "a learning rate that is text",
      () => sgd({ learningRate: "0.1" as never }),
      'learningRate must be a positive number, or a schedule such as schedules.cosine(0.1), got "0.1"',
    ],
    [
      "a learning rate that is null",
      () => sgd({ learningRate: null as never }),
      "learningRate must be a positive number, or a schedule such as schedules.cosine(0.1), got null",
    ],
    [
      "target",
      () => train(model, data, { validation: data, target: { valu: 1 } as never }),
      'option of target must be one of monitor, value, stop; got "valu"',
    ],
    [
      "earlyStopping",
      () => train(model, data, { validation: data, earlyStopping: { patiece: 3 } as never }),
      'option of earlyStopping must be one of monitor, patience, minDelta, restoreBest; got "patiece"',
    ],
    [
      "validateEvery, beside another",
      () => train(model, data, { validateEvery: { epochs: 1, updates: 3 } }),
      "validateEvery must be one of { epochs: number }, { examples: number }, { updates: number }, or a function; got [object Object]",
    ],
  ])("of %s that does not exist", (_, wrong, expected) => {
    expect(messageOf(wrong)).toBe(expected);
  });

  it.each<[string, (options: never) => unknown, string]>([
    ["stepDecay", (options) => schedules.stepDecay(1, options), "factor, every"],
    ["exponential", (options) => schedules.exponential(1, options), "factor, every"],
    ["inverseTime", (options) => schedules.inverseTime(1, options), "decay, every"],
    ["polynomial", (options) => schedules.polynomial(1, options), "power, final, over"],
    ["cosine", (options) => schedules.cosine(1, options), "final, over"],
    ["warmup", (options) => schedules.warmup(1, options), "over, start"],
    [
      "oneCycle",
      (options) => schedules.oneCycle(1, options),
      "rise, divisor, finalDivisor, shape, over",
    ],
    [
      "onPlateau",
      (options) => schedules.onPlateau(1, options),
      "factor, patience, threshold, thresholdMode, cooldown, minLearningRate",
    ],
    ["crossEntropy", losses.crossEntropy, "labelSmoothing"],
    ["huber", losses.huber, "delta"],
    ["r2", metrics.r2, "outputs"],
    ["normal", initializers.normal, "mean, std"],
    ["uniform", initializers.uniform, "low, high"],
    ["dense", (options) => dense(3, options), "bias, initializer, biasInitializer"],
    [
      "conv2d",
      conv2d,
      "filters, kernelSize, stride, padding, dilation, groups, bias, initializer, biasInitializer",
    ],
    ["maxPool2d", maxPool2d, "kernelSize, stride, padding, ceilMode"],
    ["averagePool2d", averagePool2d, "kernelSize, stride, padding, ceilMode, countIncludePad"],
    ["withReplacement", withReplacement, "examples"],
    ["weighted", (options) => weighted([1], options), "examples, replacement"],
    ["blockShuffled", blockShuffled, "block, window"],
  ])("of %s: unknown, or none at all", (name, make, known) => {
    expect(messageOf(() => make({ peroid: 3 } as never))).toBe(
      `option of ${name} must be one of ${known}; got "peroid"`,
    );
    expect(messageOf(() => make(null as never))).toBe(
      `the options of ${name} must be an object, got null`,
    );
  });
});
