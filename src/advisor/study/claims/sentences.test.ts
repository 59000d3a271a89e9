/** @file What claims say where there is little to tell: losses that are equal or not finite, and batch sizes that never arrived. */
import { expect, it } from "vitest";
import { judgeCost } from "./cost-of-target.ts";
import { judgeDataSizes } from "./data-size.ts";
import { judgeEarlyProgress } from "./early-progress.ts";
import { judgeRanges } from "./size-ranges.ts";

const seeds = [1, 2];

/** Runs of an epoch that end with a loss; NaN for one that diverged. */
const epochs = (losses: Readonly<Record<number, number>>) =>
  Object.entries(losses).flatMap(([size, loss]) =>
    seeds.map((seed) => ({
      ...({
        batchSize: Number(size),
        seed,
        status: Number.isNaN(loss) ? "diverged" : "done",
      } as const),
      curve: { epochs: [0, 0.2], validationLoss: [9, Number.isNaN(loss) ? 9 : loss] },
    })),
  );
const early = (losses: Readonly<Record<number, number>>) => {
  const { verdict, evidence } = judgeEarlyProgress(epochs(losses));
  return { verdict, said: evidence.summary };
};

it("losses that are the same everywhere are not least at one batch size and largest at another", () => {
  const { verdict, said } = early({ 1: 0.5, 8: 0.5, 64: 0.5 });
  expect(verdict).toBe("cannot tell");
  expect(said.en).toContain("the validation loss was 0.5 at every batch size; each doubling");
  expect(said.zh).toContain("验证损失在每个批大小处都是 0.5；");
});

it("a run that diverged has no loss, whatever it had before; two seeds are not called one", () => {
  const { verdict, said } = early({ 1: NaN, 8: 0.5, 64: 0.25 });
  expect(verdict).toBe("cannot tell");
  expect(said.en).toContain(
    "was least, 0.25, at batch size 64, and largest, 0.5, at 8 (not finite at 1); each doubling of the batch multiplied it by – (not a finite number with every seed)",
  );
  expect(early({ 1: NaN, 8: 0.5 }).said.en).toContain("was 0.5 at the others (not finite at 1)");
  expect(early({ 1: NaN, 8: NaN }).said.en).toContain("was not finite at any batch size");
  // A loss of 0 has no logarithm.
  expect(early({ 1: 0, 8: 0.5 }).said.en).not.toContain("one seed");
});

/** Arrivals at a target, or none where the number of updates is Infinity. */
const race = (updates: Readonly<Record<number, number>>) => ({
  ...{ target: 0.1, constantLoss: 1 },
  arrivals: Object.entries(updates).flatMap(([size, count]) =>
    seeds.map((seed) => ({
      ...{ batchSize: Number(size), seed, learningRate: 0.1, reached: count < Infinity },
      ...{ updates: 100, examples: 100 * Number(size), seconds: 1 },
    })),
  ),
});

it("batch sizes that reached the target are counted in words", () => {
  const said = (updates: Readonly<Record<number, number>>) =>
    judgeCost(race(updates)).evidence.summary.en;
  expect(said({ 1: 9, 8: Infinity })).toBe(
    "Only 1 batch size always reached the target, a validation loss of 0.1, in time; three are needed.",
  );
  expect(said({ 1: 9, 8: 9, 64: Infinity })).toMatch(/^Only 2 batch sizes always/);
  expect(said({ 1: Infinity })).toMatch(/^No batch size always reached/);
});

it("of a range in which none arrived is said so, though others did", () => {
  const ranges = judgeRanges([], race({ 1: 9, 8: 9, 32: 9, 64: Infinity, 5000: 9 }), 5000);
  expect(ranges.evidence.summary.en).toBe(
    "No batch size from 64 to 256 always reached the target, a validation loss of 0.1, in time.",
  );
  const small = judgeRanges([], race({ 1: Infinity, 64: 9, 5000: 9 }), 5000);
  expect(small.evidence.summary.en).toMatch(/^No batch size from 1 to 32 always/);
  const sized = (size: number, updates: Readonly<Record<number, number>>) => ({
    ...{ size, race: race(updates) },
  });
  const few = sized(1000, { 1: 9, 8: 9, 32: Infinity, 1000: 9 });
  const { evidence } = judgeDataSizes(few, sized(60000, { 32: 9, 60000: 9 }));
  expect(evidence.summary.en).toMatch(/^No batch size from 32 to 256 always reached the target/);
  expect(evidence.summary.zh).toContain("从 32 到 256 没有一个批大小");
});

it("a noise is never below 0", () => {
  const noisy = (batchSize: number, seed: number) => ({
    ...{ batchSize, seed },
    gradientNoise: {
      ...{ updates: [0], examples: [0], fullNorm: [1], batches: 4 },
      ...{ relativeError: [seed === 1 ? 2.5 : 4], cosine: [0.95] },
    },
  });
  const runs = [1, 1024].flatMap((size) => seeds.map((seed) => noisy(size, seed)));
  const { evidence } = judgeRanges(runs, race({ 1: 9, 64: 9, 1024: 9, 5000: 9 }), 5000);
  // t = 12.7 with two seeds: 3.25 ± 9.53
  expect(evidence.summary.en).toContain("at least 3.25 (0–12.8)");
});
