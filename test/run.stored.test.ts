/** @file Data that is not in memory: stored data sets and streams train as the same examples in memory do. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  dropout,
  fromArrays,
  fromStream,
  relu,
  schedules,
  sequential,
  sgd,
  train,
  type Checkpoint,
  type Dataset,
  type StreamChunk,
  type TrainOptions,
  type TrainRun,
} from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";
import { storeOf } from "./support/stored.ts";

const data = threeClasses(150, 5, "float32");
const validation = threeClasses(40, 5, "float32");
const model = sequential([dense(8), relu(), dropout(0.3), dense(3)]);
const options: TrainOptions = {
  optimizer: adam({ learningRate: 0.01 }),
  seed: 3,
  epochs: 3,
  validation,
  validateEvery: { examples: 90 },
};

async function outcomeOf(run: TrainRun) {
  const { model: trained, history, updates, examples, epochs } = await run.result;
  const { seconds: _, ...evaluations } = history.evaluations;
  return {
    parameters: trained.parameters,
    history: { ...history, evaluations },
    ...{ updates, examples, epochs },
  };
}

describe("a stored data set", () => {
  it("trains bit by bit as in memory, whatever the window, the batch and the passes", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 200 }),
        fc.oneof(fc.integer({ min: 1, max: 150 }), fc.constantFrom(1, 149, 150)),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        async (windowRows, batchSize, microBatch, dropLast) => {
          // Where not even a pass is at hand, passes are shorter than in memory, and sums are rounded in another order.
          fc.pre(windowRows >= Math.min(batchSize, microBatch));
          const store = storeOf(data, windowRows);
          const all = { ...options, batchSize, microBatch, dropLast };
          const stored = await outcomeOf(train(model, store.data, all));
          expect(stored).toEqual(await outcomeOf(train(model, data, all)));
          expect(store.open()).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("is the same to 1e-12 where not even a pass fits, full batch too", async () => {
    const shared = { ...options, dtype: "float64", batchSize: "full" } as const;
    const wide = fromArrays(Float64Array.from(data.x.data), data.y.data as Int32Array, {
      dtype: "float64",
    });
    const { validation: _, validateEvery: __, ...rest } = shared;
    const inMemory = await outcomeOf(train(model, wide, rest));
    const stored = await outcomeOf(train(model, storeOf(wide, 7).data, rest));
    stored.history.updates.loss.forEach((loss, u) => {
      expect(loss).toBeCloseTo(inMemory.history.updates.loss[u]!, 12);
    });
  });

  it("is the same on the loops engine", async () => {
    const all = { ...options, batchSize: 40, engine: "loops" } as const;
    const stored = await outcomeOf(train(model, storeOf(data, 33).data, all));
    expect(stored).toEqual(await outcomeOf(train(model, data, all)));
  });

  it("reads each row once an epoch, in the order of the visits, one window ahead", async () => {
    const { reads, data: stored } = storeOf(data, 32);
    const { validation: _, validateEvery: __, ...rest } = options;
    await train(model, stored, { ...rest, batchSize: 10, epochs: 2 }).result;
    expect(reads.map((rows) => rows.length)).toEqual([30, 30, 30, 30, 30, 30, 30, 30, 30, 30]);
    for (const epoch of [0, 5]) {
      const rows = reads.slice(epoch, epoch + 5).flatMap((read) => [...read]);
      expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 150 }, (_, i) => i));
    }
  });

  it("is evaluated as in memory, in parts", async () => {
    const many = threeClasses(2500, 5, "float32");
    const stored = storeOf(many, 1100).data;
    const onStored = await outcomeOf(train(model, data, { ...options, validation: stored }));
    expect(onStored).toEqual(await outcomeOf(train(model, data, { ...options, validation: many })));
    const { model: trained } = await train(model, data, options).result;
    const whole = await trained.evaluate(many);
    expect(await trained.evaluate(stored)).toEqual(whole);
    // Windows shorter than a call add up in another order.
    const { loss, metrics } = await trained.evaluate(storeOf(many, 7).data);
    expect(loss / whole.loss).toBeCloseTo(1, 6);
    expect(metrics).toEqual(whole.metrics);
  });

  it("is gone on with from a checkpoint inside a window", async () => {
    const stored = () => storeOf(data, 40).data;
    const undisturbed = await outcomeOf(train(model, stored(), options));
    for (const updates of [1, 3, 5, 8]) {
      const checkpoints: Checkpoint[] = [];
      for await (const event of train(model, stored(), {
        ...options,
        updates,
        checkpointEvery: {},
      }))
        if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
      const resume = checkpoints.at(-1)!;
      expect(await outcomeOf(train(model, stored(), { ...options, resume }))).toEqual(undisturbed);
    }
  });

  it("tells a failure of its reader, and closes it", async () => {
    let closed = 0;
    const broken = {
      ...storeOf(data, 40).data,
      open: () =>
        Promise.resolve({
          read: () => Promise.reject(new Error("the disk is gone")),
          close: () => {
            closed++;
            return Promise.resolve();
          },
        }),
    };
    await expect(train(model, broken, options).result).rejects.toThrow("the disk is gone");
    expect(closed).toBe(1);
  });

  it.each<readonly [string, TrainOptions, string]>([
    ["validationSplit", { validationSplit: 0.1 }, "validationSplit is for data in memory"],
    ["sampleWeight", { sampleWeight: [1] }, "sampleWeight is for data in memory"],
  ])("refuses %s", (_, more, words) => {
    expect(() => train(model, storeOf(data, 9).data, more)).toThrow(words);
  });

  it("refuses more classes than the model has outputs", () => {
    const four = { ...storeOf(data, 9).data, classes: ["a", "b", "c", "d"] };
    expect(() => train(model, four)).toThrow("it has 4 classes, and the model 3 outputs");
  });
});

/** The rows of `dataset` in chunks of the given sizes, which are repeated. */
async function* chunksOf(dataset: Dataset, sizes: readonly number[]): AsyncGenerator<StreamChunk> {
  for (let start = 0, i = 0; start < dataset.size; i++) {
    const end = Math.min(dataset.size, start + sizes[i % sizes.length]!);
    await Promise.resolve();
    yield {
      x: dataset.x.data.slice(start * 5, end * 5),
      y: dataset.y.data.slice(start, end),
    };
    start = end;
  }
}

describe("a stream", () => {
  const inMemory = (more: TrainOptions) =>
    outcomeOf(train(model, data, { ...options, shuffle: false, epochs: 1, ...more }));

  it("trains bit by bit as the same examples in order, wherever its chunks are cut", async () => {
    const { epochs: _, ...rest } = options;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 150 }),
        fc.boolean(),
        fc.boolean(),
        async (sizes, batchSize, dropLast, known) => {
          const stream = await fromStream(chunksOf(data, sizes), known ? { size: 150 } : {});
          const all = { batchSize, dropLast, validateEvery: { updates: 4 } };
          const streamed = await outcomeOf(train(model, stream, { ...rest, ...all }));
          const expected = await inMemory(all);
          if (!known) delete (streamed.history.evaluations as { epochs?: unknown }).epochs;
          if (!known) delete (expected.history.evaluations as { epochs?: unknown }).epochs;
          expect(streamed).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("is taken as it is", async () => {
    const { epochs: _, validateEvery: __, ...rest } = options;
    const streamed = await outcomeOf(
      train(model, chunksOf(data, [11, 4]), { ...rest, batchSize: 16 }),
    );
    expect(streamed).toEqual(await inMemory({ batchSize: 16, validateEvery: { epochs: 1 } }));
  });

  it("ends with the budget, and is closed", async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<StreamChunk> {
      try {
        for (;;) {
          await Promise.resolve();
          yield { x: [[1, 2, 3, 4, 5]], y: [1] };
        }
      } finally {
        closed = true;
      }
    }
    const { updates } = await train(model, endless(), { batchSize: 8, updates: 30 }).result;
    expect(updates).toBe(30);
    expect(closed).toBe(true);
  });

  it("keeps to a schedule over its known length", async () => {
    const optimizer = sgd({ learningRate: schedules.cosine(0.1) });
    const stream = await fromStream(chunksOf(data, [50]), { size: 150 });
    const { history } = await train(model, stream, { optimizer, batchSize: 10, seed: 1 }).result;
    const { history: expected } = await train(model, data, {
      ...{ optimizer, batchSize: 10, shuffle: false, seed: 1 },
    }).result;
    expect(history.updates.learningRate).toEqual(expected.updates.learningRate);
  });

  it("is gone on with from a checkpoint, when it is given again", async () => {
    const { epochs: _, ...rest } = options;
    const undisturbed = await outcomeOf(
      train(model, chunksOf(data, [13]), { ...rest, batchSize: 8 }),
    );
    const checkpoints: Checkpoint[] = [];
    const first = train(model, chunksOf(data, [13]), {
      ...{ ...rest, batchSize: 8, updates: 7, checkpointEvery: {} },
    });
    for await (const event of first)
      if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
    const resume = checkpoints.at(-1)!;
    const resumed = train(model, chunksOf(data, [29]), { ...rest, batchSize: 8, resume });
    expect(await outcomeOf(resumed)).toEqual(undisturbed);
    const short = train(model, chunksOf(threeClasses(30, 5, "float32"), [9]), {
      ...rest,
      batchSize: 8,
      resume,
    });
    await expect(short.result).rejects.toThrow(
      "the stream ended 26 examples before the place of the checkpoint",
    );
  });

  it.each<readonly [string, readonly unknown[], TrainOptions, string]>([
    ["no chunk", [], {}, "the stream gave no examples"],
    ["a chunk without y", [{ x: [[1]] }], {}, "chunk 0 of the stream must be { x, y }"],
    [
      "a narrower chunk",
      [
        { x: [[1, 2]], y: [0] },
        { x: [[1]], y: [0] },
      ],
      {},
      "chunk 1 of the stream must have rows like the first: x float32[2], y int32[]; got x float32[1]",
    ],
    ["NaN", [{ x: [[1, NaN]], y: [0] }], {}, "chunk 0 of the stream: x[0][1] is NaN"],
    [
      "a label that is out of range",
      [{ x: [[1]], y: [7] }],
      {},
      "label 7 in row 0 is out of range",
    ],
    [
      "names without classes",
      [{ x: [[1]], y: ["cat"] }],
      {},
      "give classes, the names of all classes",
    ],
    ["epochs", [{ x: [[1]], y: [1] }], { epochs: 2 }, "epochs must be 1 for a stream"],
    ["a sampler", [{ x: [[1]], y: [1] }], { shuffle: true }, "a stream comes in its own order"],
    ["a full batch", [{ x: [[1]], y: [1] }], { batchSize: "full" }, 'batchSize "full" needs'],
    [
      "dropLast without a whole batch",
      [{ x: [[1]], y: [1] }],
      { dropLast: true, batchSize: 2 },
      "dropLast leaves no update: the stream gave 1 examples, and a batch has 2",
    ],
  ])("refuses %s", async (_, chunks, more, words) => {
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream without waiting
    async function* source() {
      yield* chunks as StreamChunk[];
    }
    await expect(train(sequential([dense(3)]), source(), more).result).rejects.toThrow(words);
  });
});
