/** @file Arguments of the wrong type, and data that is generated or comes in a stream: refused in one line that says what was expected. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  adviseBatchSize,
  compare,
  dense,
  dropout,
  elu,
  findLearningRate,
  fromStream,
  gelu,
  indexBatches,
  initializers,
  leakyRelu,
  measureNoise,
  metrics,
  relu,
  reshape,
  schedules,
  sequential,
  stratified,
  train,
  weighted,
} from "../src/index.ts";
import { circles, linear, moons, spirals } from "../src/datasets.ts";
import { data, model } from "./support/few-classes.ts";
import { messageOf } from "./support/message.ts";

describe("an argument of the wrong type", () => {
  it.each<[string, (value: never) => unknown, readonly unknown[]]>([
    ["dense", dense, [null, NaN, -1, 1.5, "3", {}]],
    ["dropout", dropout, [null, NaN, -1, 1, "0.5", {}]],
    ["leakyRelu", leakyRelu, [null, NaN, Infinity, "1", {}]],
    ["elu", elu, [null, NaN, Infinity, "1", {}]],
    ["gelu", gelu, [null, "fast", 1, {}]],
    ["reshape", reshape, [null, 3, "3", {}, [0], [1.5], ["3"]]],
    ["sequential", sequential, [null, 3, "3", {}, [], [null], [relu]]],
    ["topK", metrics.topK, [null, NaN, 0, 1.5, "3"]],
    ["constant", schedules.constant, [null, NaN, 0, -1, "3", {}]],
    ["warmup", (value) => schedules.warmup(value, { over: { epochs: 1 } }), [null, {}, "cosine"]],
    ["constant", initializers.constant, [null, NaN, Infinity, "3"]],
    ["weighted", weighted, [null, 3, "3", {}, [], [-1], ["1"]]],
    ["stratified", stratified, [null, 3, "3", {}]],
    ["indexBatches", indexBatches, [null, 3, "3", {}]],
    ["train", (value) => train(model, value), [null, 3, "3", {}, []]],
    ["train", (value) => train(value, data), [null, 3, "3", {}, []]],
    ["compare", (value) => compare(value, data), [null, 3, "3", {}, []]],
    ["findLearningRate", (value) => findLearningRate(model, value), [null, 3, "3", {}, []]],
    ["measureNoise", (value) => measureNoise(value, data), [null, 3, "3", {}, []]],
  ])("%s(…)", (name, call, values) => {
    for (const value of values) {
      const message = messageOf(() => call(value as never));
      expect(message, `${name}(${inspect(value)})`).toMatch(
        /(must be|takes|needs|must not).*(got|give)/,
      );
      expect(message.split("\n")).toHaveLength(1);
    }
  });

  it("of generated data and of streams", async () => {
    const failure = (work: Promise<unknown>) => work.then(String, String);
    for (const make of [moons, circles, spirals, linear])
      for (const [option, value] of [
        ["examples", "3"],
        ["noise", null],
        ["seed", 1.5],
        ["dtype", "float16"],
        ["testSplit", "0.5"],
      ] as const)
        expect(await failure(make({ [option]: value }))).toMatch(
          new RegExp(`^InputError: ${option} must be .*got`),
        );
    expect(await failure(fromStream([], { sizes: 3 } as object))).toMatch(
      /^InputError: option of fromStream must be one of name, /,
    );
  });
});

it("fewer than 36 examples are enough for advice and for a learning rate, without validation data", () => {
  const signal = AbortSignal.abort();
  for (const start of [adviseBatchSize, findLearningRate])
    start(model, data, { seed: 1, signal }).result.catch(() => undefined);
});
