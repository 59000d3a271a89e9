import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  choose,
  chooseStart,
  powersOfTwo,
  progressSeconds,
  updateSeconds,
  usualScales,
} from "./choose.ts";

/** A machine on which an update takes `fixed` + `each` · B. */
const machine = (fixed: number, each: number) =>
  powersOfTwo(1, 4096).map((batchSize) => ({ batchSize, seconds: fixed + each * batchSize }));
const sure = (value: number) => ({ value, low: value * 0.9, high: value * 1.1 });
const all = { least: 1, most: 4096 };

describe("updateSeconds", () => {
  it("is what was measured where it was, and between its neighbours elsewhere", () => {
    const times = machine(20e-6, 3e-6);
    for (const { batchSize, seconds } of times)
      expect(updateSeconds(times, batchSize)).toBeCloseTo(seconds, 15);
    expect(updateSeconds(times, 3)).toBeGreaterThan(updateSeconds(times, 2));
    expect(updateSeconds(times, 3)).toBeLessThan(updateSeconds(times, 4));
  });

  it("grows in proportion beyond what was measured", () => {
    const times = machine(20e-6, 3e-6);
    expect(updateSeconds(times, 8192)).toBeCloseTo(2 * updateSeconds(times, 4096), 12);
  });

  it("is exact for powers t = c Bᵏ, which are straight on logarithmic axes", () => {
    const times = [1, 4, 16].map((batchSize) => ({ batchSize, seconds: 1e-5 * batchSize ** 0.7 }));
    for (const batchSize of [2, 3, 8, 15])
      expect(updateSeconds(times, batchSize)).toBeCloseTo(1e-5 * batchSize ** 0.7, 12);
  });
});

describe("choose", () => {
  it("finds the least of (t₀ + t₁ B)(1 + b / B), which is at B = √(b t₀ / t₁)", () => {
    // √(128 · 32) = 64
    const times = machine(32e-6, 1e-6);
    expect(choose(times, sure(128), 8, all)?.batchSize).toBe(64);
    expect(choose(times, sure(128), 512, all)?.batchSize).toBe(64);
    const ratio = progressSeconds(times, 128, 64) / progressSeconds(times, 128, 8);
    expect(choose(times, sure(128), 8, all)?.ratio).toBeCloseTo(ratio, 15);
    expect(ratio).toBeCloseTo((96 * 3) / (40 * 17), 12);
  });

  it("stays where less than a tenth is saved", () => {
    expect(choose(machine(32e-6, 1e-6), sure(128), 64, all)).toBeUndefined();
    expect(choose(machine(32e-6, 1e-6), sure(128), 32, all)).toBeUndefined();
  });

  it("stays where the interval speaks against it", () => {
    const times = machine(32e-6, 1e-6);
    expect(choose(times, { value: 2000, low: 0, high: 4000 }, 32, all)).toBeUndefined();
    expect(choose(times, { value: 2000, low: 1000, high: Infinity }, 32, all)).toBeDefined();
  });

  it("goes by a factor of 8 at most", () => {
    expect(choose(machine(1e-3, 1e-9), sure(1e6), 4, all)?.batchSize).toBe(32);
  });

  it.each([NaN, Infinity, -5])("cannot tell from a noise scale of %d", (value) => {
    expect(
      choose(machine(32e-6, 1e-6), { value, low: 0, high: Infinity }, 32, all),
    ).toBeUndefined();
  });

  it("keeps to its bounds, and never chooses what is slower", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e-3, noNaN: true }),
        fc.double({ min: 1e-8, max: 1e-4, noNaN: true }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 12 }),
        (fixed, each, scale, a, b) => {
          const times = machine(fixed, each);
          const bounds = { least: 2 ** Math.min(a, b), most: 2 ** Math.max(a, b) };
          const now = 2 ** a;
          const choice = choose(times, sure(scale), now, bounds);
          if (choice === undefined) return;
          expect(choice.batchSize).toBeGreaterThanOrEqual(bounds.least);
          expect(choice.batchSize).toBeLessThanOrEqual(bounds.most);
          expect(choice.ratio).toBeLessThanOrEqual(0.9);
        },
      ),
    );
  });
});

describe("usualScales", () => {
  it("are 3 √N / 4, 3 √N and 12 √N, and above that what the inputs add", () => {
    expect(usualScales(10_000, 0)).toEqual([75, 300, 1200]);
    expect(usualScales(10_000, 500)).toEqual([575, 800, 1700]);
  });
});

describe("chooseStart", () => {
  /** 3 √4444 is 200. */
  const scales = usualScales(4444, 0);

  it("is near √(b t₀ / t₁) for noise scales b around 3 √N, where it saves a tenth", () => {
    // √(200 · 80) = 126
    expect(chooseStart(machine(80e-6, 1e-6), 32, scales, all)?.batchSize).toBe(128);
    // √(200 · 5) = 32: nothing to gain
    expect(chooseStart(machine(5e-6, 1e-6), 32, scales, all)).toBeUndefined();
    // √(3200 · 320) = 1012 with 256 times the examples, and a step is a factor of 16 at most
    const larger = usualScales(256 * 4444, 0);
    expect(chooseStart(machine(320e-6, 1e-6), 32, larger, all)?.batchSize).toBe(512);
    // √(200 · 0.01) = 1.4
    expect(chooseStart(machine(1e-8, 1e-6), 32, scales, all)?.batchSize).toBeLessThan(32);
  });

  it("is larger where the inputs bound the learning rate", () => {
    // √(200 · 20) = 63, which saves less than a tenth, and √(3200 · 20) = 253
    expect(chooseStart(machine(20e-6, 1e-6), 32, scales, all)).toBeUndefined();
    const bound = usualScales(4444, 3000);
    expect(chooseStart(machine(20e-6, 1e-6), 32, bound, all)?.batchSize).toBe(256);
  });

  it("keeps to the bounds and to a factor of sixteen", () => {
    const flat = machine(1, 0);
    expect(chooseStart(flat, 32, scales, all)?.batchSize).toBe(512);
    expect(chooseStart(flat, 32, scales, { least: 1, most: 100 })?.batchSize).toBe(64);
    expect(chooseStart(flat, 32, scales, { least: 1, most: 40 })).toBeUndefined();
  });
});
