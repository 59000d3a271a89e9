/** @file Noise along a run: what it may cost, and what it says. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dense, InputError, relu, sequential } from "../src/index.ts";
import { openInstrument } from "../src/advisor/noise/instrument.ts";
import {
  affordableAt,
  nextProbe,
  startTracking,
  takeProbe,
  type NoiseProbe,
  type TrackingOptions,
  type TrackingState,
} from "../src/advisor/noise/track.ts";
import { loadDigits } from "../src/data/builtin.ts";
import { configure } from "../src/train/config.ts";
import { measureAt } from "./support/noise.ts";

const data = await loadDigits();
const model = sequential([dense(16), relu(), dense(10)]);
const config = configure(model, data, { seed: 1 });
const instrument = await openInstrument(config);
const { initial: parameters } = config;

/** Follows a run of given moments. */
async function follow(
  moments: readonly { readonly examples: number; readonly loss: number }[],
  options: TrackingOptions,
): Promise<{ probes: NoiseProbe[]; states: TrackingState[] }> {
  const probes: NoiseProbe[] = [];
  const states: TrackingState[] = [];
  let state = startTracking;
  for (const { examples, loss } of moments) {
    const looked = nextProbe(state, { examples, loss }, instrument, options);
    if (looked === undefined) continue;
    const moment = { examples, loss, updates: examples / 10, batchSize: 10 };
    const taken = await takeProbe(
      instrument,
      state,
      { moment, parameters, seed: 1, looked },
      options,
    );
    state = taken.state;
    probes.push(taken.probe);
    states.push(state);
  }
  return { probes, states };
}

describe("when to look", () => {
  it("never costs more than its share of the run", async () => {
    const moment = fc.record({
      more: fc.integer({ min: 1, max: 300_000 }),
      loss: fc.double({ min: 1e-3, max: 10, noNaN: true }),
    });
    const share = fc.constantFrom(0.001, 0.02, 0.3);
    await fc.assert(
      fc.asyncProperty(
        fc.array(moment, { maxLength: 8 }),
        share,
        fc.boolean(),
        async (steps, part, curvature) => {
          let examples = 0;
          const moments = steps.map(({ more, loss }) => ({ examples: (examples += more), loss }));
          const { probes, states } = await follow(moments, {
            share: part,
            curvature,
            examples: 600,
          });
          probes.forEach((probe, i) => {
            expect(states[i]!.spent).toBeLessThanOrEqual(part * probe.examples);
            expect(probe.looked).toBeGreaterThanOrEqual(512);
            expect(probe.looked).toBeLessThanOrEqual(600);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("is when the run has grown by a quarter, or its loss changed by a tenth, and enough was saved", () => {
    const last = { examples: 1_000_000, loss: 1 };
    const state = { ...startTracking, last, probes: 1 };
    const due = (examples: number, loss: number) =>
      nextProbe(state, { examples, loss }, instrument) !== undefined;
    expect(due(1_100_000, 0.95)).toBe(false);
    expect(due(1_300_000, 0.95)).toBe(true);
    expect(due(1_100_000, 0.85)).toBe(true);
    expect(due(1_100_000, 1.2)).toBe(true);
    expect(due(1_100_000, NaN)).toBe(true);
    expect(
      nextProbe(
        { ...state, spent: 0.014 * 1_300_000 },
        { examples: 1_300_000, loss: 1 },
        instrument,
      ),
    ).toBeUndefined();
  });

  it("is first worth it at exactly the example at which the run has paid for it", () => {
    for (const share of [0.001, 0.02, 0.3])
      for (const spent of [0, 123_456, -16_000]) {
        const state = { ...startTracking, spent };
        const at = affordableAt(state, instrument, { share });
        if (at <= 1) continue;
        expect(nextProbe(state, { examples: at, loss: 1 }, instrument, { share })).toBeDefined();
        expect(
          nextProbe(state, { examples: at - 1, loss: 1 }, instrument, { share }),
        ).toBeUndefined();
      }
    expect(affordableAt(startTracking, instrument, { share: 0 })).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("looks closer when more was saved, at all examples at most", () => {
    const looks = [5e5, 6e5, 7e5, 1e8].map((examples) =>
      nextProbe(startTracking, { examples, loss: 1 }, instrument),
    );
    expect(looks.toSorted((a, b) => a! - b!)).toEqual(looks);
    expect(looks.at(-1)).toBe(data.size);
    expect(
      nextProbe(startTracking, { examples: 1e8, loss: 1 }, instrument, { examples: 700 }),
    ).toBe(700);
    expect(nextProbe(startTracking, { examples: 1000, loss: 1 }, instrument)).toBeUndefined();
  });

  it.each([
    [{ share: 1 }, "share must be below 1: a part of the time of the run; got 1"],
    [{ share: -0.1 }, "share must be a number of at least 0, got -0.1"],
    [{ examples: 100 }, "examples must be a whole number of at least 512, got 100"],
    [{ window: 2 }, "window must be a whole number of at least 3, got 2"],
  ])("refuses %j", (options, message) => {
    const ask = () => nextProbe(startTracking, { examples: 1, loss: 1 }, instrument, options);
    expect(ask).toThrow(InputError);
    expect(ask).toThrow(message);
  });
});

describe("what a probe says", () => {
  const moments = [1, 2, 3, 4].map((k) => ({ examples: 2e6 * 2 ** k, loss: 1 / k }));

  it("with all examples is the noise there, and its mean over the same point again", async () => {
    const exact = await measureAt(instrument, { parameters, examples: data.size, batches: 64 });
    const { probes } = await follow(moments, {});
    expect(probes.map(({ simpleNoiseScale }) => simpleNoiseScale === null)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    for (const probe of probes) {
      expect(probe.looked).toBe(data.size);
      expect(probe.trace / exact.trace.value).toBeCloseTo(1, 5);
      expect(probe.gradientSquared / exact.gradientSquared.value).toBeCloseTo(1, 5);
      expect(probe.alongGradient! / exact.curvature!.alongGradient.value).toBeCloseTo(1, 5);
    }
    // What is left to chance is tr(HΣ), from two directions a probe.
    const mean = probes.reduce(
      (sum, { curvatureTrace }) => sum + curvatureTrace! / probes.length,
      0,
    );
    expect(Math.abs(Math.log(mean / exact.curvature!.trace.value))).toBeLessThan(Math.log(2));
    const { simpleNoiseScale, noiseScale } = probes.at(-1)!;
    expect(simpleNoiseScale!.value / exact.simpleNoiseScale.value).toBeCloseTo(1, 5);
    expect(noiseScale!.low).toBeLessThan(exact.curvature!.noiseScale.value);
    expect(noiseScale!.high).toBeGreaterThan(exact.curvature!.noiseScale.value);
  });

  it("with negative |G|² or GᵀHG speaks of no progress at all: w = 1 / (1 + b / B) is 0 there", async () => {
    const recent = [
      [100, 10, 60, 3],
      [100, -10, 60, -3],
    ];
    const moment = { examples: 4e6, loss: 1, updates: 4e5, batchSize: 20 };
    const at = { moment, parameters, seed: 1, looked: data.size };
    const { probe } = await takeProbe(instrument, { ...startTracking, recent, probes: 2 }, at);
    // B_crit = B (1 / w̄ − 1). At B = 20 scales of 10 and 20 make w 2/3 and 1/2; the third is the probe's own.
    const meanOf = (made: number, own: number) => 20 * (3 / (made + 0 + 1 / (1 + own / 20)) - 1);
    const { trace, gradientSquared, curvatureTrace, alongGradient } = probe;
    expect(probe.simpleNoiseScale!.value).toBeCloseTo(meanOf(2 / 3, trace / gradientSquared), 9);
    expect(probe.noiseScale!.value).toBeCloseTo(meanOf(1 / 2, curvatureTrace! / alongGradient!), 9);
  });

  it("goes on from a state that was written down as if nothing had happened", async () => {
    const { probes, states } = await follow(moments, { window: 3 });
    const kept = JSON.parse(JSON.stringify(states[1])) as TrackingState;
    const at = {
      moment: { ...moments[2]!, updates: moments[2]!.examples / 10, batchSize: 10 },
      parameters,
      seed: 1,
    };
    const looked = nextProbe(kept, at.moment, instrument)!;
    const { probe, state } = await takeProbe(instrument, kept, { ...at, looked }, { window: 3 });
    const timeless = (one: NoiseProbe) => ({ ...one, cost: one.cost.examples });
    expect(timeless(probe)).toEqual(timeless(probes[2]!));
    expect(state).toEqual(states[2]);
    expect(states[3]!.recent.length).toBe(3);
  });
});
