/** @file A run as an async iterable and a promise; a run that diverges. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  dense,
  DivergenceError,
  fromArrays,
  relu,
  sequential,
  sgd,
  train,
  type RunEvent,
  type TrainOptions,
} from "../src/index.ts";
import { flatParameters, threeClasses } from "./support/runs.ts";

const data = threeClasses(40);
const model = sequential([dense(4), relu(), dense(3)]);
const options: TrainOptions = { batchSize: 16, epochs: 5, seed: 1, validation: data };

const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type);

async function collect(run: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

describe("the events of a run", () => {
  it("come in order, and tell where the run stands", async () => {
    const run = train(model, data, options);
    const events = await collect(run);
    expect(events[0]).toMatchObject({
      type: "start",
      batchSize: 16,
      updatesPerEpoch: 3,
      examples: 40,
      parameters: 5 * 4 + 4 + 4 * 3 + 3,
      seed: 1,
      engine: "onnx",
      threads: 1,
    });
    expect(typesOf(events).filter((type) => type === "end")).toHaveLength(1);
    const epochs = events.filter((event) => event.type === "epoch");
    const { history } = await run.result;
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5]);
    expect(epochs.map(({ loss }) => loss)).toEqual(history.loss);
    expect(epochs.map(({ updates, examples }) => [updates, examples])).toEqual(
      [1, 2, 3, 4, 5].map((epoch) => [3 * epoch, 40 * epoch]),
    );
    const losses = events.flatMap((event) =>
      event.type === "progress" ? Array.from(event.losses) : [],
    );
    expect(losses).toEqual(Array.from(history.updates.loss));
    const evaluations = events.filter((event) => event.type === "evaluation");
    expect(evaluations.map(({ loss }) => loss)).toEqual(history.evaluations.loss);
    const best = evaluations.filter((event) => event.best).at(-1);
    expect(best?.loss).toBe(Math.min(...history.evaluations.loss));
  });

  it("go to each of two iterators", async () => {
    const run = train(model, data, options);
    const [first, second] = await Promise.all([collect(run), collect(run)]);
    expect(second).toEqual(first);
  });

  it("go to a late iterator from then on, and to one after the end not at all", async () => {
    const run = train(model, data, options);
    const events: RunEvent[] = [];
    let late: Promise<RunEvent[]> | undefined;
    for await (const event of run) {
      events.push(event);
      if (events.length === 4) late = collect(run);
    }
    const rest = await late!;
    expect(rest.length).toBeGreaterThan(0);
    expect(rest).toEqual(events.slice(-rest.length));
    expect(events.length - rest.length).toBeGreaterThanOrEqual(4);
    expect(await collect(run)).toEqual([]);
  });

  it("may be left early: the run goes on to its end", async () => {
    const run = train(model, data, options);
    for await (const event of run) if (event.type === "progress") break;
    expect((await run.result).epochs).toBe(5);
  });

  it("need not be listened to", async () => {
    const { result } = train(model, data, options);
    const whole = await result;
    const watched = train(model, data, options);
    await collect(watched);
    expect(flatParameters(await watched.result)).toEqual(flatParameters(whole));
  });

  it("come to an iterator used by hand, also where it asks ahead or on after the end", async () => {
    const run = train(model, data, { ...options, epochs: 1 });
    const iterator = run[Symbol.asyncIterator]();
    const ahead = await Promise.all(Array.from({ length: 12 }, () => iterator.next()));
    expect(ahead[0]).toMatchObject({ value: { type: "start" } });
    expect(ahead.at(-1)).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    const stopped = run[Symbol.asyncIterator]();
    await stopped.return?.();
    expect(await stopped.next()).toEqual({ done: true, value: undefined });
  });
});

describe("a run that diverges", () => {
  const line = fromArrays([[10], [20]], [[1], [2]], { task: "regression", dtype: "float64" });
  const diverging: TrainOptions = {
    optimizer: sgd({ learningRate: 4 }),
    batchSize: 2,
    epochs: 5000,
    dtype: "float64",
    initialParameters: { "0.weight": [1] },
    gradientNorm: true,
    validation: line,
    validateEvery: { updates: 10 },
    onDivergence: "ignore",
  };
  const linear = sequential([dense(1, { bias: false })]);

  it("rejects with the update, its numbers, the history and the last good parameters", async () => {
    const run = train(linear, line, diverging);
    const error = (await run.result.catch((reason: unknown) => reason)) as DivergenceError;
    expect(error).toBeInstanceOf(DivergenceError);
    // Errors are multiplied by 1 − 2 · 4 · (100 + 400) / 2 = −1999 in each update, losses by its square: from
    // (1 − 0.1)² · 250 to the end of float64, 1.8e308, in 47 updates.
    expect(error.update).toBe(48);
    expect(error.loss).toBe(Infinity);
    expect([error.learningRate, error.batchSize]).toEqual([4, 2]);
    const { loss, gradientNorm, learningRate } = error.history.updates;
    expect([loss.length, gradientNorm?.length, learningRate.length]).toEqual([47, 47, 47]);
    expect(loss.every(Number.isFinite)).toBe(true);
    expect(error.history.loss).toHaveLength(47);
    expect(error.history.evaluations.updates).toEqual([10, 20, 30, 40]);
    expect(Number.isFinite(error.parameters["0.weight"]?.data[0])).toBe(true);
    expect(error.message).toBe(
      "training diverged at update 48: the loss became Infinity at learning rate 4 and batch size 2\n" +
        "try a smaller learning rate (1), clipNorm (in a program), or standardised data",
    );
  });

  it("is stopped where its loss exploded in several chunks", async () => {
    // Evaluations end a chunk each ten updates; a mean of 32 examples takes 16 of them, whose last loss is 0.9² · 250 · 1999³⁰.
    const run = train(linear, line, { ...diverging, onDivergence: "stop" });
    const error = (await run.result.catch((reason: unknown) => reason)) as DivergenceError;
    expect([error.update, error.history.updates.loss.length]).toEqual([16, 15]);
    expect(error.startLoss).toBeCloseTo(202.5, 9);
    expect(error.loss / (202.5 * 1999 ** 30)).toBeCloseTo(1, 9);
  });

  it("ends the iteration with the same error", async () => {
    const run = train(linear, line, diverging);
    const events: RunEvent[] = [];
    const iterate = async () => {
      for await (const event of run) events.push(event);
    };
    await expect(iterate()).rejects.toThrow(DivergenceError);
    await expect(run.result).rejects.toThrow("diverged at update 48");
    expect(events.at(-1)?.type).toBe("evaluation");
  });

  it("is found where only the last update broke the parameters", async () => {
    const error = (await train(linear, line, {
      ...diverging,
      dtype: "float32",
      optimizer: sgd({ learningRate: 1e38 }),
      updates: 1,
    }).result.catch((reason: unknown) => reason)) as DivergenceError;
    expect(error).toBeInstanceOf(DivergenceError);
    expect([error.update, error.loss]).toEqual([1, Infinity]);
    expect(error.history.updates.loss).toHaveLength(1);
    expect(Array.from(error.parameters["0.weight"]!.data)).toEqual([1]);
  });

  it("is an unhandled rejection only where nobody listens", () => {
    const script = (listen: string) => `
      import { train, sequential, dense, sgd, fromArrays } from "./src/index.ts";
      const line = fromArrays([[10], [20]], [[1], [2]], { task: "regression" });
      const run = train(sequential([dense(1)]), line, { optimizer: sgd({ learningRate: 4 }), epochs: 500, seed: 1 });
      process.on("unhandledRejection", (error) => console.log("unhandled", error.name));
      ${listen}`;
    const output = (listen: string) =>
      execFileSync(
        process.execPath,
        ["--import", "tsx", "--input-type=module", "--eval", script(listen)],
        { cwd: new URL("..", import.meta.url), encoding: "utf8" },
      ).trim();
    expect(output("")).toBe("unhandled DivergenceError");
    expect(
      output("try { for await (const _ of run); } catch (error) { console.log(error.name); }"),
    ).toBe("DivergenceError");
  });
});
