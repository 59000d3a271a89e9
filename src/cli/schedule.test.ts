import { describe, expect, it } from "vitest";
import * as schedules from "../nn/schedules.ts";
import type { Schedule } from "../nn/schedule.ts";
import { parseSchedule, requireLength, scheduleForms } from "./schedule.ts";

/** Rates over ten epochs of 100 examples, ten an epoch. */
const rates = ({ learningRate }: Schedule): number[] =>
  Array.from({ length: 101 }, (_, i) =>
    learningRate({ examples: 10 * i, examplesPerEpoch: 100, totalExamples: 1000 }),
  );
const epoch = { epochs: 1 };

describe("--schedule", () => {
  it.each<[string, Schedule]>([
    ["constant", schedules.constant(0.3)],
    ["cosine", schedules.cosine(0.3)],
    ["linear", schedules.polynomial(0.3)],
    ["polynomial", schedules.polynomial(0.3)],
    ["polynomial:2", schedules.polynomial(0.3, { power: 2 })],
    ["one-cycle", schedules.oneCycle(0.3)],
    ["one-cycle:0.5", schedules.oneCycle(0.3, { rise: 0.5 })],
    ["step:3", schedules.stepDecay(0.3, { every: { epochs: 3 } })],
    ["step:2.5, 0.5", schedules.stepDecay(0.3, { every: { epochs: 2.5 }, factor: 0.5 })],
    ["exponential:0.9", schedules.exponential(0.3, { factor: 0.9, every: epoch })],
    ["inverse-time", schedules.inverseTime(0.3, { every: epoch })],
    ["inverse-time:0.5", schedules.inverseTime(0.3, { decay: 0.5, every: epoch })],
    ["Cosine", schedules.cosine(0.3)],
  ])("%s is the schedule of the library", (text, expected) => {
    const made = parseSchedule(text, undefined)!.make(0.3);
    expect(made.name).toBe(expected.name);
    expect(rates(made)).toEqual(rates(expected));
  });

  it("plateau has the rule of the library", () => {
    const made = parseSchedule("plateau:2,0.5", undefined)!.make(0.3);
    const rule = (schedule: Schedule) => {
      let state = schedule.watch!.initial;
      return [1, 1, 1, 1, 1, 1].map(() => (state = schedule.watch!.next(state, 1)).factor);
    };
    expect(rule(made)).toEqual(rule(schedules.onPlateau(0.3, { patience: 2, factor: 0.5 })));
    expect(rule(made)).not.toEqual(rule(schedules.onPlateau(0.3)));
  });

  it("--warmup rises to it, or to a constant rate", () => {
    const over = { epochs: 2 };
    const warm = parseSchedule("cosine", "2")!;
    expect(rates(warm.make(0.3))).toEqual(rates(schedules.warmup(schedules.cosine(0.3), { over })));
    expect(warm.text).toBe("schedule cosine, warm-up 2 epochs");
    const alone = parseSchedule(undefined, "1")!;
    expect(rates(alone.make(0.3))).toEqual(rates(schedules.warmup(0.3, { over: epoch })));
    expect(alone.text).toBe("warm-up 1 epoch");
    expect(parseSchedule(undefined, undefined)).toBeUndefined();
  });

  it.each<[string, string | undefined, string]>([
    ["cosin", undefined, '--schedule must be one of constant, cosine, linear, .*; got "cosin"'],
    ["cosine:1", undefined, '--schedule must be cosine, got "cosine:1"'],
    ["step", undefined, '--schedule must be step:EPOCHS\\[,FACTOR\\], got "step"'],
    ["step:1,2,3", undefined, "--schedule must be step:EPOCHS\\[,FACTOR\\], got"],
    ["step:0", undefined, '--schedule step: epochs must be a positive number, got "step:0"'],
    ["step:1,", undefined, '--schedule step: factor must be a positive number, got "step:1,"'],
    ["exponential:-1", undefined, "--schedule exponential: factor must be a positive number"],
    ["plateau:1.5", undefined, "--schedule plateau: patience must be a whole number of at least 0"],
    ["plateau:1,1", undefined, "--schedule plateau: factor must be a number above 0 and below 1"],
    ["one-cycle", "1", "--warmup does not go with --schedule one-cycle, which rises by itself"],
    ["cosine", "0", '--warmup must be a positive number, got "0"'],
  ])("%s with warm-up %s is refused", (text, warmup, expected) => {
    expect(() => parseSchedule(text, warmup)).toThrow(new RegExp(`^${expected}`));
  });

  it("over the whole run needs to know how long that is", () => {
    const seconds = { epochs: undefined, updates: undefined, examples: undefined };
    for (const text of ["cosine", "linear", "polynomial:2", "one-cycle"]) {
      const schedule = parseSchedule(text, undefined);
      expect(() => {
        requireLength(schedule, seconds);
      }).toThrow(`--schedule ${text.split(":")[0]!} takes the whole run`);
      for (const unit of ["epochs", "updates", "examples"])
        requireLength(schedule, { ...seconds, [unit]: 5 });
    }
    for (const text of ["constant", "step:1", "exponential:0.9", "inverse-time", "plateau"])
      requireLength(parseSchedule(text, "1"), seconds);
  });

  it("says in the help what may stand behind a name", () => {
    expect(scheduleForms).toBe(
      "constant, cosine, linear, polynomial[:POWER], one-cycle[:RISE], step:EPOCHS[,FACTOR], " +
        "exponential:FACTOR, inverse-time[:DECAY], plateau[:PATIENCE[,FACTOR]]",
    );
  });
});
