import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { described, torchNn } from "../../test/support/torch-nn.ts";
import type { Schedule } from "./schedule.ts";
import {
  constant,
  cosine,
  exponential,
  inverseTime,
  onPlateau,
  oneCycle,
  polynomial,
  stepDecay,
  warmup,
} from "./schedules.ts";

const made: Readonly<Record<string, (rate: number, options: never) => Schedule>> = {
  constant,
  stepDecay,
  exponential,
  inverseTime,
  polynomial,
  cosine,
  oneCycle,
};
const { examplesPerUpdate, examplesPerEpoch } = torchNn;

/** The rates of `updates` updates of 4 examples each, in epochs of 20. */
function rates(schedule: Schedule, updates: number, totalExamples?: number): number[] {
  return Array.from({ length: updates }, (_, update) =>
    schedule.learningRate({
      examples: update * examplesPerUpdate,
      examplesPerEpoch,
      totalExamples,
    }),
  );
}

describe("learning rates are PyTorch's", () => {
  const rows = torchNn.schedules.map((row) => {
    const name = row.warmup === null ? row.schedule : `warmup of ${row.schedule}`;
    return [described(name, { ...row.options, ...row.warmup }), row] as const;
  });
  it.each(rows)("%s", (_, row) => {
    const schedule = made[row.schedule]!(row.rate, row.options as never);
    const warmed = row.warmup === null ? schedule : warmup(schedule, row.warmup as never);
    expect(gap(rates(warmed, row.rates.length), row.rates)).toBeLessThan(1e-14);
  });
});

describe("the length of the run", () => {
  it.each([
    ["cosine", cosine(0.1), cosine(0.1, { over: { epochs: 3 } })],
    [
      "polynomial",
      polynomial(0.1, { power: 2 }),
      polynomial(0.1, { power: 2, over: { epochs: 3 } }),
    ],
    ["oneCycle", oneCycle(0.1), oneCycle(0.1, { over: { epochs: 3 } })],
  ])("%s takes it from the budget", (name, whole, stretch) => {
    expect(rates(whole, 20, 60)).toEqual(rates(stretch, 20));
    expect(() => rates(whole, 1)).toThrow(
      `${name} needs the length of the run, and the budget does not say it: give over, such as { epochs: 10 }`,
    );
  });

  it.each([
    ["cosine", cosine(0.1, { final: 0.01, over: { epochs: 1 } }), 0.01],
    ["polynomial", polynomial(0.1, { over: { epochs: 1 } }), 0],
    ["oneCycle", oneCycle(0.1, { over: { epochs: 1 } }), 0.1 / 25 / 1e4],
  ])("%s stays at its end", (_, schedule, final) => {
    for (const rate of rates(schedule, 12).slice(5)) expect(rate).toBeCloseTo(final, 15);
  });

  // PyTorch's pct_start, which is 0.3 as well; its rows above count from another update.
  it("oneCycle is at its maximum after 30 % of it", () => {
    const at = (part: number) =>
      oneCycle(0.1).learningRate({
        examples: 1000 * part,
        examplesPerEpoch: 100,
        totalExamples: 1000,
      });
    expect(at(0.3)).toBe(0.1);
    expect(Math.max(at(0.29), at(0.31))).toBeLessThan(0.1);
  });

  it("does not depend on the batch size", () => {
    const schedule = warmup(cosine(0.1), { over: { epochs: 1 } });
    const at = (examples: number) =>
      schedule.learningRate({ examples, examplesPerEpoch: 20, totalExamples: 100 });
    expect(at(60)).toBe(rates(schedule, 16, 100)[15]);
  });
});

it("a warm-up keeps the rule that its schedule watches with", () => {
  const inner = onPlateau(0.1);
  const warmed = warmup(inner, { over: { epochs: 1 }, start: 0 });
  expect(warmed.watch).toBe(inner.watch);
  expect(warmed.name).toBe("warmup(onPlateau)");
  expect(rates(warmed, 7)).toEqual(
    [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.1].map((v) => expect.closeTo(v, 15) as number),
  );
});

describe("what is out of range is refused", () => {
  const every = { epochs: 1 };
  it.each([
    [() => constant(-0.1), "learningRate must be a positive number, got -0.1"],
    [() => stepDecay(0, { every }), "learningRate must be a positive number, got 0"],
    [() => stepDecay(1, { every: { epochs: 0 } }), "every.epochs must be a positive number, got 0"],
    [() => stepDecay(1, { factor: NaN, every }), "factor must be a positive number, got NaN"],
    [() => exponential(1, { factor: 0, every }), "factor must be a positive number, got 0"],
    [() => inverseTime(1, { decay: -1, every }), "decay must be a number of at least 0, got -1"],
    [() => polynomial(1, { power: 0 }), "power must be a positive number, got 0"],
    [() => cosine(1, { final: -1 }), "final must be a number of at least 0, got -1"],
    [
      () => cosine(1, { over: { examples: -5 } }),
      "over.examples must be a positive number, got -5",
    ],
    [() => warmup(1, { over: every, start: 1.5 }), "start must be a number from 0 to 1, got 1.5"],
    [() => oneCycle(1, { rise: 1 }), "rise must be above 0 and below 1, got 1"],
    [
      () => oneCycle(1, { over: { epochs: NaN } }),
      "over.epochs must be a positive number, got NaN",
    ],
    [
      () => stepDecay(1, {} as never),
      "every must be either { epochs: number } or { examples: number }, got undefined",
    ],
    [
      () => cosine(1, { over: { epochs: 1, examples: 5 } }),
      "over must be either { epochs: number } or { examples: number }, got { epochs, examples }",
    ],
    [
      () => cosine(1, { over: { updates: 5 } as never }),
      "over must be either { epochs: number } or { examples: number }, got { updates }",
    ],
    [
      () => oneCycle(1, { shape: "cosin" as never }),
      'shape must be one of cosine, linear; got "cosin"',
    ],
    [
      () => onPlateau(1, { thresholdMode: "rel" as never }),
      'thresholdMode must be one of relative, absolute; got "rel"',
    ],
    [() => onPlateau(0.1, { factor: 1 }), "factor must be above 0 and below 1, got 1"],
    [
      () => onPlateau(0.1, { patience: 1.5 }),
      "patience must be a whole number of at least 0, got 1.5",
    ],
    [() => onPlateau(0.1, { threshold: 1 }), "threshold must be at least 0 and below 1, got 1"],
  ])("%s", (act, message) => {
    expect(act).toThrow(message);
  });
});
