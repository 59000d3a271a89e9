/**
 * @file Every function that is exported, with null, numbers, texts and empty objects in the place of each of its arguments: what it refuses,
 * it refuses with an error of ours, and not with what JavaScript says where a property is missing.
 */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as datasets from "../src/datasets.ts";
import * as api from "../src/index.ts";
import { data, model } from "./support/few-classes.ts";

const { DataError, InputError, RuntimeError, fromArrays, ops, tensor } = api;

const junk = [undefined, null, NaN, 5, -1, "x", true, {}, [], [null], ["x"], () => undefined, 3n];

const stop = new InputError("stopped");
const signal = AbortSignal.abort(stop);
const stopped = { seed: 1, signal };
const line = fromArrays([[1], [2], [3]], [1, 2, 4], { task: "regression" });
const x = api.input("x", "float32", ["batch", 4]);
const w = api.input("w", "float32", [4, 2]);
const scalar = ops.reduceSum(x);
const place = api.input("i", "int64", [2]);
const truth = api.input("t", "bool", ["batch", 4]);
const pairs = api.input("pairs", "int64", [3, 2]);
const bytes = api.writeModel({
  inputs: [{ name: "x", value: x }],
  outputs: [{ name: "y", value: ops.relu(x) }],
});
const moments = {
  means: [1, 1, 1, 1],
  covariance: [1, 1, 1, 1].map(() => [0, 0, 0, 0]),
  degrees: [9, 9, 9, 9],
};
const estimate = { value: 1, low: 1, high: 1 };
const over = { over: { epochs: 1 } };
const noise = { moments, curvature: {}, simpleNoiseScale: estimate, size: 100 };

/** Arguments that are right, of every function that takes any; one that takes options alone may leave them out. */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  fromArrays: [[1, 2], [0, 1], {}],
  fromStream: [[{ x: [[1]], y: [1] }], {}],
  generator: [1, 1],
  indexBatches: [[[0], [1]]],
  weighted: [[1, 2], {}],
  stratified: [[0, 1]],
  blockShuffled: [{ block: 2, window: 4 }],
  batchPlan: [{ sampler: api.inOrder(), size: 4, seed: 1, epoch: 0, batchSize: 2 }],
  lastBatchSize: [10, 3, false],
  updatesPerEpoch: [10, 3, false],
  splitDataset: [data, { validationSplit: 0.5 }],
  take: [data, [0, 1]],
  leastSquares: [line],
  fitStandardization: [data],
  applyStandardization: [data, api.fitStandardization(data), {}],
  ...{ constant: [tensor("float32", [1], [1])], input: ["x", "float32", [1]] },
  tensor: ["float32", [2], [1, 2]],
  gradients: [scalar, [x], undefined],
  evaluate: [[scalar], new Map([[x, tensor("float32", [1, 4], [1, 2, 3, 4])]])],
  interpreter: [[scalar]],
  print: [[scalar]],
  writeModel: [{ inputs: [{ name: "x", value: x }], outputs: [{ name: "y", value: scalar }] }, {}],
  writeScan: [{ carried: [], scanned: [], captured: [], columns: [] }],
  functional: [(value: unknown) => value, "kind"],
  sequential: [[api.dense(2)]],
  dense: [2, {}],
  dropout: [0.5],
  ...{ leakyRelu: [0.1], elu: [1], gelu: ["exact"] },
  mlpLayers: [[4], 2],
  cnnLayers: [[4], 2],
  conv2d: [{ filters: 2 }],
  reshape: [[2, 2]],
  modelFromOnnx: [bytes, {}],
  "initializers.checkInitializer": ["initializer", api.initializers.zeros()],
  "initializers.constant": [1],
  "initializers.initializerNamed": ["zeros"],
  "losses.lossNamed": ["huber"],
  "metrics.metricNamed": ["accuracy"],
  "metrics.topK": [2],
  "schedules.constant": [0.1],
  "schedules.cosine": [0.1, {}],
  "schedules.exponential": [0.1, { factor: 0.9, every: { epochs: 1 } }],
  "schedules.inverseTime": [0.1, { every: { epochs: 1 } }],
  "schedules.onPlateau": [0.1, {}],
  "schedules.oneCycle": [0.1, {}],
  "schedules.polynomial": [0.1, {}],
  "schedules.stepDecay": [0.1, { every: { epochs: 1 } }],
  "schedules.warmup": [0.1, over],
  optimizerNamed: ["sgd", {}],
  train: [model, data, stopped],
  compare: [model, data, { ...stopped, learningRate: 0.1 }],
  adviseBatchSize: [model, data, stopped],
  study: [model, data, stopped],
  findLearningRate: [model, data, stopped],
  measureNoise: [model, data, stopped],
  measureThroughput: [model, data, { signal }],
  criticalBatchSize: [model, data, { ...stopped, batchSize: 2, learningRate: 0.1, updates: 4 }],
  decodeCheckpoint: [bytes, "checkpoint"],
  encodeCheckpoint: [{}, {}],
  runtimeOf: [{ InferenceSession: { create: () => undefined } }],
  scaleLearningRate: ["linear", 32, 64, { noiseScale: 100, simpleNoiseScale: 100 }],
  optimalLearningRate: [noise, 64],
  relativeGradientError: [noise, 64],
  pilotLearningRate: [{ probes: [{ updates: 0, noise }] }, 64],
  fitCriticalBatchSize: [
    [
      { batchSize: 32, updates: 100 },
      { batchSize: 64, updates: 60 },
    ],
  ],
  updatesToTarget: [{ minUpdates: 10, minExamples: 100 }, 64],
  loadDataset: ["digits", {}],
  "ops.scalar": [1, x],
  ...each(
    ["neg", "abs", "sign", "exp", "log", "sqrt", "reciprocal", "erf", "sigmoid", "tanh"],
    [x],
  ),
  ...each(["softplus", "relu", "identity", "shapeOf", "size"], [x]),
  ...each(["add", "sub", "mul", "div", "pow", "max", "min", "less", "lessOrEqual"], [x, 1]),
  ...each(["greater", "greaterOrEqual", "equal"], [x, 1]),
  ...each(["and", "or"], [truth, truth]),
  ...each(
    ["reduceSum", "reduceMean", "reduceMax", "reduceSumSquare"],
    [x, { axes: [0], keepdims: true }],
  ),
  ...each(["leakyRelu", "elu"], [x, 0.1]),
  ...each(["softmax", "logSoftmax"], [x, 1]),
  "ops.not": [truth],
  "ops.hardSigmoid": [x, 0.2, 0.5],
  "ops.cast": [x, "float64"],
  "ops.where": [truth, x, 1],
  "ops.matMul": [x, w],
  "ops.gemm": [x, w, undefined, {}],
  "ops.argMax": [x, 1, true],
  "ops.topK": [x, 2, 1],
  "ops.expandLike": [scalar, x],
  "ops.reshape": [w, [2, 4]],
  "ops.transpose": [x, [1, 0]],
  "ops.concat": [[x, x], 1],
  "ops.slice": [x, { starts: [0], ends: [2], axes: [1] }],
  "ops.pad": [x, [0, 0, 0, 1]],
  "ops.part": [x, 1, 0, 2],
  "ops.gather": [w, place, 0],
  "ops.gatherND": [w, pairs],
  "ops.scatterND": [w, pairs, ops.gatherND(w, pairs), "add"],
};

function isClass(value: object): boolean {
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

/** Runs and data that go their way without options: nothing is refused then. */
const takesLong = new Set([
  ...["train", "compare", "adviseBatchSize", "study", "findLearningRate", "measureNoise"],
  ...["measureThroughput", "mnist", "fashionMnist"],
]);

/** What is refused even so: there is nothing in it. */
const refused = new Set(["decodeCheckpoint", "encodeCheckpoint"]);

/** Functions and their names, those of `losses` and so on included; classes are made by us. */
const exported = Object.entries({ ...api, ...datasets }).flatMap(
  ([name, value]): [string, Call][] => {
    if (typeof value === "function") return isClass(value) ? [] : [[name, value as Call]];
    if (typeof value !== "object" || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([inner, f]): [string, Call][] =>
      typeof f === "function" ? [[`${name}.${inner}`, f as Call]] : [],
    );
  },
);

function each(names: readonly string[], given: readonly unknown[]) {
  return Object.fromEntries(names.map((name) => [`ops.${name}`, given]));
}

type Call = (...given: readonly unknown[]) => unknown;

describe("junk", () => {
  it.each(exported)("%s", async (name, call) => {
    const right = calls[name] ?? [{}];
    const bare: string[] = [];
    for (const [at] of right.entries())
      for (const value of junk) {
        if (takesLong.has(name) && at === right.length - 1 && isNone(value)) continue;
        const error = await failureOf(() => call(...right.with(at, value)));
        if (error === undefined || error instanceof InputError) continue;
        if (error instanceof DataError || error instanceof RuntimeError) continue;
        bare.push(`argument ${at} = ${inspect(value)}: ${inspect(error).split("\n")[0] ?? ""}`);
      }
    expect(bare).toEqual([]);
  });

  it.each(Object.entries(calls))("%s takes what is right", async (name, right) => {
    const call = Object.fromEntries(exported)[name];
    expect(call).toBeDefined();
    const error = await failureOf(() => call?.(...right));
    if (error !== stop && !refused.has(name)) expect(error).toBeUndefined();
  });
});

const isNone = (value: unknown) => value === undefined || inspect(value) === "{}";

/** What `work` throws, at once or later. */
async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    const made = await work();
    if (typeof made === "object" && made !== null && "result" in made) await made.result;
    return undefined;
  } catch (error) {
    return error;
  }
}
