import { describe, expect, it } from "vitest";
import type { RacedRun } from "./advice.ts";
import { differences, inContention, leaderOf, luckOf } from "./contention.ts";

const runs = (batchSize: number, ...seconds: number[]): RacedRun[] =>
  seconds.map((each, seed) => ({
    ...{ batchSize, learningRate: 0.1, threads: 1, seed, purpose: "search", reached: true },
    ...{ updates: each, examples: each * batchSize, diverged: false },
    ...{ seconds: each, clockSeconds: each },
  }));

describe("inContention", () => {
  it("is empty for nothing", () => {
    const none: RacedRun[][] = [];
    expect(inContention(none)).toEqual([]);
  });

  it("keeps those that two standard errors of the difference do not tell from the least", () => {
    // One run each: the usual spread of 0.1 in the logarithm, two standard errors are 0.28, a factor of 1.33.
    const [a, b, c] = [runs(32, 100), runs(64, 130), runs(128, 136)];
    expect(inContention([a, b, c])).toEqual([a, b]);
  });

  it("compares seed by seed: what all of them find hard tells nothing", () => {
    // Seeds differ by factors, the batch sizes by a fifth for each of them.
    const hard = [1, 9, 3, 30, 2, 12, 5, 20];
    const [a, b] = [1, 1.2].map((by, i) => runs(32 << i, ...hard.map((each) => each * by)));
    expect(inContention([b!, a!])).toEqual([a]);
  });

  it("goes by s / √n, with the usual spread as three more degrees of freedom", () => {
    // Differences d, −d, … and a mean m: s² = (n d² + 3 · 2 · 0.1²) / (n + 2).
    const [n, d] = [8, 0.3];
    const limit = 2 * Math.sqrt((n * d ** 2 + 0.06) / (n + 2) / n);
    const kept = (mean: number) => {
      const logs = Array.from({ length: n }, (_, i) => mean + (i % 2 === 0 ? d : -d));
      const [a, b] = [runs(32, ...logs.map(() => 1)), runs(64, ...logs.map(Math.exp))];
      return inContention([a, b]).length;
    };
    expect([kept(0.999 * limit), kept(1.001 * limit)]).toEqual([2, 1]);
  });
});

describe("leaderOf", () => {
  it("is not the one that had the easy seeds alone", () => {
    const [easy, all] = [runs(8, 11), runs(32, 10, 100, 100, 100)];
    expect(leaderOf([easy, all])).toBe(all);
  });

  it("compares the seeds that both have, whatever their order", () => {
    const [a, b] = [runs(8, 1, 2, 4), runs(32, 1, 3).reverse()];
    expect(differences(b, a)).toEqual([Math.log(3 / 2), 0]);
    const none: RacedRun[][] = [];
    expect(leaderOf(none)).toBeUndefined();
  });
});

describe("luckOf", () => {
  it("makes up for the seeds that one did not have", () => {
    // Twice as slow for each seed that both had, of which the leader had two slower ones.
    const [leader, arm] = [runs(32, 10, 10, 80, 80), runs(8, 20, 20)];
    const slower = 20 * Math.exp(luckOf(arm, leader));
    expect(slower).toBeCloseTo(2 * Math.sqrt(10 * 80), 9);
    expect(luckOf(leader, leader)).toBeCloseTo(0, 12);
  });
});
