/** @file When a run ends: budgets, targets, early stopping, an abort. */
import { describe, expect, it } from "vitest";
import {
  dense,
  fromArrays,
  ops,
  relu,
  sequential,
  sgd,
  train,
  type Metric,
  type RunEvent,
  type TrainOptions,
  type TrainRun,
  type Value,
} from "../src/index.ts";
import { flatParameters, threeClasses } from "./support/runs.ts";

const data = threeClasses(100);
const model = sequential([dense(4), relu(), dense(3)]);
const shared: TrainOptions = { batchSize: 16, seed: 1, dtype: "float64" }; // 7 updates an epoch, the last of 4

interface Step {
  readonly parameter: Value;
  readonly coefficients: Readonly<Record<string, Value>>;
}

async function eventsOf(run: TrainRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

describe("budgets", () => {
  it.each([
    ["one epoch when none is given", {}, 7, 100, 1],
    ["epochs", { epochs: 3 }, 21, 300, 3],
    ["half an epoch: the update that reaches example 50", { epochs: 0.5 }, 4, 64, 0.64],
    ["two and a half epochs", { epochs: 2.5 }, 18, 264, 2.64],
    ["2.99 epochs: the last, short batch is needed", { epochs: 2.99 }, 21, 300, 3],
    ["updates", { updates: 10 }, 10, 148, 1.48],
    ["updates to the end of an epoch", { updates: 14 }, 14, 200, 2],
    ["examples, rounded up to the update that reaches them", { examples: 120 }, 9, 132, 1.32],
    ["examples at the end of an update", { examples: 132 }, 9, 132, 1.32],
    ["the first of several: updates", { epochs: 5, updates: 3, examples: 90 }, 3, 48, 0.48],
    ["the first of several: examples", { epochs: 5, updates: 30, examples: 90 }, 6, 96, 0.96],
    ["the first of several: epochs", { epochs: 1, updates: 30, examples: 900 }, 7, 100, 1],
    ["no bound but one", { epochs: Infinity, updates: 2 }, 2, 32, 0.32],
    ["epochs without the short batch", { epochs: 2, dropLast: true }, 12, 192, 2],
    ["a full batch", { batchSize: "full", epochs: 4 }, 4, 400, 4],
    ["one example an update", { batchSize: 1, epochs: 1 }, 100, 100, 1],
  ] as const)("%s", async (_, options, updates, examples, epochs) => {
    const run = train(model, data, { ...shared, ...options });
    const events = await eventsOf(run);
    const result = await run.result;
    expect(result).toMatchObject({ updates, examples, reason: "budget" });
    expect(result.epochs).toBeCloseTo(epochs, 12);
    expect(result.history.updates.loss).toHaveLength(updates);
    expect(result.history.updates.batchSize.reduce((a, b) => a + b, 0)).toBe(examples);
    expect(result.history.epoch).toEqual(
      Array.from({ length: Math.floor(epochs) }, (__, i) => i + 1),
    );
    expect(events.filter(({ type }) => type === "epoch")).toHaveLength(Math.floor(epochs));
    expect(events.at(-1)).toMatchObject({ type: "end", reason: "budget", updates, examples });
  });

  it("seconds of training end a run that has no other bound", async () => {
    const run = train(model, data, { ...shared, seconds: 0.05 });
    const result = await run.result;
    expect(result.reason).toBe("budget");
    expect(result.seconds).toBeGreaterThanOrEqual(0.05);
    expect(result.updates).toBeGreaterThan(7);
  });

  // N, B -> updates an epoch, without the short batch, its size (counted by hand)
  it.each([
    [300, 64, 5, 4, 44],
    [148, 64, 3, 2, 20],
    [1000, 10, 100, 100, 10],
    [600, 128, 5, 4, 88],
    [7, 7, 1, 1, 7],
    [7, 4, 2, 1, 3],
  ])(
    "%i examples in batches of %i: %i updates, %i whole",
    async (size, batchSize, updates, whole, last) => {
      const some = fromArrays(
        Array.from({ length: size }, (_, i) => [i / size]),
        Array.from({ length: size }, (_, i) => [i / size]),
        { task: "regression" },
      );
      const count = (dropLast: boolean) =>
        train(sequential([dense(1)]), some, { batchSize, dropLast, epochs: 1, seed: 1 }).result;
      const kept = (await count(false)).history.updates.batchSize;
      expect(kept).toHaveLength(updates);
      expect(kept.at(-1)).toBe(last);
      expect((await count(true)).history.updates.batchSize).toEqual(
        new Float64Array(whole).fill(batchSize),
      );
    },
  );
});

describe("targets", () => {
  const validated: TrainOptions = {
    ...shared,
    optimizer: sgd({ learningRate: 0.5 }),
    validation: data,
    validateEvery: { updates: 5 },
    epochs: 20,
  };

  it("stop the run at the first evaluation that reaches them, and say when that was", async () => {
    const run = train(model, data, { ...validated, target: { monitor: "accuracy", value: 0.8 } });
    const events = await eventsOf(run);
    const { reason, target, updates, examples, history } = await run.result;
    const { accuracy } = history.evaluations.metrics;
    expect(reason).toBe("target");
    expect(accuracy!.findIndex((value) => value >= 0.8)).toBe(accuracy!.length - 1);
    expect(target).toMatchObject({ updates, examples });
    expect(history.evaluations.updates.at(-1)).toBe(updates);
    const [event] = events.filter(({ type }) => type === "target");
    expect(event).toMatchObject({ ...target, monitor: "accuracy", value: 0.8 });
  });

  it.each(["valLoss", "loss"])("on the %s are reached from above", async (monitor) => {
    const { history, target } = await train(model, data, {
      ...validated,
      target: { monitor, value: 0.7, stop: false },
    }).result;
    const at = history.evaluations.loss.findIndex((value) => value <= 0.7);
    expect(at).toBeGreaterThan(0);
    expect(target?.updates).toBe(history.evaluations.updates[at]);
    expect(history.epoch).toHaveLength(20);
  });

  it("that are not reached are undefined", async () => {
    const { target, reason } = await train(model, data, {
      ...validated,
      epochs: 1,
      target: { monitor: "valAccuracy", value: 1 },
    }).result;
    expect([target, reason]).toEqual([undefined, "budget"]);
  });
});

describe("early stopping", () => {
  const one = fromArrays([[1]], [[0]], { task: "regression", dtype: "float64" });
  const losses = [5, 4, 4.5, 3, 3.5, 3.2, 3.1, 2, 1];
  /** The validation loss of the weight w is w²; an optimizer that ignores the gradient makes it these values. */
  const run = (earlyStopping: NonNullable<TrainOptions["earlyStopping"]>) => {
    const w = [1, ...losses].map(Math.sqrt);
    return train(sequential([dense(1, { bias: false })]), one, {
      optimizer: {
        name: "scripted",
        learningRate: 1,
        options: {},
        slots: {},
        coefficients: ({ update }: { update: number }) => ({ step: w[update - 1]! - w[update]! }),
        update: ({ parameter, coefficients }: Step) => ({
          parameter: ops.sub(parameter, coefficients["step"]!),
          slots: {},
        }),
      },
      metrics: [],
      batchSize: 1,
      epochs: losses.length,
      validation: one,
      dtype: "float64",
      initialParameters: { "0.weight": [1] },
      earlyStopping,
    }).result;
  };

  // As Keras: wait is counted from the best value, and stops the run when it reaches the patience.
  it.each([
    ["patience 0 stops at the first evaluation that is not better", { patience: 0 }, 3, 4],
    ["patience 1 as well", { patience: 1 }, 3, 4],
    ["patience 2", { patience: 2 }, 6, 3],
    ["patience 3", { patience: 3 }, 7, 3],
    ["patience 4 lets it pass", { patience: 4 }, 9, 1],
    ["small improvements do not count", { patience: 2, minDelta: 1.5 }, 3, 5],
    ["the last parameters when asked for", { patience: 2, restoreBest: false }, 6, 3.2],
  ] as const)("%s", async (_, earlyStopping, epochs, returned) => {
    const { history, model: trained, reason } = await run(earlyStopping);
    expect(history.valLoss.map((value) => Number(value.toFixed(9)))).toEqual(
      losses.slice(0, epochs),
    );
    expect(reason).toBe(epochs === losses.length ? "budget" : "earlyStopping");
    expect(trained.parameters["0.weight"]!.data[0]! ** 2).toBeCloseTo(returned, 9);
  });

  it("takes the first number for better than an evaluation that gave none", async () => {
    const values = [NaN, 3, 2, NaN, NaN, 1];
    const scripted: Metric = {
      name: "scripted",
      better: "lower",
      sumCount: 1,
      sums: (output) => [ops.reduceSum(output)],
      finish: () => values.shift()!,
    };
    const { history, reason } = await train(sequential([dense(1)]), one, {
      ...{ metrics: [scripted], epochs: 6, validation: one, dtype: "float64" },
      earlyStopping: { monitor: "scripted", patience: 2 },
    }).result;
    expect(history.evaluations.metrics["scripted"]).toEqual([NaN, 3, 2, NaN, NaN]);
    expect(reason).toBe("earlyStopping");
  });
});

describe("an abort", () => {
  it("in the middle keeps history and parameters", async () => {
    const controller = new AbortController();
    const run = train(model, data, { ...shared, epochs: 1e6, signal: controller.signal });
    for await (const event of run)
      if (event.type === "epoch" && event.epoch >= 20) controller.abort();
    const result = await run.result;
    expect(result.reason).toBe("aborted");
    expect(result.updates).toBeGreaterThanOrEqual(140);
    expect(result.history.updates.loss).toHaveLength(result.updates);
    // The same updates, made without an abort, give the same parameters.
    const again = await train(model, data, { ...shared, updates: result.updates }).result;
    expect(flatParameters(again)).toEqual(flatParameters(result));
  });

  it("before the start makes no update", async () => {
    const result = await train(model, data, { ...shared, signal: AbortSignal.abort() }).result;
    expect(result).toMatchObject({ reason: "aborted", updates: 0, examples: 0, epochs: 0 });
  });
});
