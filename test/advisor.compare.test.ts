/** @file The race: fair lanes, both engines, the search for learning rates, a race that is stopped. */
import { describe, expect, it } from "vitest";
import {
  compare,
  dense,
  relu,
  sequential,
  train,
  type CompareOptions,
  type RaceEvent,
} from "../src/index.ts";
import { gap } from "./support/close.ts";
import { threeClasses } from "./support/runs.ts";
import { messageOf } from "./support/message.ts";

const data = threeClasses(200, 5, "float32");
const model = sequential([dense(6), relu(), dense(3)]);
const shared: CompareOptions = { seed: 4, plane: false, noisePoints: 0, learningRate: 0.1 };

async function watch(race: ReturnType<typeof compare>) {
  const events: RaceEvent[] = [];
  for await (const event of race) events.push(event);
  return { events, race: await race.result };
}

describe("a race", () => {
  it("counts the updates of each regime, and starts them all from the same parameters", async () => {
    const options = { ...shared, batchSizes: [1, 64, "full"] as const, epochs: 2 };
    const { race } = await watch(compare(model, data, options));
    // Without validation data the last tenth is set apart: 180 examples, the last batch of 64 has 52.
    expect(race.data).toMatchObject({ training: 180, validation: 20 });
    expect(
      race.runs.map(({ batchSize, regime, updates, examples, epochs }) => [
        batchSize,
        regime,
        updates,
        examples,
        epochs,
      ]),
    ).toEqual([
      [1, "SGD", 360, 360, 2],
      [64, "mini-batch", 6, 360, 2],
      [180, "full batch", 2, 360, 2],
    ]);
    const starts = race.runs.map(({ curve }) => [curve.validationLoss[0], curve.updates[0]]);
    expect(new Set(starts.map((start) => start.join())).size).toBe(1);
    expect(race.complete).toBe(true);
    for (const { curve, validationLoss } of race.runs) {
      expect(curve.validationLoss.at(-1)).toBe(validationLoss);
      expect(curve.trainLoss[0]).toBeNull();
    }
  });

  it("is made of the same runs as train makes", async () => {
    const { race } = await watch(compare(model, data, { ...shared, batchSizes: [32], epochs: 3 }));
    const { history } = await train(model, data, {
      batchSize: 32,
      epochs: 3,
      seed: 4,
      validationSplit: 0.1,
      optimizer: "sgd",
    }).result;
    expect(race.runs[0]!.validationLoss).not.toBe(history.valLoss.at(-1)); // another learning rate
    const { race: same } = await watch(
      compare(model, data, { ...shared, learningRate: 0.01, batchSizes: [32], epochs: 3 }),
    );
    expect(same.runs[0]!.validationLoss).toBe(history.valLoss.at(-1));
  });

  it("repeats with its seed, and runs each seed on its own", async () => {
    const options = { ...shared, batchSizes: [16, "full"] as const, epochs: 1, seeds: 2 };
    const [first, second] = [
      await compare(model, data, options).result,
      await compare(model, data, options).result,
    ];
    expect(first.runs.map(({ batchSize, seed }) => [batchSize, seed])).toEqual([
      [16, 4],
      [180, 4],
      [16, 5],
      [180, 5],
    ]);
    const losses = (race: typeof first) => race.runs.map((run) => run.curve.validationLoss);
    expect(losses(second)).toEqual(losses(first));
    expect(first.runs[0]!.curve.validationLoss[0]).not.toBe(first.runs[2]!.curve.validationLoss[0]);
  });

  it("crosses the regimes with both engines, which end at the same parameters", async () => {
    const options = {
      ...shared,
      engines: ["onnx", "loops"] as const,
      batchSizes: [8, "full"] as const,
      epochs: 1,
      dtype: "float64" as const,
    };
    const { race } = await watch(compare(model, threeClasses(60), options));
    expect(race.engines.map(({ batchSize, updates }) => [batchSize, updates])).toEqual([
      [8, 7],
      [54, 1],
    ]);
    for (const { largestDifference, timeRatio } of race.engines) {
      expect(largestDifference).toBeLessThan(1e-12);
      expect(timeRatio).toBeGreaterThan(0);
    }
    const [onnx, loops] = race.runs;
    expect([onnx!.engine, loops!.engine]).toEqual(["onnx", "loops"]);
    expect(gap(onnx!.curve.validationLoss, loops!.curve.validationLoss)).toBeLessThan(1e-12);
  });

  it("measures noise and draws the plane of the paths", async () => {
    const options = { ...shared, noisePoints: 3, plane: true, batchSizes: [8, "full"] as const };
    const { race } = await watch(
      compare(model, data, { ...options, epochs: 3, learningRate: 0.3 }),
    );
    const [mini, full] = race.runs.map(({ gradientNoise }) => gradientNoise!);
    expect(mini!.updates).toHaveLength(3);
    expect(Math.min(...mini!.relativeError)).toBeGreaterThan(0.05);
    expect(full!.relativeError).toEqual(full!.relativeError.map(() => 0));
    expect(race.plane!.paths).toHaveLength(2);
    const [a, b] = race.plane!.explained;
    expect(a).toBeGreaterThanOrEqual(b);
    expect(a + b).toBeLessThanOrEqual(1 + 1e-9);
    // Both paths begin at the same point.
    const starts = race.plane!.paths.map((path) => [path!.a[0]!, path!.b[0]!, path!.loss[0]!]);
    expect(gap(starts[0]!, starts[1]!)).toBeLessThan(1e-6);
  });

  it("searches learning rates by trials that it reports", async () => {
    const options = { ...shared, learningRate: "auto" as const, batchSizes: [16], epochs: 1 };
    const { events, race } = await watch(compare(model, data, options));
    const [search] = race.learningRates;
    const trials = events.flatMap((event) => (event.type === "trial" ? [event.trial] : []));
    expect(search!.trials).toEqual(trials.toSorted((a, b) => a.learningRate - b.learningRate));
    expect(trials.length).toBeGreaterThanOrEqual(4);
    // The lowest of the rates within 1 % of the least loss.
    const least = Math.min(...trials.map(({ loss }) => loss ?? Infinity));
    const good = trials.filter(({ loss }) => loss !== null && loss <= 1.01 * least);
    const lowest = Math.min(...good.map(({ learningRate }) => learningRate));
    expect(search!.chosen).toBe(lowest);
    expect(race.runs[0]!.learningRate).toBe(lowest);
  });

  it("searches below the first rate where that is the best, until it gets worse", async () => {
    const { data: values, shape } = data.x;
    const steep = {
      ...data,
      x: { data: values.map((value) => 30 * value) as Float32Array, shape },
    };
    const options = { ...shared, learningRate: "auto" as const, batchSizes: [1], epochs: 1 };
    const [search] = (await compare(model, steep, options).result).learningRates;
    const tried = search!.trials.map(({ learningRate }) => learningRate);
    expect(search!.chosen).toBeLessThan(0.005);
    expect(search!.chosen).toBeGreaterThan(Math.min(...tried));
  });

  it("keeps a run that diverges as a result", async () => {
    const options = { ...shared, batchSizes: [16, "full"] as const, learningRate: [1e30, 0.1] };
    const { race } = await watch(compare(model, data, { ...options, epochs: 2 }));
    expect(race.runs.map(({ status }) => status)).toEqual(["diverged", "done"]);
    expect(race.runs[0]!.message).toMatch(/^training diverged at update \d+: the loss became/);
  });

  it("finds out that the last update of a run left nothing finite", async () => {
    const options = { ...shared, batchSizes: ["full"] as const, learningRate: 1e38, epochs: 1 };
    const { race } = await watch(compare(model, data, options));
    const [run] = race.runs;
    expect(run).toMatchObject({ updates: 1, status: "diverged" });
    expect(run!.message).toMatch(/^training diverged at update 1: the loss became/);
  });

  it("that is stopped while it looks for learning rates keeps those that it found", async () => {
    const controller = new AbortController();
    const running = compare(model, data, {
      ...shared,
      learningRate: "auto",
      batchSizes: [16, 32, "full"],
      signal: controller.signal,
    });
    const found: number[] = [];
    for await (const event of running) {
      if (event.type === "learningRate") found.push(event.search.batchSize);
      if (event.type === "trial" && event.batchSize === 32) controller.abort();
    }
    const race = await running.result;
    expect(found).toEqual([16]);
    expect(race.learningRates.map(({ batchSize }) => batchSize)).toEqual([16]);
    expect(race).toMatchObject({ complete: false, runs: [] });
  });

  it("that is stopped in the middle is partial, and says so", async () => {
    const controller = new AbortController();
    const options = { ...shared, batchSizes: [16, 32, "full"] as const, epochs: 1e6 };
    const running = compare(model, data, { ...options, signal: controller.signal });
    for await (const event of running)
      if (event.type === "lane" && event.event.type === "progress") controller.abort();
    const race = await running.result;
    expect(race.complete).toBe(false);
    expect(race.runs.map(({ status }) => status)).toEqual(["aborted"]);
    expect(race.runs[0]!.updates).toBeGreaterThan(0);
  });
});

it.each<[string, CompareOptions, RegExp]>([
  [
    "no batch sizes",
    { batchSizes: [] },
    /^batchSizes must hold at least one batch size, got none$/,
  ],
  ["batch size 0", { batchSizes: [0] }, /^batchSize must be a whole number from 1 to 180 /],
  [
    "learning rates of another number",
    { batchSizes: [1, 2], learningRate: [0.1] },
    /^learningRate must be one number, or one for each of the 2 batch sizes; got 1$/,
  ],
  ["seeds 0", { seeds: 0 }, /^seeds must be a whole number of at least 1, got 0$/],
  [
    "seconds with two engines",
    { engines: ["onnx", "loops"], seconds: 1 },
    /^a budget of seconds \(1\) gives two engines different numbers of updates: give epochs, updates or examples instead$/,
  ],
  ["unknown optimizer", { optimizer: "adamax" }, /^optimizer must be one of .*; got "adamax"$/],
])("%s is refused before any work", (_, options, expected) => {
  expect(messageOf(() => compare(model, data, options))).toMatch(expected);
});
