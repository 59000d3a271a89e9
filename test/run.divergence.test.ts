/** @file Runs that diverge: stopped with what they have, or taken back with a lower learning rate. */
import { describe, expect, it, vi } from "vitest";
import {
  dense,
  DivergenceError,
  dropout,
  fromArrays,
  fromStream,
  onnxRuntime,
  relu,
  sequential,
  sgd,
  train,
  type Checkpoint,
  type RunEvent,
  type Runtime,
  type TrainOptions,
} from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";

/** Loss ½·2(w − 1)² on one example, so that w − 1 is multiplied by 1 − 2ε in each update. */
const data = fromArrays([[1]], [1], { task: "regression", dtype: "float64" });
const model = sequential([dense(1, { bias: false })]);
const options = (learningRate: number, more: TrainOptions = {}): TrainOptions => ({
  optimizer: sgd({ learningRate }),
  loss: "meanSquaredError",
  metrics: [],
  batchSize: 1,
  dtype: "float64",
  seed: 1,
  initialParameters: { "0.weight": [2] },
  ...more,
});

async function failureOf(run: ReturnType<typeof train>): Promise<DivergenceError> {
  const error: unknown = await run.result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DivergenceError);
  return error as DivergenceError;
}

/** On a clock on which everything takes 2 s, so that a chunk is one update. */
async function slowly(work: () => Promise<void>): Promise<void> {
  let clock = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (clock += 2000));
  try {
    await work();
  } finally {
    vi.restoreAllMocks();
  }
}

describe("an exploding loss", () => {
  it("stops the run where the mean over 32 examples passes a thousand times that before the first update", async () => {
    // ε = 1.01: the loss is 1.0404ᵗ after t updates, by (1 − 2ε)². Its mean over the last 32 is (1.0404³² − 1) / (32 · 0.0404) = 1.974 times the first of
    // them, so it passes 1000 with the one after log (1000 / 1.974) / log 1.0404 = 157.3 updates as the first, and that of update 158 + 32 as the last.
    const error = await failureOf(train(model, data, options(1.01, { updates: 1000 })));
    expect(error.update).toBe(158 + 32);
    expect(error.startLoss).toBe(1);
    expect(error.loss / 1.0404 ** (error.update - 1)).toBeCloseTo(1, 9);
    expect(error.message).toMatch(
      /^training diverged at update 190: the loss rose to \d+(\.\d+)? \(from 1 at the start\) at learning rate 1\.01 /,
    );
    expect(error.history.updates.loss).toHaveLength(189);
    expect(error.checkpoint).toBeUndefined();
  });

  it("is noticed at the same update where a chunk has one update only", async () => {
    await slowly(async () => {
      const error = await failureOf(train(model, data, options(1.01, { updates: 1000 })));
      expect([error.update, error.startLoss]).toEqual([190, 1]);
    });
  });

  it("is compared with the loss before the first update, of 32 examples where a batch has one", async () => {
    // 32 examples with y = 1 … 32 and w = 0: the loss is the mean of y², 33 · 65 / 6.
    const y = Float64Array.from({ length: 32 }, (_, i) => i + 1);
    const line = fromArrays(new Float64Array(32).fill(1), y, { task: "regression" });
    const start = { initialParameters: { "0.weight": [0] }, dtype: "float32" } as const;
    const error = await failureOf(train(model, line, options(1e3, { ...start, epochs: 100 })));
    expect(error.startLoss).toBeCloseTo((33 * 65) / 6, 3);
    expect(error.update).toBeLessThan(32);
  });

  it("is one update in a full batch of 32 examples or more", async () => {
    const many = fromArrays(
      Array.from({ length: 40 }, () => [1]),
      new Float64Array(40).fill(1),
      {
        task: "regression",
        dtype: "float64",
      },
    );
    const run = train(model, many, options(1.5, { batchSize: "full", updates: 100 }));
    // (1 − 2ε)² = 4: 4ᵗ > 1000 from t = 5 on, the sixth update.
    expect((await failureOf(run)).update).toBe(6);
  });

  it("is ignored on request, until it is infinite", async () => {
    const ignore = { onDivergence: "ignore" } as const;
    const { history } = await train(model, data, options(1.01, { ...ignore, updates: 1000 }))
      .result;
    expect(history.updates.loss.at(-1)).toBeGreaterThan(1e17);
    const error = await failureOf(train(model, data, options(3, { ...ignore, updates: 1000 })));
    expect(error.loss).toBe(Infinity);
  });

  it("is not one where the loss starts near 0", async () => {
    const start = { initialParameters: { "0.weight": [1 + 1e-6] } };
    const { history } = await train(model, data, options(1.01, { ...start, updates: 500 })).result;
    expect(history.updates.loss.at(-1)! / history.updates.loss[0]!).toBeGreaterThan(1e6);
  });

  it("names the last checkpoint", async () => {
    const checkpointEvery = { seconds: 1e-9 };
    const run = train(model, data, options(1.01, { updates: 1000, checkpointEvery }));
    const error = await failureOf(run);
    expect(error.checkpoint?.position.updates).toBe(64);
    expect(error.message).toContain("; the last checkpoint is of update 64\n");
  });
});

describe("a last update", () => {
  const classes = threeClasses(50);
  const network = sequential([dense(4), relu(), dense(3)]);
  const overflow: TrainOptions = { optimizer: sgd({ learningRate: 1e30 }), updates: 1 };

  it.each<[string, TrainOptions]>([
    ["without validation", {}],
    ["with validation", { validationSplit: 0.2 }],
    ["of the full batch", { batchSize: "full" }],
    ["of a batch in passes", { microBatch: 8 }],
    ["on the loops engine", { engine: "loops" }],
  ])("that overflows is noticed, %s", async (_, more) => {
    const error = await failureOf(train(network, classes, { ...overflow, ...more }));
    const batchSize = more.batchSize === "full" ? classes.size : 32;
    expect([error.update, error.learningRate, error.batchSize]).toEqual([1, 1e30, batchSize]);
    expect(Number.isFinite(error.loss)).toBe(false);
    expect(error.history.updates.loss).toHaveLength(1);
    // The last good parameters are those before it: as the run began.
    for (const { data } of Object.values(error.parameters))
      expect(data.every((value) => Math.abs(value) < 10)).toBe(true);
  });

  it("that overflows is noticed in a stream, and with dropout", async () => {
    const { x, y } = { x: [[1], [2], [3]], y: [0, 1, 0] };
    const chunks = () => fromStream([{ x, y }], { task: "classification" });
    const thin = sequential([dense(4), dropout(0.5), dense(2)]);
    const error = await failureOf(train(thin, await chunks(), { ...overflow, batchSize: 3 }));
    expect([error.update, Number.isFinite(error.loss)]).toEqual([1, false]);
    await train(thin, await chunks(), { batchSize: 2, seed: 1 }).result;
  });

  it("that makes the loss explode is one, unless that is ignored", async () => {
    // From 2, w − 1 becomes 1 − 2 · 50 = −99: the loss rises from 1 to 9801.
    const many = fromArrays(
      Array.from({ length: 32 }, () => [1]),
      new Float64Array(32).fill(1),
      { task: "regression", dtype: "float64" },
    );
    const of = (more: TrainOptions) => options(50, { batchSize: "full", updates: 1, ...more });
    const error = await failureOf(train(model, many, of({})));
    expect(error.loss).toBeCloseTo(9801, 9);
    expect(error.startLoss).toBe(1);
    expect(error.parameters["0.weight"]!.data[0]).toBe(2);
    const ignored = await train(model, many, of({ onDivergence: "ignore" })).result;
    expect(ignored.model.parameters["0.weight"]!.data[0]).toBe(-98);
    // Halved twice: w − 1 = 1 − 2 · 50 / 4 = −24, whose square is below 1000.
    const run = train(model, many, of({ onDivergence: "rollback" }));
    const events: RunEvent[] = [];
    for await (const event of run) events.push(event);
    expect(events.filter((event) => event.type === "rollback")).toHaveLength(2);
    expect((await run.result).model.parameters["0.weight"]!.data[0]).toBe(-23);
  });

  it("is looked at with the graphs that are open", async () => {
    for (const more of [{}, { microBatch: 8 }, { validationSplit: 0.2 }]) {
      let opened = 0;
      const runtime = await onnxRuntime();
      const counting: Runtime = {
        open: (bytes, given) => (opened++, runtime.open(bytes, given)),
      };
      await train(network, classes, { updates: 1, seed: 1, runtime: counting, ...more }).result;
      // One graph of whole batches; gradients and updates of passes; and the evaluation.
      expect(opened).toBe(Object.keys(more).length + 1);
    }
  });
});

describe('onDivergence: "rollback"', () => {
  it("goes back and halves the learning rate until the run converges", async () => {
    const run = train(model, data, options(3, { onDivergence: "rollback", updates: 300 }));
    const events: RunEvent[] = [];
    for await (const event of run) events.push(event);
    const rollbacks = events.filter((event) => event.type === "rollback");
    // ε = 3 and 1.5 diverge; 0.75 converges: |1 − 2ε| = 0.5.
    expect(rollbacks.map(({ factor }) => factor)).toEqual([0.5, 0.25]);
    expect(rollbacks.map(({ learningRate }) => learningRate)).toEqual([3, 1.5]);
    const { history, updates } = await run.result;
    expect(updates).toBe(300);
    expect(history.updates.loss).toHaveLength(300);
    expect(new Set(history.updates.learningRate)).toEqual(new Set([0.75]));
    // From 2: the error is (1 − 2 · 0.75)ᵗ.
    expect(history.updates.loss[10]).toBeCloseTo(0.25 ** 10, 12);
  });

  it("gives up after ten times", async () => {
    const run = train(model, data, options(1e9, { onDivergence: "rollback", updates: 300 }));
    const events: RunEvent[] = [];
    await expect(
      (async () => {
        for await (const event of run) events.push(event);
      })(),
    ).rejects.toThrow(DivergenceError);
    expect(events.filter((event) => event.type === "rollback")).toHaveLength(10);
  });

  it("counts epochs to the next checkpoint anew from where it goes back to", async () => {
    // At the end of an epoch checkpoints are a second apart at least.
    await slowly(async () => {
      const every = { onDivergence: "rollback", checkpointEvery: { epochs: 5 } } as const;
      const run = train(model, data, options(3, { ...every, epochs: 40 }));
      let since: number[] = [];
      let rollbacks = 0;
      for await (const event of run) {
        if (event.type === "checkpoint") since.push(event.updates);
        if (event.type !== "rollback") continue;
        since = [];
        rollbacks++;
        if (event.updates > 0) expect(event.updates % 5).toBe(0);
      }
      expect(rollbacks).toBeGreaterThan(0);
      expect(since.slice(0, 3).map((updates) => updates - since[0]!)).toEqual([0, 5, 10]);
      expect(since[0]).toBe(5);
    });
  });

  it("can be resumed: the lower learning rate is part of the checkpoint", async () => {
    const rollback = { onDivergence: "rollback", checkpointEvery: {} } as const;
    const whole = await train(model, data, options(3, { ...rollback, updates: 300 })).result;
    const checkpoints: Checkpoint[] = [];
    for await (const event of train(model, data, options(3, { ...rollback, updates: 120 })))
      if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
    const resume = checkpoints.at(-1)!;
    expect(resume.rateFactor).toBe(0.25);
    const resumed = await train(
      model,
      data,
      options(3, { ...rollback, updates: 300, resume: resume }),
    ).result;
    expect(resumed.model.parameters).toEqual(whole.model.parameters);
    expect(resumed.history.updates).toEqual(whole.history.updates);
  });
});
