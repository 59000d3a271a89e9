/** @file Probes: they look at a run when they want to, and may change its batch size. */
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  relu,
  sequential,
  sgd,
  train,
  type Checkpoint,
  type ProbePoint,
  type RunEvent,
  type RunProbe,
  type TrainOptions,
  type TrainRun,
} from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";
import { storeOf } from "./support/stored.ts";

const data = threeClasses(150, 5, "float32");
const model = sequential([dense(8), relu(), dense(3)]);

/** At these numbers of examples the batch size becomes that, and the learning rate is multiplied by √ of the ratio to 10. */
function stepsProbe(steps: Readonly<Record<number, number>>, points: ProbePoint[] = []): RunProbe {
  const moments = Object.keys(steps).map(Number);
  return {
    name: "steps",
    open: () =>
      Promise.resolve({
        look(memory, point) {
          points.push(point);
          const seen = Number(memory ?? 0);
          const batchSize = steps[point.position.examples];
          const nextAt = moments.find((at) => at > point.position.examples) ?? Infinity;
          return Promise.resolve({
            state: { memory: seen + 1, nextAt },
            measured: { seen },
            ...(batchSize === undefined
              ? {}
              : { change: { batchSize, rateFactor: Math.sqrt(batchSize / 10), reason: "a step" } }),
          });
        },
        close: () => Promise.resolve(),
      }),
  };
}

const options: TrainOptions = {
  ...{ optimizer: adam({ learningRate: 0.01 }), batchSize: 10, epochs: 3, seed: 3 },
  probe: stepsProbe({ 50: 20, 210: 40, 340: 5 }),
};

async function eventsOf(run: TrainRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

async function leftBy(run: TrainRun) {
  const { model: trained, history, updates, examples, batchSizes } = await run.result;
  return {
    batchSizes,
    parameters: trained.parameters,
    updates: history.updates,
    loss: history.loss,
    at: [updates, examples],
  };
}

describe("a probe", () => {
  it("looks before the first update, and when it asked to", async () => {
    const points: ProbePoint[] = [];
    const run = train(model, data, { ...options, probe: stepsProbe({ 50: 20, 210: 40 }, points) });
    const events = await eventsOf(run);
    expect(points.map(({ position }) => position.examples)).toEqual([0, 50, 210]);
    expect(points.map(({ batchSize }) => batchSize)).toEqual([10, 10, 20]);
    expect(points[2]!.learningRate).toBeCloseTo(0.01 * Math.SQRT2, 15);
    expect(points[2]!.epochs).toBeCloseTo(1.4, 12);
    expect((await run.result).batchSizes).toEqual([
      { epoch: 0, batch: 5, updates: 5, batchSize: 20, rateFactor: Math.SQRT2, reason: "a step" },
      { epoch: 1, batch: 3, updates: 13, batchSize: 40, rateFactor: 2, reason: "a step" },
    ]);
    expect(events.filter(({ type }) => type === "probe")).toMatchObject([
      { updates: 0, measured: { seen: 0 } },
      { updates: 5, measured: { seen: 1 } },
      { updates: 13, measured: { seen: 2 } },
    ]);
    expect(events.filter(({ type }) => type === "batchSize")).toMatchObject([
      { updates: 5, from: 10, batchSize: 20, factor: Math.SQRT2, reason: "a step" },
      { updates: 13, from: 20, batchSize: 40, factor: 2 },
    ]);
  });

  it("changes the size of the batches from there on, also inside an epoch, and their learning rate", async () => {
    const { history } = await train(model, data, options).result;
    const sizes = [...history.updates.batchSize];
    // 150 an epoch: 5 × 10 and 5 × 20 · 3 × 20, 2 × 40 and 10 · 1 × 40 to example 340, then 22 × 5
    expect(sizes).toEqual([
      ...new Array<number>(5).fill(10),
      ...new Array<number>(5).fill(20),
      ...[20, 20, 20, 40, 40, 10],
      ...[40, ...new Array<number>(22).fill(5)],
    ]);
    expect(history.updates.learningRate.at(-1)).toBeCloseTo(0.01 * Math.sqrt(0.5), 15);
    expect(history.loss).toHaveLength(3);
  });

  it("visits the same examples in the same order", async () => {
    // The sum of the gradients of a linear loss does not depend on how its examples are batched; the order is seen in x.
    const plain = train(model, data, {
      ...options,
      probe: stepsProbe({}),
      batchSize: 1,
      engine: "loops",
      epochs: 1,
    });
    const probed = train(model, data, {
      ...options,
      probe: stepsProbe({ 30: 1 }),
      batchSize: 1,
      engine: "loops",
      epochs: 1,
    });
    const { history: a } = await plain.result;
    const { history: b } = await probed.result;
    expect(a.updates.loss.subarray(0, 31)).toEqual(b.updates.loss.subarray(0, 31));
    expect(b.updates.batchSize).toHaveLength(150);
  });

  it("is gone on with from a checkpoint, bit by bit", async () => {
    const undisturbed = await leftBy(train(model, data, options));
    for (const updates of [1, 5, 6, 12, 13, 14, 16, 17, 20]) {
      const first = await eventsOf(
        train(model, data, { ...options, updates, checkpointEvery: {} }),
      );
      const { checkpoint } = first.find((event) => event.type === "checkpoint")!;
      const resumed = train(model, data, { ...options, resume: checkpoint });
      expect(await leftBy(resumed)).toEqual(undisturbed);
    }
  });

  it("works on stored data, whose windows move", async () => {
    const inMemory = await leftBy(train(model, data, options));
    for (const windowRows of [40, 64, 150]) {
      expect(await leftBy(train(model, storeOf(data, windowRows).data, options))).toEqual(inMemory);
    }
  });

  it("is undone with what it changed when the run is rolled back", async () => {
    const run = train(model, data, {
      ...options,
      optimizer: sgd({ learningRate: 200 }),
      onDivergence: "rollback",
      probe: stepsProbe({ 50: 20 }),
    });
    const events = await eventsOf(run);
    expect(events.some(({ type }) => type === "rollback")).toBe(true);
    const { history } = await run.result;
    expect([...history.updates.batchSize].slice(0, 6)).toEqual([10, 10, 10, 10, 10, 20]);
  });

  it("must be the same when a run goes on", async () => {
    const events = await eventsOf(
      train(model, data, { ...options, updates: 7, checkpointEvery: {} }),
    );
    const checkpoint: Checkpoint = events.find((event) => event.type === "checkpoint")!.checkpoint;
    const { probe: _, ...without } = options;
    expect(() => train(model, data, { ...without, resume: checkpoint })).toThrow(
      'resume: probe was "steps" when the checkpoint of update 7 was taken, and is null now',
    );
  });
});
