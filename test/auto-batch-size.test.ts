/** @file `batchSize: "auto"` and `trackNoise`: noise followed along a run. */
import { describe, expect, it } from "vitest";
import {
  adam,
  autoBatchSize,
  dense,
  fromStream,
  generator,
  fromArrays,
  indexBatches,
  relu,
  sequential,
  sgd,
  stream,
  trackNoise,
  train,
  type Checkpoint,
  type RunEvent,
  type TrainOptions,
  type TrainRun,
} from "../src/index.ts";
import { storeOf } from "./support/stored.ts";

/** Labels that are wrong in one of four cases: their noise stays when the signal is learned. */
function noisyClasses(size: number) {
  const { normal, uniform } = generator(5, stream.user);
  const x = Float32Array.from({ length: size * 4 }, () => normal());
  const y = Int32Array.from({ length: size }, (_, i) => Number(x[4 * i]! > 0 !== uniform() < 0.25));
  return fromArrays(x, y, { classes: 2 });
}

const data = noisyClasses(4000);
/** A machine on which an update costs 100 µs whatever its size, so that large batches pay. */
const times = [1, 4096].map((batchSize) => ({ batchSize, seconds: 1e-4 }));
/** Looks at the noise so early, and at such cost, that a short run shows what follows. */
const early = { times, after: 2048, share: 0.5 } as const;
const model = sequential([dense(8), relu(), dense(2)]);
const options: TrainOptions = { optimizer: adam({ learningRate: 0.01 }), epochs: 12, seed: 1 };

async function eventsOf(run: TrainRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

async function leftBy(run: TrainRun) {
  const { model: trained, history } = await run.result;
  return { parameters: trained.parameters, updates: history.updates };
}

describe('batchSize: "auto"', () => {
  it("starts with what updates take, then grows where noise is all that is left", async () => {
    const run = train(model, data, { ...options, probe: autoBatchSize(early) });
    const events = await eventsOf(run);
    expect(events[0]).toMatchObject({ type: "start", batchSize: 32 });
    const changes = events.filter((event) => event.type === "batchSize");
    expect(changes.length).toBeGreaterThan(1);
    // Updates cost the same whatever their size, so the largest step is taken.
    expect(changes[0]).toMatchObject({ updates: 0, from: 32, batchSize: 512 });
    expect(changes[0]!.factor).toBeCloseTo(4, 12);
    expect(changes[0]!.reason).toMatch(
      /^before noise is measured, by what updates take: batches of 512 in place of 32 make the same progress in \d+ % less time on this machine$/,
    );
    expect(changes[1]!.updates).toBeGreaterThan(0);
    expect(changes[1]!.batchSize).toBeGreaterThan(512);
    expect(changes[1]!.reason).toMatch(
      /^the noise scale is about \d+: batches of \d+ in place of 512 make/,
    );
    // By √(B′ / B) of each change, so by √(B / 32) of all up to there.
    for (const { batchSize, factor } of changes)
      expect(factor / Math.sqrt(batchSize / 32)).toBeCloseTo(1, 12);
    const probes = events.filter((event) => event.type === "probe");
    expect(probes[0]!.examples).toBe(2048);
    const { history } = await run.result;
    expect(history.updates.batchSize[0]).toBe(512);
    expect(Math.max(...history.updates.batchSize)).toBe(
      Math.max(...changes.map((c) => c.batchSize)),
    );
    expect(history.updates.batchSize.reduce((a, b) => a + b, 0)).toBe(48_000);
  });

  it("starts with the learning rate of the least usual noise scale, 3 √N / 4: too high is worse than too low", async () => {
    const probe = autoBatchSize({ ...early, rule: "noise" });
    const [change] = (await eventsOf(train(model, data, { ...options, probe, epochs: 1 }))).filter(
      (event) => event.type === "batchSize",
    );
    const scale = (3 / 4) * Math.sqrt(4000);
    expect(change).toMatchObject({ updates: 0, from: 32, batchSize: 512 });
    expect(change!.factor).toBeCloseTo((1 + scale / 32) / (1 + scale / 512), 12);
  });

  it("times updates on this machine before the first, and goes on with that from a checkpoint", async () => {
    const auto = { ...options, probe: autoBatchSize({ after: 2048, share: 0.5 }) };
    const checkpoints: Checkpoint[] = [];
    const run = train(model, data, { ...auto, checkpointEvery: { seconds: 1e-9 } });
    for await (const event of run)
      if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
    const { times: measured } = checkpoints[0]!.probe!.memory as unknown as { times: typeof times };
    expect(measured.map(({ batchSize }) => batchSize)).toEqual([
      1, 4, 16, 32, 64, 128, 256, 512, 1024,
    ]);
    for (const { seconds } of measured) expect(seconds).toBeGreaterThan(0);
    const resume = checkpoints[Math.floor(checkpoints.length / 2)]!;
    const undisturbed = await leftBy(run);
    expect(await leftBy(train(model, data, { ...auto, resume }))).toEqual(undisturbed);
  });

  it('is what batchSize "auto" means, and does not look at the noise of a short run', async () => {
    const events = await eventsOf(train(model, data, { ...options, batchSize: "auto" }));
    expect(events.filter((event) => event.type === "probe")).toEqual([]);
    expect(events.filter((event) => event.type === "batchSize").length).toBeLessThanOrEqual(1);
  });

  it("keeps to its bounds", async () => {
    const run = train(model, data, { ...options, probe: autoBatchSize({ ...early, most: 64 }) });
    const { history } = await run.result;
    expect(Math.max(...history.updates.batchSize)).toBe(64);
  });

  it("is gone on with from any checkpoint as if it had not stopped", async () => {
    const auto = { ...options, probe: autoBatchSize(early) };
    const checkpoints: Checkpoint[] = [];
    const run = train(model, data, { ...auto, checkpointEvery: { seconds: 1e-9 } });
    for await (const event of run)
      if (event.type === "checkpoint") checkpoints.push(event.checkpoint);
    const undisturbed = await leftBy(run);
    expect(checkpoints.some(({ batchSizes }) => batchSizes.length === 1)).toBe(true);
    expect(checkpoints.some(({ batchSizes }) => batchSizes.length > 1)).toBe(true);
    const some = checkpoints.filter((_, i) => i % Math.ceil(checkpoints.length / 6) === 0);
    for (const resume of some)
      expect(await leftBy(train(model, data, { ...auto, resume }))).toEqual(undisturbed);
  });

  it("works on stored data, from a sample of it", async () => {
    const run = train(model, storeOf(data, 4000).data, {
      ...options,
      probe: autoBatchSize(early),
    });
    const { history } = await run.result;
    expect(Math.max(...history.updates.batchSize)).toBeGreaterThan(32);
  });

  it("is refused where it makes no sense", async () => {
    const auto = { batchSize: "auto" } as const;
    expect(() => train(model, data, { ...auto, probe: trackNoise() })).toThrow(
      'batchSize "auto" and probe exclude each other',
    );
    const own = train(model, data, { ...auto, sampler: indexBatches([[0, 1]]) });
    await expect(own.result).rejects.toThrow(
      'batchSize "auto" and a sampler that cuts its own batches',
    );
    const streamed = await fromStream([{ x: [[1, 2, 3, 4]], y: [1] }]);
    await expect(train(model, streamed, auto).result).rejects.toThrow("probe: a stream comes once");
    expect(() => autoBatchSize({ least: 8, most: 4 })).toThrow("most must be");
    expect(() => autoBatchSize({ times: times.slice(1) })).toThrow(
      "at least two batch sizes, got 1",
    );
    expect(() => autoBatchSize({ times: times.toReversed() })).toThrow(
      "times[1].batchSize must be",
    );
    expect(() => autoBatchSize({ rule: "cubic" as never })).toThrow("rule must be one of");
  });
});

describe("trackNoise", () => {
  it("measures at the same places in every run, costs what it may, and changes nothing", async () => {
    const tracked = {
      ...options,
      batchSize: 16,
      probe: trackNoise({ share: 0.95, examples: 512 }),
    };
    const events = await eventsOf(train(model, data, tracked));
    const probes = events.filter((event) => event.type === "probe");
    expect(probes.length).toBeGreaterThanOrEqual(3);
    expect(probes.every(({ measured }) => measured["trace"]! > 0)).toBe(true);
    expect(probes.at(-1)!.measured["noiseScale"]).toBeGreaterThan(0);
    const again = await eventsOf(train(model, data, tracked));
    const places = (all: readonly RunEvent[]) =>
      all.flatMap((event) =>
        event.type === "probe" ? [event.examples, event.measured["trace"]] : [],
      );
    expect(places(again)).toEqual(places(events));
    const { probe: _, ...plain } = tracked;
    expect(await leftBy(train(model, data, tracked))).toEqual(
      await leftBy(train(model, data, plain)),
    );
  });

  it("finds tr(Σ) and |G|² of a linear regression where they are known", async () => {
    // At w = 0, ℓ = (y − w x)² has the gradient −2 x y: with x = ±1 and y = ±1 + 1/2 its values are known.
    const x = Float64Array.from({ length: 512 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const y = Float64Array.from({ length: 512 }, (_, i) => (i % 4 < 2 ? 1 : -1) + 0.5 * x[i]!);
    const line = fromArrays(x, y, { task: "regression", dtype: "float64" });
    const gradients = Array.from(x, (value, i) => -2 * value * y[i]!);
    const mean = gradients.reduce((a, b) => a + b, 0) / 512;
    const variance = gradients.reduce((a, g) => a + (g - mean) ** 2, 0) / 512;
    const run = train(sequential([dense(1, { bias: false })]), line, {
      ...{
        optimizer: sgd({ learningRate: 1e-12 }),
        dtype: "float64",
        batchSize: 64,
        epochs: 100,
        seed: 1,
      },
      initialParameters: { "0.weight": [0] },
      metrics: [],
      probe: trackNoise({ share: 0.5, examples: 512 }),
    });
    const events = await eventsOf(run);
    const whole = events.filter(
      (event) => event.type === "probe" && event.measured["looked"] === 512,
    );
    expect(whole.length).toBeGreaterThan(0);
    for (const event of whole) {
      if (event.type !== "probe") continue;
      expect(event.measured["trace"]).toBeCloseTo(variance, 6);
      expect(event.measured["gradientSquared"]).toBeCloseTo(mean ** 2, 6);
    }
  });
});
