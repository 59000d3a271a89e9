/** @file The memory that is given for stored data bounds what is made of its rows, too. */
import { describe, expect, it } from "vitest";
import {
  dense,
  fromArrays,
  onnxRuntime,
  relu,
  sequential,
  train,
  type Runtime,
} from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";
import { storeOf } from "./support/stored.ts";

const data = threeClasses(150, 5, "float32");

describe("memory for the values of a batch", () => {
  it("that is too little for a batch splits it: the update is the same to 1e-12, and no more rows go through a graph at once", async () => {
    const wide = fromArrays(Float64Array.from(data.x.data), data.y.data as Int32Array, {
      dtype: "float64",
    });
    const plain = sequential([dense(8), relu(), dense(3)]);
    const shared = { seed: 3, dtype: "float64", epochs: 2, batchSize: 64 } as const; // the last of 22
    const inMemory = await train(plain, wide, shared).result;
    for (const workBytes of [1, 5_000, 20_000]) {
      const sizes: number[] = [];
      const runtime = await onnxRuntime();
      const watched: Runtime = {
        async open(bytes, given) {
          const session = await runtime.open(bytes, given);
          return {
            ...session,
            run: (feeds) => (sizes.push(feeds["indices"]?.shape[1] ?? 0), session.run(feeds)),
          };
        },
      };
      const store = { ...storeOf(wide, 150).data, workBytes };
      const stored = await train(plain, store, { ...shared, runtime: watched }).result;
      stored.history.updates.loss.forEach((loss, u) => {
        expect(Math.abs(loss - inMemory.history.updates.loss[u]!)).toBeLessThan(1e-12);
      });
      for (const [name, { data: values }] of Object.entries(stored.model.parameters))
        values.forEach((value, i) => {
          expect(Math.abs(value - inMemory.model.parameters[name]!.data[i]!)).toBeLessThan(1e-12); // prettier-ignore
        });
      // A row has 5 inputs, two layers of 8 and 3 values, their gradients and the loss: some 50 numbers of 8 bytes.
      expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.max(1, workBytes / (8 * 30)));
      expect(Math.max(...sizes)).toBeGreaterThanOrEqual(Math.max(1, workBytes / (8 * 100)));
    }
  });
});

describe("stored data to validate on", () => {
  it("is opened once for all evaluations of a run, and closed; their losses are those in memory", async () => {
    const plain = sequential([dense(3)]);
    const shared = { seed: 3, updates: 40, batchSize: 16, validateEvery: { updates: 5 } } as const;
    const store = storeOf(data, data.size);
    const inMemory = await train(plain, data, { ...shared, validation: data }).result;
    const stored = await train(plain, data, { ...shared, validation: store.data }).result;
    expect(stored.history.valLoss).toEqual(inMemory.history.valLoss);
    expect(stored.history.evaluations.loss).toHaveLength(8);
    expect([store.opened(), store.open()]).toEqual([1, 0]);
  });

  it("is not opened by a run that does not evaluate", async () => {
    const store = storeOf(data, 40);
    const stop = AbortSignal.abort();
    const run = train(sequential([dense(3)]), data, { validation: store.data, signal: stop });
    await run.result.catch(() => undefined);
    expect(store.open()).toBe(0);
  });
});
