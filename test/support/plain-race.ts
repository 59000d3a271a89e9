/** @file Races written by hand, for tests that know what must come out. */
import type { Race, RaceRun } from "../../src/advisor/race.ts";

/** A run of 1000 updates at batch size 64 in 2 s that reaches nothing, with `changes`. */
export function plainRun(changes: Partial<RaceRun> = {}): RaceRun {
  return {
    batchSize: 64,
    regime: "mini-batch",
    learningRate: 0.1,
    engine: "onnx",
    seed: 1,
    updates: 1000,
    examples: 64000,
    epochs: 2,
    seconds: 2,
    evaluationSeconds: 0.5,
    compileSeconds: 0.25,
    trainLoss: 0.2,
    validationLoss: 0.25,
    validationMetric: 0.9,
    target: null,
    samplesPerSecond: 32000,
    memoryBytes: null,
    gradientNoise: null,
    jitter: null,
    curve: {
      updates: [0, 500, 1000],
      examples: [0, 32000, 64000],
      epochs: [0, 1, 2],
      seconds: [0, 1, 2],
      trainLoss: [null, 0.8, 0.2],
      validationLoss: [2.3, 0.9, 0.25],
      validationMetric: [0.1, 0.7, 0.9],
    },
    status: "done",
    message: null,
    ...changes,
  };
}

/** What a run says when it reached the target after `seconds` and `updates` at batch size `batchSize`. */
export function reached(seconds: number, updates: number, batchSize: number): RaceRun["target"] {
  const examples = updates * batchSize;
  return { reached: true, updates, examples, epochs: examples / 32000, seconds };
}

/** What a run says that missed the target. */
export const missed: RaceRun["target"] = {
  reached: false,
  updates: null,
  examples: null,
  epochs: null,
  seconds: null,
};

/** A race on 32000 examples for 90 % accuracy, of the runs given, with `changes`. */
export function plainRace(runs: readonly RaceRun[], changes: Partial<Race> = {}): Race {
  return {
    data: {
      name: "hand-made",
      training: 32000,
      validation: 1000,
      task: "classification",
      source: null,
    },
    model: { text: "2–8–2, tanh", parameters: 42 },
    loss: "crossEntropy",
    metric: { name: "accuracy", better: "higher" },
    optimizer: "sgd",
    dtype: "float32",
    seed: 1,
    threads: 1,
    budget: { epochs: 2, updates: null, examples: null, seconds: null },
    target: { metric: "accuracy", value: 0.9, better: "higher" },
    runs,
    learningRates: [],
    engines: [],
    plane: null,
    environment: { minibatch: "0.1.0", runtime: "test", machine: "test", date: "2026-01-31" },
    complete: true,
    ...changes,
  };
}
