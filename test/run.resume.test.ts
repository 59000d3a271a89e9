/** @file A run that is stopped and goes on from a checkpoint ends as one that was never stopped. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  dropout,
  relu,
  schedules,
  sequential,
  sgd,
  stratified,
  train,
  type Checkpoint,
  type RunEvent,
  type TrainOptions,
  type TrainRun,
} from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";

const data = threeClasses(150, 5, "float32");
const validation = threeClasses(40, 5, "float32");
const model = sequential([dense(8), relu(), dropout(0.3), dense(3)]);

/** What a run leaves, but for its seconds. */
async function outcomeOf(run: TrainRun) {
  const events: RunEvent[] = [];
  const checkpoints: Checkpoint[] = [];
  for await (const event of run) {
    if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
    else events.push(event);
  }
  const { model: trained, history, target, updates, examples, epochs, reason } = await run.result;
  const { seconds: _, ...evaluations } = history.evaluations;
  const { seconds: __, ...reached } = target ?? { seconds: 0 };
  return {
    checkpoints,
    events,
    left: {
      parameters: trained.parameters,
      history: { ...history, evaluations },
      ...{ reached, updates, examples, epochs, reason },
    },
  };
}

const adamOptions: TrainOptions = {
  optimizer: adam({ learningRate: 0.01 }),
  batchSize: 16,
  seed: 3,
  validation,
};

const cases: readonly (readonly [string, TrainOptions])[] = [
  ["Adam, dropout, a short last batch", adamOptions],
  ["float64, momentum", { ...adamOptions, dtype: "float64", optimizer: sgd({ momentum: 0.9 }) }],
  ["batch size 1", { ...adamOptions, batchSize: 1 }],
  ["full batch in micro-batches", { ...adamOptions, batchSize: "full", microBatch: 40 }],
  [
    "stratified, weighted classes",
    { ...adamOptions, sampler: stratified(), classWeight: [1, 2, 3] },
  ],
  ["evaluations by updates", { ...adamOptions, validateEvery: { updates: 7 } }],
  ["evaluations by part of an epoch", { ...adamOptions, validateEvery: { epochs: 0.3 } }],
  [
    "early stopping",
    { ...adamOptions, earlyStopping: { patience: 2 }, validateEvery: { updates: 3 } },
  ],
  ["gradient norms, clipping", { ...adamOptions, gradientNorm: true, clipNorm: 0.5 }],
  ["the loops engine", { ...adamOptions, engine: "loops" }],
  [
    "a plateau",
    {
      ...adamOptions,
      optimizer: sgd({ learningRate: schedules.onPlateau(0.5, { patience: 0 }) }),
      validateEvery: { updates: 4 },
    },
  ],
];

describe.each(cases)("%s", (_, options) => {
  it("stopped after any number of updates, it ends bit by bit as if it had not been", async () => {
    const whole = { ...options, epochs: options.batchSize === 1 ? 2 : 5 };
    const undisturbed = await outcomeOf(train(model, data, whole));
    const { updates } = undisturbed.left;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: updates }), { minLength: 1, maxLength: 3 }),
        async (stops) => {
          let resume: Checkpoint | undefined;
          for (const stop of stops.sort((a, b) => a - b)) {
            const { checkpoints } = await outcomeOf(
              train(model, data, {
                ...options,
                updates: stop,
                checkpointEvery: {},
                ...(resume && { resume }),
              }),
            );
            resume = checkpoints.at(-1);
            expect(resume?.position.updates).toBeLessThanOrEqual(stop);
          }
          const resumed = await outcomeOf(train(model, data, { ...whole, resume: resume! }));
          expect(resumed.left).toEqual(undisturbed.left);
        },
      ),
      { numRuns: options.engine === "loops" ? 2 : 6 },
    );
  });
});

const constant = { ...adamOptions, epochs: 3 };

async function checkpointAfter(
  updates: number,
  options: TrainOptions = constant,
): Promise<Checkpoint> {
  const { checkpoints } = await outcomeOf(
    train(model, data, { ...options, updates, checkpointEvery: {} }),
  );
  return checkpoints.at(-1)!;
}

describe("resume", () => {
  it("keeps to a schedule that depends on the budget, after a stop by a signal", async () => {
    const options: TrainOptions = {
      ...adamOptions,
      batchSize: 1,
      epochs: 4,
      optimizer: sgd({ learningRate: schedules.cosine(0.1) }),
    };
    const undisturbed = await outcomeOf(train(model, data, options));
    const stop = new AbortController();
    const run = train(model, data, { ...options, checkpointEvery: {}, signal: stop.signal });
    let resume: Checkpoint | undefined;
    for await (const event of run) {
      if (event.type === "progress") stop.abort();
      if (event.type === "checkpoint") resume = event.checkpoint;
    }
    expect((await run.result).reason).toBe("aborted");
    const resumed = await outcomeOf(train(model, data, { ...options, resume: resume! }));
    expect(resumed.left).toEqual(undisturbed.left);
  });

  it("takes the seed of the checkpoint, and says where it goes on", async () => {
    const resume = await checkpointAfter(7);
    const { seed: _, ...rest } = constant;
    const { events } = await outcomeOf(train(model, data, { ...rest, resume }));
    expect(events[0]).toMatchObject({ type: "start", seed: 3, resumedFrom: 7 });
  });

  it("goes on counting seconds", async () => {
    const resume = await checkpointAfter(7);
    const { seconds } = await train(model, data, { ...constant, resume }).result;
    expect(resume.seconds).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(resume.seconds);
  });

  it("gives a finished run more epochs", async () => {
    const resume = await checkpointAfter(1e6, { ...adamOptions, epochs: 2 });
    const resumed = await outcomeOf(train(model, data, { ...constant, resume }));
    const undisturbed = await outcomeOf(train(model, data, constant));
    expect(resumed.left).toEqual(undisturbed.left);
  });

  it.each<readonly [string, TrainOptions, string]>([
    [
      "batchSize",
      { batchSize: 32 },
      "batchSize was 16 when the checkpoint of update 7 was taken, and is 32 now",
    ],
    ["the optimizer", { optimizer: sgd() }, 'optimizer was "adam'],
    [
      "its options",
      { optimizer: adam({ learningRate: 0.01, beta1: 0.8 }) },
      "optimizer.beta1 was 0.9 when the checkpoint of update 7 was taken, and is 0.8 now",
    ],
    ["the learning rate", { optimizer: adam({ learningRate: 0.02 }) }, 'learningRate was "0.01"'],
    ["the seed", { seed: 4 }, "seed was 3"],
    ["the dtype", { dtype: "float64" }, 'dtype was "float32"'],
    ["the sampler", { shuffle: false }, 'sampler was "shuffled"'],
    ["clipping", { clipNorm: 1 }, "the training step"],
    ["class weights", { classWeight: [1, 1, 2] }, "the training step"],
    ["validation data", { validation: threeClasses(41, 5, "float32") }, "the validation data"],
  ])("refuses a checkpoint when %s differs", async (_, changed, words) => {
    const resume = await checkpointAfter(7);
    expect(() => train(model, data, { ...constant, ...changed, resume })).toThrow(words);
  });

  it("refuses a sampler of the same name that visits in another order", async () => {
    const mine = (step: number): TrainOptions => ({
      ...constant,
      sampler: {
        kind: "mine",
        examples: (size) => size,
        order: ({ size }) => Int32Array.from({ length: size }, (_, i) => (i * step) % size),
      },
    });
    const resume = await checkpointAfter(7, mine(7));
    await train(model, data, { ...mine(7), updates: 9, resume }).result;
    expect(() => train(model, data, { ...mine(11), updates: 9, resume })).toThrow(
      "the sampler visits the examples in another order than when the checkpoint of update 7 was taken",
    );
  });

  it("refuses other data and another model", async () => {
    const resume = await checkpointAfter(7);
    const other = {
      ...data,
      x: { ...data.x, data: data.x.data.map((v, i) => (i === 9 ? v + 1 : v)) },
    };
    expect(() => train(model, other as typeof data, { ...constant, resume })).toThrow(
      "resume: the training data has changed since the checkpoint of update 7 was taken",
    );
    const wider = sequential([dense(9), relu(), dropout(0.3), dense(3)]);
    expect(() => train(wider, data, { ...constant, resume })).toThrow("resume: ");
  });

  it("refuses a checkpoint with a misshapen parameter", async () => {
    const resume = await checkpointAfter(7);
    const { "0.weight": _, ...parameters } = resume.parameters;
    expect(() => train(model, data, { ...constant, resume: { ...resume, parameters } })).toThrow(
      'resume: the checkpoint must hold "0.weight" as float32[8, 5], got nothing',
    );
  });
});

describe("checkpointEvery", () => {
  it("gives one at the end of an epoch and at the end of the run, whose events it follows", async () => {
    const slow = { ...adamOptions, batchSize: 1, engine: "loops", epochs: 40 } as const;
    const run = train(model, data, { ...slow, checkpointEvery: { seconds: 1e-3 } });
    let updates = 0;
    let count = 0;
    for await (const event of run) {
      if (event.type === "progress") updates = event.updates;
      if (event.type !== "checkpoint") continue;
      count++;
      expect(event.checkpoint.position.updates).toBe(updates);
      expect(event.checkpoint.history.updates.loss).toHaveLength(updates);
    }
    expect(count).toBeGreaterThan(2);
  });

  it("gives none by default", async () => {
    const { checkpoints } = await outcomeOf(train(model, data, constant));
    expect(checkpoints).toEqual([]);
  });

  it.each([
    [{ minutes: 1 }, "checkpointEvery must be one of seconds, epochs"],
    [{ seconds: 0 }, "checkpointEvery.seconds must be a positive number, got 0"],
    [{ epochs: NaN }, "checkpointEvery.epochs must be a positive number, got NaN"],
  ])("refuses %o", (checkpointEvery, words) => {
    const options = { ...constant, checkpointEvery } as TrainOptions;
    expect(() => train(model, data, options)).toThrow(words);
  });
});
