import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chiSquare,
  chiSquareLimit,
  countsOf,
  evenly,
  normalLimit,
} from "../../test/support/statistics.ts";
import {
  inOrder,
  indexBatches,
  range,
  shuffled,
  withReplacement,
  type Sampler,
  type SamplerContext,
} from "./sampler.ts";
import { stratified } from "./stratified-sampler.ts";
import { weighted } from "./weighted-sampler.ts";

const context: SamplerContext = {
  size: 60,
  seed: 7,
  epoch: 3,
  labels: range(60).map((i) => i % 4),
};
const sorted = (order: Int32Array): number[] => [...order].sort((a, b) => a - b);

const samplers: [string, Sampler][] = [
  ["shuffled", shuffled()],
  ["in order", inOrder()],
  ["with replacement", withReplacement()],
  ["weighted", weighted(range(60))],
  [
    "weighted without replacement",
    weighted(
      range(60).map((i) => i + 1),
      { replacement: false },
    ),
  ],
  ["stratified", stratified()],
  ["index batches", indexBatches((epoch) => [[epoch, 2], [3]])],
];

describe.each(samplers)("%s", (kind, sampler) => {
  it("names itself", () => {
    expect(sampler.kind).toBe(kind);
  });
  it("is a pure function of seed and epoch", () => {
    const first = sampler.order(context);
    first.slice();
    sampler.order({ ...context, epoch: 9, seed: 1 });
    const again = sampler.order(context);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });
  it("says how many visits an epoch has, where that is fixed", () => {
    const count = sampler.examples(60);
    if (kind === "index batches") expect(count).toBeUndefined();
    else expect(sampler.order(context)).toHaveLength(count ?? -1);
  });
  it.each([
    ["size", { size: 0 }],
    ["size", { size: 1.5 }],
    ["size", { size: 2 ** 31 }],
    ["epoch", { epoch: -1 }],
    ["epoch", { epoch: 0.5 }],
  ])("refuses a wrong %s: %j", (_, wrong) => {
    expect(() => sampler.order({ ...context, ...wrong })).toThrow(/must be/);
  });
});

describe.each(samplers.filter(([kind]) => /^(shuffled|stratified|with|weighted)/.test(kind)))(
  "%s",
  (_, sampler) => {
    it("changes with the epoch and with the seed", () => {
      const orders = [context, { ...context, epoch: 4 }, { ...context, seed: 8 }];
      const texts = orders.map((each) => sampler.order(each).join());
      expect(new Set(texts).size).toBe(3);
    });
  },
);

describe("shuffled", () => {
  it("visits each example once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), fc.nat(1000), (size, seed, epoch) => {
        const order = shuffled().order({ size, seed, epoch });
        expect(sorted(order)).toEqual([...range(size)]);
      }),
    );
  });

  // Exceeded with probability 10⁻⁶ if all orders are equally likely.
  it("makes all 120 orders of 5 examples equally often", () => {
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < 12_000; epoch++) {
      const key = shuffled().order({ size: 5, seed: 1, epoch }).join();
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect(seen.size).toBe(120);
    expect(chiSquare([...seen.values()], evenly(120))).toBeLessThan(chiSquareLimit[119]);
  });
});

describe("withReplacement", () => {
  it("draws evenly and independently of the last draw", () => {
    const order = withReplacement({ examples: 50_000 }).order({ size: 10, seed: 2, epoch: 0 });
    expect(chiSquare(countsOf(order, 10), evenly(10))).toBeLessThan(chiSquareLimit[9]);
    const repeats = order.filter((index, i) => i > 0 && index === order[i - 1]).length;
    const deviation = Math.sqrt(50_000 * 0.1 * 0.9);
    expect(Math.abs(repeats - 5000)).toBeLessThan(normalLimit * deviation);
  });
  it.each([0, -1, 1.5, NaN])("refuses examples: %d", (examples) => {
    expect(() => withReplacement({ examples })).toThrow(
      `examples must be a whole number of at least 1, got ${examples}`,
    );
  });
});

describe("weighted", () => {
  const weights = [0, 1, 2, 3, 4, 10, 0.5];
  const total = 20.5;
  const positive = [1, 2, 3, 4, 5, 6];
  const shares = positive.map((i) => (weights[i] ?? 0) / total);

  it("draws in proportion to the weights, and never one of weight 0", () => {
    const order = weighted(weights, { examples: 60_000 }).order({ size: 7, seed: 1, epoch: 0 });
    const counts = countsOf(order, 7);
    expect(counts[0]).toBe(0);
    // 5 degrees of freedom: the limit for 6 is larger, so a false alarm is rarer still.
    expect(chiSquare(counts.slice(1), shares)).toBeLessThan(chiSquareLimit[6]);
  });

  it("without replacement: each positive weight once, the first two draws as the closed form has them", () => {
    const counts = new Map<string, number>();
    const epochs = 20_000;
    const sampler = weighted([1, 2, 3, 0], { replacement: false });
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = sampler.order({ size: 4, seed: 3, epoch });
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    }
    const keys = ["0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"];
    // P(a, b) = w_a/6 · w_b/(6 − w_a).
    const expected = [
      (1 / 6) * (2 / 5),
      (1 / 6) * (3 / 5),
      2 / 6 / 4,
      ((2 / 6) * 3) / 4,
      3 / 6 / 3,
      ((3 / 6) * 2) / 3,
    ];
    const observed = keys.map((key) => counts.get(key) ?? 0);
    expect(counts.size).toBe(keys.length);
    expect(chiSquare(observed, expected)).toBeLessThan(chiSquareLimit[6]);
  });

  it("never draws weight 0, whatever the others are", () => {
    const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1e12, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (some, replacement) => {
          fc.pre(some.some((w) => w > 0));
          const order = weighted(some, { replacement }).order({
            size: some.length,
            seed: 1,
            epoch: 0,
          });
          expect([...order].every((i) => (some[i] ?? 0) > 0)).toBe(true);
          if (!replacement) expect(new Set(order).size).toBe(some.filter((w) => w > 0).length);
        },
      ),
    );
  });

  it.each([
    [[1, -1], "a weight must be a finite number of at least 0, got -1 for example 1"],
    [[NaN, 1], "a weight must be a finite number of at least 0, got NaN for example 0"],
    [[Infinity], "a weight must be a finite number of at least 0, got Infinity for example 0"],
    [[0, 0], "weights must not all be 0; give at least one above 0"],
    [[1e308, 1e308], "the sum of the weights must be finite; divide them by a common factor"],
  ])("refuses weights %j", (wrong, message) => {
    expect(() => weighted(wrong)).toThrow(message);
  });
  it("refuses another number of weights than examples, and more draws than it can make", () => {
    expect(() => weighted([1, 2]).order({ size: 3, seed: 0, epoch: 0 })).toThrow(
      "weights must be one number an example: the data has 3 examples, got 2 weights",
    );
    expect(() => weighted([1, 0, 2], { examples: 3, replacement: false })).toThrow("at most 2");
  });
});

describe("stratified", () => {
  it("visits each example once and keeps every class within one of its share, all along", () => {
    const classes = fc.array(fc.nat(6), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(classes, fc.nat(), (labels, seed) => {
        const size = labels.length;
        const order = stratified(labels).order({ size, seed, epoch: 0 });
        expect(sorted(order)).toEqual([...range(size)]);
        const totals = countsOf(labels, 7);
        const seen = totals.map(() => 0);
        order.forEach((index, t) => {
          const label = labels[index] ?? 0;
          seen[label] = (seen[label] ?? 0) + 1;
          totals.forEach((total, c) => {
            expect(Math.abs((seen[c] ?? 0) - ((t + 1) * total) / size)).toBeLessThan(1);
          });
        });
      }),
    );
  });

  it("is random within a class and in the order of the classes", () => {
    // 4 examples of 2 classes: 2 members × 2 members, and a fair toss at visits 1 and 3.
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < 8000; epoch++) {
      const key = stratified([0, 0, 1, 1]).order({ size: 4, seed: 1, epoch }).join();
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect(seen.size).toBe(16);
    expect(chiSquare([...seen.values()], evenly(16))).toBeLessThan(chiSquareLimit[15]);
  });

  it("refuses missing labels and another number of them", () => {
    const data = { size: 3, seed: 0, epoch: 0 };
    expect(() => stratified().order(data)).toThrow(/needs class labels/);
    expect(() => stratified([0, 1]).order(data)).toThrow("the data has 3 examples, got 2 labels");
  });
});

describe("indexBatches", () => {
  const at = (source: Parameters<typeof indexBatches>[0], epoch = 0): number[][] =>
    (indexBatches(source).batches?.({ size: 10, seed: 0, epoch }) ?? []).map((row) => [...row]);

  it("reads arrays, typed arrays, sets, generators by epoch and anything that can be read again", () => {
    const rows = [[0, 1, 1], [9]];
    expect(at(rows)).toEqual(rows);
    expect(at(rows.map((row) => Uint8Array.from(row)))).toEqual(rows);
    expect(at(new Set(rows))).toEqual(rows);
    expect(at({ [Symbol.iterator]: () => rows.values() })).toEqual(rows);
    expect(
      at(function* (epoch) {
        yield [epoch];
        yield [epoch + 1, 0];
      }, 5),
    ).toEqual([[5], [6, 0]]);
  });

  it.each([
    [[[0, 10]], "index batch 0, position 1: an index must be a whole number from 0 to 9, got 10"],
    [[[0], [-1]], "index batch 1, position 0: an index must be a whole number from 0 to 9, got -1"],
    [[[0.5]], "index batch 0, position 0: an index must be a whole number from 0 to 9, got 0.5"],
    [[[NaN]], "index batch 0, position 0: an index must be a whole number from 0 to 9, got NaN"],
    [[[1], []], "index batch 1 is empty; a batch needs at least one index"],
    [[], "index batches: epoch 0 has no batches; give at least one non-empty batch"],
  ])("refuses %j", (source, message) => {
    expect(() => at(source)).toThrow(message);
  });
  it("refuses an iterator that the second epoch would find empty", () => {
    expect(() => indexBatches([[1]].values())).toThrow(/can be read only once/);
  });
  it("refuses what is not batches of indices", () => {
    expect(() => indexBatches(5 as never)).toThrow(/must be an iterable of arrays of indices/);
    expect(() => at([1] as never)).toThrow("index batch 0 must be an array of indices, got 1");
    expect(() => at([["1"]] as never)).toThrow('got "1"');
  });
});
