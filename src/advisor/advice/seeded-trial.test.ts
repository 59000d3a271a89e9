import { describe, expect, it } from "vitest";
import {
  leastLoss,
  saferThan,
  steadyFrom,
  updatesToTarget,
  type SeededTrial,
} from "./seeded-trial.ts";
import type { MadeRun } from "./target-run.ts";

/** A run that needed so many updates; Infinity: it did not arrive. */
const made = (updates: number, seed = 1, diverged = false): MadeRun => ({
  run: {
    ...{ batchSize: 32, learningRate: 0.1, threads: 1, seed, purpose: "search", diverged },
    ...{ reached: updates < Infinity, updates, examples: 32 * updates },
    ...{ seconds: updates, clockSeconds: updates },
  },
  least: diverged ? undefined : { loss: updates, parameters: [] },
  last: undefined,
  losses: [],
  model: undefined,
});
const trial = (learningRate: number, score: number, diverged = false): SeededTrial => ({
  ...{ learningRate, score, diverged },
  made: [],
});

describe("updatesToTarget", () => {
  it("is the mean over the seeds", async () => {
    const seeds: number[] = [];
    const { score } = await updatesToTarget(0.1, [1, 2, 3], undefined, (seed) => {
      seeds.push(seed);
      return Promise.resolve(made(10 * seed));
    });
    expect(score).toBe(20);
    expect(seeds).toEqual([1, 2, 3]);
  });

  it("fails with the first seed that does not arrive", async () => {
    const { score, made: runs } = await updatesToTarget(0.1, [1, 2, 3], undefined, (seed) =>
      Promise.resolve(made(seed === 2 ? Infinity : 10)),
    );
    expect(score).toBe(Infinity);
    expect(runs).toHaveLength(2);
  });

  it("says whether a seed arrived before one did not", async () => {
    const failing = async (at: number) =>
      updatesToTarget(0.1, [1, 2, 3], undefined, (seed) =>
        Promise.resolve(made(seed === at ? Infinity : 10)),
      );
    expect((await failing(1)).partly).toBe(false);
    expect((await failing(2)).partly).toBe(true);
  });

  it("asks one seed where that takes more than enough", async () => {
    const trial = async (enough: number) =>
      updatesToTarget(0.1, [1, 2, 3], undefined, (seed) => Promise.resolve(made(10 * seed)), enough); // prettier-ignore
    expect(await trial(9)).toMatchObject({ score: 10, made: [{}] });
    expect((await trial(10)).made).toHaveLength(3);
  });

  it("leaves each run no more updates than the best trial needed in all", async () => {
    const allowed: number[] = [];
    await updatesToTarget(0.1, [1, 2, 3], trial(0.2, 20), (_seed, most) => {
      allowed.push(most);
      return Promise.resolve(made(15));
    });
    expect(allowed).toEqual([59, 44, 29]);
  });
});

describe("leastLoss", () => {
  it("is the mean of the least losses, and fails when a seed diverges", async () => {
    const good = await leastLoss(0.1, [1, 2], (seed) => Promise.resolve(made(seed)));
    expect(good.score).toBe(1.5);
    const bad = await leastLoss(0.1, [1, 2], (seed) => Promise.resolve(made(1, seed, seed === 2)));
    expect(bad).toMatchObject({ score: Infinity, diverged: true });
  });
});

describe("saferThan", () => {
  const fastest = trial(0.4, 100);
  const never = () => Promise.reject(new Error("not to be asked"));

  it("keeps a rate that is not near one that diverged", async () => {
    expect(await saferThan(fastest, [trial(0.8, Infinity, true)], never)).toBe(fastest);
    expect(await saferThan(fastest, [trial(0.566, Infinity)], never)).toBe(fastest);
  });

  it("takes the rate √2 below one at the edge, when it is hardly slower", async () => {
    const edge = [trial(0.566, Infinity, true)];
    const found = await saferThan(fastest, edge, (rate, { score }) => {
      expect(score).toBeCloseTo(105);
      return Promise.resolve(trial(rate, 104));
    });
    expect(found.learningRate).toBe(0.283);
    const slow = await saferThan(fastest, edge, (rate) => Promise.resolve(trial(rate, Infinity)));
    expect(slow).toBe(fastest);
    const known = [...edge, trial(0.283, 103)];
    expect((await saferThan(fastest, known, never)).learningRate).toBe(0.283);
  });
});

describe("steadyFrom", () => {
  const best: SeededTrial = { ...trial(0.8, 3), made: [made(3)] };
  const rates: number[] = [];
  /** Least losses of the other seeds, by the rate. */
  const losses = (of: Readonly<Record<number, readonly number[]>>) => (rate: number) => {
    rates.push(rate);
    const runs = of[rate]!.map((loss, i) => made(loss, i, loss === Infinity));
    const diverged = runs.some(({ run }) => run.diverged);
    return Promise.resolve({ ...trial(rate, 1, diverged), made: runs });
  };

  it("is the best rate with all of its seeds where they agree", async () => {
    const { trial: steady, agreed } = await steadyFrom(best, [2, 3], losses({ 0.8: [3.5, 4] }));
    expect(agreed).toBe(true);
    expect(steady.learningRate).toBe(0.8);
    expect(steady.made.map(({ least }) => least?.loss)).toEqual([3, 3.5, 4]);
  });

  it("halves a rate that one seed does not survive, or that makes one much worse than the others", async () => {
    rates.length = 0;
    const of = { 0.8: [3, Infinity], 0.4: [3, 3, 30], 0.2: [4, 4, 5] };
    const { trial: steady } = await steadyFrom(best, [2, 3], losses(of));
    expect(rates).toEqual([0.8, 0.4, 0.2]);
    expect(steady.learningRate).toBe(0.2);
    expect(steady.made.map(({ least }) => least?.loss)).toEqual([4, 4, 5]);
  });

  it("is the rate whose worst seed came lowest where seeds agree at none", async () => {
    rates.length = 0;
    const of = { 0.8: [3, 50], 0.4: [4, 4, 9], 0.2: [4, 4, 10] };
    const { trial: nearest, agreed } = await steadyFrom(best, [2, 3], losses(of));
    expect(rates).toEqual([0.8, 0.4, 0.2]);
    expect(agreed).toBe(false);
    expect(nearest.made.map(({ least }) => least?.loss)).toEqual([4, 4, 9]);
    const unstable = losses(Object.fromEntries(rates.map((rate) => [rate, [Infinity]])));
    expect(await steadyFrom(best, [2, 3], unstable)).toEqual({ trial: best, agreed: false });
  });
});
