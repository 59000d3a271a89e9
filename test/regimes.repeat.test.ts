/** @file A run is a function of its seed: what is repeated, and what may not change it. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  dropout,
  fromArrays,
  inOrder,
  ops,
  relu,
  sequential,
  sgd,
  shuffled,
  stratified,
  train,
  withReplacement,
  type Sampler,
  type TrainOptions,
  type Value,
} from "../src/index.ts";
import { gap } from "./support/close.ts";
import { repeatable, threeClasses } from "./support/runs.ts";

const data = threeClasses(150, 5, "float32");
const model = sequential([dense(8), relu(), dropout(0.3), dense(3)]);
const options: TrainOptions = {
  optimizer: adam({ learningRate: 0.01 }),
  batchSize: 16,
  epochs: 3,
  seed: 42,
};

describe("the same seed", () => {
  it.each(["onnx", "loops"] as const)("gives the same bits twice, engine %s", async (engine) => {
    const small: TrainOptions = { ...options, engine, validation: data };
    const [first, second] = [
      await train(model, data, small).result,
      await train(model, data, small).result,
    ];
    expect(repeatable(second)).toEqual(repeatable(first));
    const { result } = train(model, data, { ...small, seed: 43 });
    expect(repeatable(await result)).not.toEqual(repeatable(first));
  });

  it("gives the same bits in another process", async () => {
    const script = `
      import { train, sequential, dense, relu, dropout, adam } from "./src/index.ts";
      import { threeClasses } from "./test/support/runs.ts";
      const model = sequential([dense(8), relu(), dropout(0.3), dense(3)]);
      const { result } = train(model, threeClasses(150, 5, "float32"), {
        optimizer: adam({ learningRate: 0.01 }), batchSize: 16, epochs: 3, seed: 42,
      });
      const { history, model: trained } = await result;
      const bits = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex");
      const arrays = [history.updates.loss, ...Object.values(trained.parameters).map(({ data }) => data)];
      console.log(arrays.map(bits).join("\\n"));`;
    const args = ["--import", "tsx", "--input-type=module", "--eval", script];
    const there = execFileSync(process.execPath, args, {
      cwd: new URL("..", import.meta.url),
      encoding: "utf8",
    });
    const { history, model: trained } = await train(model, data, options).result;
    const arrays = [
      history.updates.loss,
      ...Object.values(trained.parameters).map((parameter) => parameter.data as Float32Array),
    ];
    const here = arrays.map((array) =>
      Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("hex"),
    );
    expect(there.trim().split("\n")).toEqual(here);
  });

  it("is drawn and recorded when none is given, and repeats the run", async () => {
    const { seed: _, ...withoutSeed } = options;
    const run = train(model, data, withoutSeed);
    const seeds: number[] = [];
    for await (const event of run) if (event.type === "start") seeds.push(event.seed);
    const first = await run.result;
    expect(seeds).toEqual([first.seed]);
    const other = await train(model, data, withoutSeed).result;
    expect(other.seed).not.toBe(first.seed);
    const again = await train(model, data, { ...options, seed: first.seed }).result;
    expect(repeatable(again)).toEqual(repeatable(first));
  });
});

describe("how a run is cut into chunks changes nothing", async () => {
  const whole = repeatable(await train(model, data, options).result);
  it.each([
    ["an evaluation after every update", { updates: 1 }],
    ["after every 7 updates", { updates: 7 }],
    ["after every 100 examples", { examples: 100 }],
    ["after every half epoch", { epochs: 0.5 }],
    ["after every epoch", { epochs: 1 }],
    ["at updates 3, 6, 12, …", ({ updates }: { updates: number }) => Math.max(3, 2 * updates)],
  ])("%s", async (_, validateEvery) => {
    const result = await train(model, data, { ...options, validation: data, validateEvery }).result;
    const { parameters, history } = repeatable(result);
    expect(parameters).toEqual(whole.parameters);
    expect(history.updates).toEqual(whole.history.updates);
    expect(history.loss).toEqual(whole.history.loss);
  });
});

describe("the visiting order", () => {
  // Example i has target i, and the loss is the target: the loss of a batch is the mean of its example numbers.
  const size = 50;
  const numbered = fromArrays(
    Array.from({ length: size }, () => [1]),
    Array.from({ length: size }, (_, i) => [i]),
    { task: "regression", dtype: "float64" },
  );
  const labelled = { ...threeClasses(size), y: numbered.y, task: "regression" } as const;
  const visit = {
    name: "visit",
    perExample: (output: Value, target: Value) =>
      ops.reduceSum(ops.add(target, ops.mul(output, 0)), { axes: [1] }),
  };
  const visits = async (sampler: Sampler, extra: TrainOptions) => {
    const { history } = await train(sequential([dense(1)]), labelled, {
      loss: visit,
      metrics: [],
      sampler,
      epochs: 3,
      seed: 9,
      dtype: "float64",
      ...extra,
    }).result;
    return Array.from(history.updates.loss);
  };
  const batchMeans = (order: readonly number[], batchSize: number) =>
    [0, 1, 2].flatMap((epoch) => {
      const rows = order.slice(epoch * size, (epoch + 1) * size);
      return Array.from({ length: Math.ceil(size / batchSize) }, (_, k) => {
        const batch = rows.slice(k * batchSize, (k + 1) * batchSize);
        return batch.reduce((sum, row) => sum + row, 0) / batch.length;
      });
    });

  it.each([shuffled(), withReplacement(), inOrder()])(
    "does not depend on the batch size, the threads, the engine or micro-batches: $kind",
    async (sampler) => {
      const order = (await visits(sampler, { batchSize: 1 })).map(Math.round);
      const expected = [0, 1, 2].flatMap((epoch) =>
        Array.from(sampler.order({ size, seed: 9, epoch })),
      );
      expect(order).toEqual(expected);
      for (const extra of [
        { batchSize: 1, engine: "loops" },
        { batchSize: 7 },
        { batchSize: 7, threads: 2 },
        { batchSize: 7, microBatch: 3 },
        { batchSize: 7, engine: "loops" },
        { batchSize: 32 },
        { batchSize: "full" },
      ] as const) {
        const { batchSize } = extra;
        const means = batchMeans(order, batchSize === "full" ? size : batchSize);
        expect(gap(await visits(sampler, extra), means)).toBeLessThan(1e-12);
      }
    },
  );

  it("visits every example once an epoch, in another order each time", async () => {
    const order = (await visits(shuffled(), { batchSize: 1 })).map(Math.round);
    const epochs = [0, 1, 2].map((epoch) => order.slice(epoch * size, (epoch + 1) * size));
    for (const epoch of epochs)
      expect(epoch.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it("keeps the classes of each batch in proportion when it is stratified", async () => {
    const classes = fromArrays(
      Array.from({ length: 60 }, (_, i) => [i]),
      Array.from({ length: 60 }, (_, i) => (i < 40 ? 0 : 1)),
    );
    // The loss is the label: each batch of 6 holds two of class 1.
    const label = {
      name: "label",
      perExample: (output: Value, target: Value) =>
        ops.add(ops.cast(target, "float32"), ops.mul(ops.reduceSum(output, { axes: [1] }), 0)),
    };
    const { history } = await train(sequential([dense(2)]), classes, {
      loss: label,
      metrics: [],
      optimizer: sgd(),
      sampler: stratified(),
      batchSize: 6,
      epochs: 2,
      seed: 1,
    }).result;
    for (const share of history.updates.loss) expect(share).toBeCloseTo(1 / 3, 6);
  });
});
