/** @file What a run records, against numbers worked out by hand: losses, weights, learning rates, gradient norms. */
import { describe, expect, it } from "vitest";
import {
  dense,
  fromArrays,
  inOrder,
  ops,
  relu,
  schedules,
  sequential,
  sgd,
  train,
  type Dataset,
  type TrainOptions,
} from "../src/index.ts";
import { gap } from "./support/close.ts";
import { flatParameters, gradientOf, someWeights, startOf, threeClasses } from "./support/runs.ts";

const data = threeClasses(50);
const model = sequential([dense(4), relu(), dense(3)]);
const float64 = { dtype: "float64" } as const;
const shared: TrainOptions = { ...float64, batchSize: 16, seed: 1 }; // 4 updates an epoch, the last of 2

describe("losses", () => {
  it("of an epoch are the mean of its batches, weighted by their sizes", async () => {
    const { history } = await train(model, data, { ...shared, epochs: 3, l2: 0.01 }).result;
    const { loss, batchSize } = history.updates;
    expect(Array.from(batchSize)).toEqual([16, 16, 16, 2, 16, 16, 16, 2, 16, 16, 16, 2]);
    const byHand = [0, 1, 2].map((epoch) =>
      [0, 1, 2, 3].reduce((sum, k) => sum + (loss[4 * epoch + k]! * batchSize[k]!) / 50, 0),
    );
    expect(gap(history.loss, byHand)).toBeLessThan(1e-14);
  });

  it("of a batch are those before its update, over its own examples", async () => {
    // y = wx with w = 1, x = 1, …, 5 and targets 0: squared errors w²x²; w falls to 0 in the first update.
    const line = fromArrays([[1], [2], [3], [4], [5]], [[0], [0], [0], [0], [0]], {
      ...float64,
      task: "regression",
    });
    const { history } = await train(sequential([dense(1, { bias: false })]), line, {
      ...float64,
      sampler: inOrder(),
      batchSize: 2,
      epochs: 1,
      initialParameters: { "0.weight": [1] },
      // gradient of the first batch: 2w (1² + 2²) / 2 = 5
      optimizer: sgd({ learningRate: 0.1 }),
    }).result;
    const w1 = 1 - 0.1 * 5;
    const w2 = w1 - 0.1 * w1 * (9 + 16);
    const expected = [(1 + 4) / 2, (w1 ** 2 * (9 + 16)) / 2, w2 ** 2 * 25];
    expect(gap(history.updates.loss, expected)).toBeLessThan(1e-14);
  });

  it("and gradients count weights of classes and examples, over the number of examples", async () => {
    // Softmax of zero logits: every example loses log 3, and has gradient (1/3 − [c = y]) x.
    const [rows, labels] = [
      [[1], [2], [4], [8]],
      [0, 1, 2, 1],
    ];
    const [perExample, perClass] = [
      [1, 0.5, 2, 4],
      [3, 10, 0.25],
    ];
    const weights = perExample.map((weight, i) => weight * perClass[labels[i]!]!);
    const start = { "0.weight": [0, 0, 0] };
    const linear = sequential([dense(3, { bias: false })]);
    const set = fromArrays(rows, labels, float64);
    const options = { classWeight: perClass, sampleWeight: perExample };
    const { history } = await train(linear, set, {
      ...float64,
      ...options,
      initialParameters: start,
      sampler: inOrder(),
      batchSize: "full",
      updates: 1,
    }).result;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(history.updates.loss[0]).toBeCloseTo((Math.log(3) * total) / 4, 14);
    const gradient = await gradientOf(linear, set, start, [0, 1, 2, 3], options);
    const byHand = [0, 1, 2].map((c) =>
      rows.reduce(
        (sum, [x], i) => sum + (weights[i]! * (1 / 3 - (labels[i] === c ? 1 : 0)) * x!) / 4,
        0,
      ),
    );
    expect(gap(gradient, byHand)).toBeLessThan(1e-14);
    // Weights of the data set itself are the same weights.
    const own = fromArrays(rows, labels, { ...float64, sampleWeight: perExample });
    const again = await gradientOf(linear, own, start, [0, 1, 2, 3], { classWeight: perClass });
    expect(again).toEqual(gradient);
  });

  it("of the validation data are plain means: no weights, no penalty", async () => {
    const validation = fromArrays([[1], [2]], [0, 1], float64);
    const training = fromArrays([[1], [2], [3]], [0, 1, 2], { ...float64, classes: 3 });
    const { history } = await train(sequential([dense(3, { bias: false })]), training, {
      ...float64,
      initialParameters: { "0.weight": [0, 0, 1] },
      sampleWeight: [5, 6, 7],
      classWeight: [1, 2, 3],
      l2: 1,
      validation,
      signal: AbortSignal.abort(),
    }).result;
    const [first, second] = [Math.log(2 + Math.E), Math.log(2 + Math.E ** 2)];
    expect(history.evaluations.loss[0]).toBeCloseTo((first + second) / 2, 14);
    expect(history.evaluations.metrics["accuracy"]).toEqual([0]);
  });
});

type Schedule = ReturnType<typeof schedules.constant>;

describe("learning rates", () => {
  const rates = async (learningRate: Schedule, options: TrainOptions = {}) => {
    const { history } = await train(model, data, {
      ...shared,
      optimizer: sgd({ learningRate }),
      epochs: 2,
      ...options,
    }).result;
    return Array.from(history.updates.learningRate);
  };
  const visited = [0, 16, 32, 48, 50, 66, 82, 98]; // examples before each update of two epochs

  it("follow a cosine over the epochs of the run", async () => {
    const expected = visited.map((t) => 0.05 * (1 + Math.cos((Math.PI * t) / 100)));
    expect(gap(await rates(schedules.cosine(0.1)), expected)).toBeLessThan(1e-15);
  });

  it.each([
    ["updates", { epochs: 9, updates: 8 }],
    ["examples", { epochs: 9, examples: 100 }],
  ])("follow a cosine over the %s of the run, short batches included", async (_, budget) => {
    const expected = visited.map((t) => 0.05 * (1 + Math.cos((Math.PI * t) / 100)));
    expect(gap(await rates(schedules.cosine(0.1), budget), expected)).toBeLessThan(1e-15);
  });

  it("warm up", async () => {
    const schedule = schedules.warmup(0.3, { over: { examples: 66 }, start: 0.1 });
    const expected = visited.map((t) => 0.3 * Math.min(1, 0.1 + (0.9 * t) / 66));
    expect(gap(await rates(schedule), expected)).toBeLessThan(1e-15);
  });

  it("fall on a plateau, with an event", async () => {
    // Labels that no model can learn from one constant input: the loss is on its plateau from the start.
    const constant = fromArrays(
      Array.from({ length: 9 }, () => [0]),
      Array.from({ length: 9 }, (_, i) => i % 3),
      float64,
    );
    const run = train(sequential([dense(3, { bias: false })]), constant, {
      ...float64,
      optimizer: sgd({ learningRate: schedules.onPlateau(0.1, { factor: 0.5, patience: 1 }) }),
      batchSize: "full",
      epochs: 6,
      validation: constant,
    });
    const events = [];
    for await (const event of run) if (event.type === "learningRate") events.push(event);
    // The first value is the best; two more without improvement reduce.
    expect(events.map(({ updates, factor }) => [updates, factor])).toEqual([
      [3, 0.5],
      [5, 0.25],
    ]);
    const { learningRate } = (await run.result).history.updates;
    expect(Array.from(learningRate)).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.025]);
  });

  it("fall on a plateau of the training loss where there is no validation, at the ends of epochs", async () => {
    const constant = fromArrays(new Float64Array(10), [0, 1, 0, 1, 0, 1, 0, 1, 0, 1], {
      ...float64,
      shape: [1],
    });
    const options: TrainOptions = {
      ...float64,
      optimizer: sgd({ learningRate: schedules.onPlateau(0.1, { factor: 0.5, patience: 1 }) }),
      batchSize: 4, // 3 updates an epoch, the last of 2
      epochs: 6,
    };
    const run = train(sequential([dense(2, { bias: false })]), constant, options);
    const events = [];
    for await (const event of run) if (event.type === "learningRate") events.push(event);
    expect(events.map(({ updates, factor }) => [updates, factor])).toEqual([
      [9, 0.5],
      [15, 0.25],
    ]);
    expect(events[0]!.reason).toBe("no better training loss than 0.6931");
    const { learningRate } = (await run.result).history.updates;
    expect(Array.from(learningRate)).toEqual([
      ...new Array<number>(9).fill(0.1),
      ...new Array<number>(6).fill(0.05),
      ...new Array<number>(3).fill(0.025),
    ]);
  });
});

describe("gradient norms", () => {
  it("are those of the gradient with its penalty, before clipping", async () => {
    const start = await startOf(model, data, { ...shared });
    const options = { l2: 0.3, sampleWeight: someWeights(50) };
    const rows = Array.from({ length: 50 }, (_, i) => i);
    const gradient = await gradientOf(model, data, start, rows, options);
    const norm = Math.hypot(...gradient);
    const clipNorm = norm / 3;
    const result = await train(model, data, {
      ...shared,
      ...options,
      batchSize: "full",
      updates: 1,
      initialParameters: start,
      clipNorm,
      gradientNorm: true,
      optimizer: sgd({ learningRate: 1 }),
    }).result;
    expect(result.history.updates.gradientNorm).toHaveLength(1);
    expect(gap(result.history.updates.gradientNorm!, [norm])).toBeLessThan(1e-12);
    // What the update took away has the clipped norm (PyTorch's 10⁻⁶ beside it).
    const before = Object.values(start).flatMap((values) => Array.from(values));
    const taken = flatParameters(result).map((value, i) => before[i]! - value);
    expect(Math.hypot(...taken)).toBeCloseTo((norm * clipNorm) / (norm + 1e-6), 12);
  });

  it("are not recorded unless asked for", async () => {
    const { history } = await train(model, data, { ...shared, updates: 1 }).result;
    expect(history.updates).not.toHaveProperty("gradientNorm");
  });
});

describe("the data of a run", () => {
  it("validationSplit sets the last rows apart, before shuffling", async () => {
    // Targets are row numbers; the loss of a constant 0 model is the mean of their squares.
    const rows = Array.from({ length: 10 }, (_, i) => i);
    const numbered = fromArrays(
      rows.map(() => [1]),
      rows.map((i) => [i]),
      { ...float64, task: "regression" },
    );
    const split = (set: Dataset, validationSplit: number) =>
      train(sequential([dense(1, { bias: false })]), set, {
        ...float64,
        validationSplit,
        loss: {
          name: "target",
          perExample: (z, y) => ops.reduceSum(ops.add(y, ops.mul(z, 0)), { axes: [1] }),
        },
        batchSize: 1,
        seed: 3,
      }).result;
    const { history, examples } = await split(numbered, 0.25); // ⌈2.5⌉ = 3 rows: 7, 8, 9
    expect(examples).toBe(7);
    expect(history.valLoss).toEqual([8]);
    const visited = Array.from(history.updates.loss);
    expect(visited.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(visited).not.toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("bytes are scaled in the graph", async () => {
    const bytes = fromArrays(new Uint8Array([0, 51, 102, 255]), [0, 1, 2, 0], { scale: 1 / 255 });
    const floats = fromArrays([[0], [0.2], [0.4], [1]], [0, 1, 2, 0], float64);
    const options = { ...float64, seed: 4, epochs: 5, batchSize: 2 };
    const [fromBytes, fromFloats] = [
      await train(model, bytes, options).result,
      await train(model, floats, options).result,
    ];
    expect(gap(flatParameters(fromBytes), flatParameters(fromFloats))).toBeLessThan(1e-13);
  });

  it("evaluations are recorded with where they happened, the last one at the end", async () => {
    const { history } = await train(model, data, {
      ...shared,
      updates: 10,
      validation: data,
      validateEvery: { updates: 3 },
    }).result;
    const { updates, examples, epochs, seconds } = history.evaluations;
    expect(updates).toEqual([3, 6, 9, 10]);
    expect(examples).toEqual([48, 82, 116, 132]);
    expect(gap(epochs, [0.96, 1.64, 2.32, 2.64])).toBeLessThan(1e-15);
    expect(seconds.toSorted((a, b) => a - b)).toEqual(seconds);
    // By epoch: the last evaluation within each of the two whole ones.
    expect(history.valLoss).toEqual([history.evaluations.loss[0], history.evaluations.loss[1]]);
  });
});
