/** @file What is measured at fixed parameters follows the memory that is given for stored data. */
import { describe, expect, it } from "vitest";
import {
  dense,
  dropout,
  fromArrays,
  onnxRuntime,
  relu,
  sequential,
  train,
  trackNoise,
  type Dataset,
  type Runtime,
  type StoredDataset,
} from "../src/index.ts";
import { openInstrument } from "../src/advisor/noise/instrument.ts";
import { sampleOf } from "../src/data/sample.ts";
import { range } from "../src/data/sampler.ts";
import { configure } from "../src/train/config.ts";
import { threeClasses } from "./support/runs.ts";
import { storeOf } from "./support/stored.ts";

const single = threeClasses(150, 5, "float32");
const data = fromArrays(Float64Array.from(single.x.data), single.y.data as Int32Array, {
  dtype: "float64",
});
const model = sequential([dense(8), relu(), dropout(0.3), dense(3)]);
const options = { seed: 3, dtype: "float64" } as const;

/** ONNX Runtime, and the rows that go through a graph at once: those that are asked for by number, and those of evaluations. */
async function watchedRuntime(): Promise<{ readonly runtime: Runtime; readonly sizes: number[] }> {
  const sizes: number[] = [];
  const onnx = await onnxRuntime();
  const runtime: Runtime = {
    async open(bytes, given) {
      const session = await onnx.open(bytes, given);
      return {
        ...session,
        run(feeds) {
          sizes.push(feeds["indices"]?.shape[1] ?? feeds["x"]?.shape[0] ?? 0);
          return session.run(feeds);
        },
      };
    },
  };
  return { runtime, sizes };
}

/** Gradient, curvature and norms of 90 rows in an order of their own, of `set`. */
async function measured(set: Dataset | StoredDataset, runtime?: Runtime, microBatch?: number) {
  const passes = microBatch === undefined ? {} : { microBatch };
  const config = configure(model, set, { ...options, ...passes });
  const rows = Int32Array.from({ length: 90 }, (_, i) => (7 * i + 3) % 150);
  const v = config.initial.map((part, p) => ({
    ...part,
    data: Float64Array.from(part.data, (_, i) => Math.cos(1 + i + p)),
  }));
  const instrument = await openInstrument(config, runtime);
  const { loss, gradients } = await instrument.gradient(config.initial, rows);
  const whole = await instrument.gradient(config.initial, range(150));
  const products = await instrument.hessianProduct(config.initial, v, rows);
  const norms = await instrument.squaredNorms(config.initial, rows);
  await instrument.close();
  return [
    [loss, whole.loss],
    ...[...gradients, ...whole.gradients, ...products].map((part) => Array.from(part.data)),
    ...norms.map((each) => Array.from(each)),
  ];
}

describe("an instrument on stored data", () => {
  it("measures bit by bit what it measures in memory, window after window", async () => {
    for (const [windowRows, pass] of [
      [20, 10],
      [27, 10],
      [1000, 10],
      [150, undefined],
    ] as const) {
      const store = storeOf(data, windowRows);
      const stored = await measured(store.data, undefined, pass);
      expect(stored).toEqual(await measured(data, undefined, pass));
      expect(store.open()).toBe(0);
      expect(store.reads.every(({ length }) => length <= windowRows)).toBe(true);
    }
  });

  it("with little memory puts fewer rows through its graphs at once: the numbers are the same to 1e-12", async () => {
    const inMemory = await measured(data);
    for (const workBytes of [1, 5_000, 20_000]) {
      const { runtime, sizes } = await watchedRuntime();
      const stored = await measured({ ...storeOf(data, 40).data, workBytes }, runtime);
      expectClose(stored, inMemory);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.max(1, workBytes / (8 * 30)));
      // H v has more values a row than the gradient has, and so its passes are shorter.
      const few = sizes.filter((size) => size < Math.max(...sizes));
      if (workBytes > 1) expect(few.length).toBeGreaterThan(0);
    }
  });
});

describe("a sample of stored data", () => {
  it("takes half of what is given for the values of a batch, and leaves them the other half", async () => {
    const store = storeOf(data, 150).data;
    const rowBytes = 5 * 8 + 4;
    const sample = await sampleOf({ ...store, workBytes: 2 * 60 * rowBytes }, 1);
    expect(sample.size).toBe(60);
    expect(sample.workBytes).toBe(60 * rowBytes);
    expect((await sampleOf(store, 1)).size).toBe(150);
  });

  it("is what probes of a run look at, a few rows at once", async () => {
    const { runtime, sizes } = await watchedRuntime();
    const workBytes = 80_000;
    const store = storeOf(threeClasses(3000, 5, "float32"), 1000).data;
    const run = train(
      model,
      { ...store, workBytes },
      {
        ...{ runtime, seed: 3, batchSize: 10, epochs: 5 },
        probe: trackNoise({ share: 0.95, examples: 512 }),
      },
    );
    let probes = 0;
    for await (const event of run) if (event.type === "probe") probes++;
    expect(probes).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(workBytes / 2 / (4 * 30));
  });
});

function expectClose(got: readonly (readonly number[])[], wanted: readonly (readonly number[])[]) {
  expect(got.length).toBe(wanted.length);
  got.forEach((values, i) => {
    values.forEach((value, k) => {
      expect(Math.abs(value - wanted[i]![k]!)).toBeLessThan(1e-12);
    });
  });
}
