import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import {
  batchAt,
  batchPlan,
  lastBatchSize,
  resolveBatchSize,
  updatesPerEpoch,
} from "./batch-plan.ts";
import { inOrder, indexBatches, range, shuffled, withReplacement } from "./sampler.ts";
import { stratified } from "./stratified-sampler.ts";
import { weighted } from "./weighted-sampler.ts";

describe("counting", () => {
  // Published counts: Keras (469 updates on MNIST at 128), the "Optimization Methods" course (300 and 148 at 64).
  it.each([
    [60000, 128, 469, 468, 96],
    [300, 64, 5, 4, 44],
    [148, 64, 3, 2, 20],
    [1000, 10, 100, 100, 10],
    [60000, 64, 938, 937, 32],
    [60000, 1, 60000, 60000, 1],
    [60000, 60000, 1, 1, 60000],
  ])("N = %i, B = %i: %i updates, %i with dropLast, last batch %i", (n, b, kept, dropped, last) => {
    expect(updatesPerEpoch(n, b)).toBe(kept);
    expect(updatesPerEpoch(n, b, true)).toBe(dropped);
    expect(lastBatchSize(n, b)).toBe(last);
    expect(lastBatchSize(n, b, true)).toBe(b);
  });

  it("last batch is N − ⌊(N − 1)/B⌋ · B", () => {
    const whole = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(whole, whole, (n, b) => {
        expect(lastBatchSize(n, b)).toBe(n - Math.floor((n - 1) / b) * b);
      }),
    );
  });
});

const request = { sampler: shuffled(), size: 300, seed: 1, epoch: 2 };

describe("batchPlan", () => {
  it("cuts the order into rows of the batch size, the last one short", () => {
    const plan = batchPlan({ ...request, batchSize: 64 });
    const rows = range(plan.updates).reduce<number[][]>(
      (all, i) => [...all, [...batchAt(plan, i)]],
      [],
    );
    expect(rows.map((row) => row.length)).toEqual([64, 64, 64, 64, 44]);
    expect(rows.flat()).toEqual([...request.sampler.order(request)]);
    expect(plan.examples).toBe(300);
    expect(batchAt(plan, 1).buffer).toBe(plan.order.buffer);
  });

  it("leaves out the short last batch with dropLast", () => {
    const plan = batchPlan({ ...request, batchSize: 64, dropLast: true });
    expect([plan.updates, plan.examples]).toEqual([4, 256]);
    expect(batchAt(plan, 3)).toHaveLength(64);
    expect(batchPlan({ ...request, batchSize: 60, dropLast: true }).updates).toBe(5);
  });

  it("takes the whole epoch as one batch for full", () => {
    expect([...batchPlan({ ...request, batchSize: "full" }).offsets]).toEqual([0, 300]);
  });

  const labels = range(300).map((i) => i % 3);
  it.each([
    shuffled(),
    inOrder(),
    withReplacement(),
    withReplacement({ examples: 1000 }),
    weighted(range(300)),
    weighted(range(300), { replacement: false }),
    stratified(labels),
  ])("$kind: the order does not depend on the batch size", (sampler) => {
    const order = batchPlan({ ...request, sampler, batchSize: 1 }).order;
    for (const batchSize of [2, 7, 64, 299, "full"] as const) {
      for (const dropLast of [false, true]) {
        expect(batchPlan({ ...request, sampler, batchSize, dropLast }).order).toEqual(order);
      }
    }
  });

  it("takes a short epoch as one batch for full", () => {
    const sampler = withReplacement({ examples: 10 });
    const plan = batchPlan({ ...request, sampler, batchSize: "full", dropLast: true });
    expect([...plan.offsets]).toEqual([0, 10]);
  });

  it("takes the batches of a sampler that cuts its own", () => {
    const sampler = indexBatches([[1, 2], [3], [4, 5], [6]]);
    const plan = batchPlan({ ...request, sampler, batchSize: 64 });
    expect([...plan.order]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...plan.offsets]).toEqual([0, 2, 3, 5, 6]);
    const dropped = batchPlan({ ...request, sampler, batchSize: 64, dropLast: true });
    expect([dropped.updates, dropped.examples]).toEqual([3, 5]);
  });
});

describe("refusals", () => {
  it.each([0, -1, 1.5, NaN, Infinity, 301])("batchSize %d", (batchSize) => {
    const message = `batchSize must be a whole number from 1 to 300 (the number of examples) or "full", got ${batchSize}`;
    expect(() => batchPlan({ ...request, batchSize })).toThrow(new InputError(message));
    expect(() => resolveBatchSize(batchSize, 300)).toThrow(message);
  });
  it("a word that is not full", () => {
    expect(() => resolveBatchSize("all" as never, 300)).toThrow('got "all"');
  });
  it("dropLast without a whole batch", () => {
    const sampler = withReplacement({ examples: 10 });
    expect(() => batchPlan({ ...request, sampler, batchSize: 64, dropLast: true })).toThrow(
      "dropLast leaves no update: an epoch of 10 examples has no whole batch of 64",
    );
    expect(() => updatesPerEpoch(10, 64, true)).toThrow(InputError);
  });
  it.each([-1, 1.5, NaN, 2 ** 53])("seed %d", (seed) => {
    expect(() => batchPlan({ ...request, seed, batchSize: 64 })).toThrow(/^seed must be/);
  });
});
