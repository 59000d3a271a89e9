/** @file Wrong input of any kind: either it works, or it is refused in at most two lines that begin with what is wrong. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { fromArrays } from "./arrays.ts";
import { batchPlan } from "./batch-plan.ts";
import { makeCircles, makeLinear, makeSpirals } from "./generated.ts";
import { gunzip } from "./gunzip.ts";
import { parseIdx } from "./idx.ts";
import { generator } from "./rng.ts";
import { indexBatches, shuffled, withReplacement } from "./sampler.ts";
import { splitDataset, take } from "./split.ts";
import { stratified } from "./stratified-sampler.ts";
import { weighted } from "./weighted-sampler.ts";

const odd = fc.oneof(
  fc.constantFrom<unknown>(0, -1, 1.5, NaN, Infinity, 2 ** 53, "full", "", null, undefined, [], {}),
  fc.anything({ withTypedArray: true, maxDepth: 2 }),
);
const numbers = fc.oneof(odd, fc.array(fc.oneof(fc.double(), fc.integer(), odd), { maxLength: 6 }));
const table = fc.oneof(
  numbers,
  fc.array(fc.array(fc.oneof(fc.double(), odd), { maxLength: 3 }), { maxLength: 4 }),
);

/** Runs `work`; whatever it throws must be meant for the user. */
function refusesWell(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as Error;
    expect(message.split("\n").length).toBeLessThanOrEqual(2);
    expect(message).not.toMatch(/^internal|undefined is not|Cannot read/);
  }
}

it("arrays", () => {
  fc.assert(
    fc.property(table, table, odd, odd, (x, y, classes, sampleWeight) => {
      refusesWell(() => fromArrays(x as number[], y as number[]));
      refusesWell(() => fromArrays(x as number[], y as number[], { task: "classification" }));
      refusesWell(() => fromArrays([[1], [2]], [0, 1], { classes: classes as number }));
      refusesWell(() => fromArrays([[1], [2]], [0, 1], { sampleWeight: sampleWeight as number[] }));
      refusesWell(() => fromArrays([1, 2], [0, 1], { shape: classes as number[] }));
      refusesWell(() => fromArrays([1, 2], [0, 1], { scale: classes as number }));
    }),
    { numRuns: 300 },
  );
});

it("samplers and batches", () => {
  const whole = fc.oneof(fc.nat(50), fc.constantFrom(-1, 0.5, NaN));
  fc.assert(
    fc.property(numbers, odd, whole, whole, whole, (list, batchSize, size, seed, epoch) => {
      const context = { size, seed, epoch };
      const samplers = [
        () => shuffled(),
        () => withReplacement({ examples: batchSize as number }),
        () => weighted(list as number[]),
        () => weighted(list as number[], { replacement: false }),
        () => stratified(list as number[]),
        () => indexBatches(list as number[][]),
        () => indexBatches(() => list as number[][]),
      ];
      for (const sampler of samplers) {
        // A request for 2⁵³ − 1 draws is not a wrong one; it is only not tried here.
        if (typeof batchSize === "number" && batchSize > 1e6) continue;
        refusesWell(() => sampler().order(context));
        refusesWell(() =>
          batchPlan({ ...context, sampler: sampler(), batchSize: batchSize as number }),
        );
      }
      refusesWell(() => generator(batchSize as number, size).integer(seed));
    }),
    { numRuns: 300 },
  );
});

it("parts and generated sets", () => {
  const dataset = fromArrays([[1], [2], [3]], [0, 1, 1]);
  const small = odd.filter((value) => typeof value !== "number" || !(value > 1e4));
  fc.assert(
    fc.property(numbers, small, (list, value) => {
      refusesWell(() => take(dataset, list as number[]));
      refusesWell(() => splitDataset(dataset, { validationSplit: value as number, shuffle: true }));
      const options = { examples: 9, [String.fromCharCode(0)]: 0 };
      refusesWell(() =>
        splitDataset(dataset, { validationSplit: 0.5, shuffle: true, seed: value as number }),
      );
      for (const name of [
        "examples",
        "noise",
        "seed",
        "factor",
        "classes",
        "turns",
        "features",
        "dtype",
      ]) {
        for (const make of [makeCircles, makeSpirals, makeLinear]) {
          refusesWell(() => make({ ...options, [name]: value }));
        }
      }
    }),
    { numRuns: 100 },
  );
});

it("bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      refusesWell(() => parseIdx(bytes));
      const magic = Uint8Array.of(0x1f, 0x8b, 8, ...bytes);
      const error: unknown = await gunzip(magic).catch((caught: unknown) => caught);
      expect(error instanceof Uint8Array || error instanceof InputError).toBe(true);
    }),
  );
});
