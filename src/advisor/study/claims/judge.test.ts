/** @file The rules of the claims, on made-up measurements whose verdicts are known. */
import { describe, expect, it } from "vitest";
import type { Arrival, TargetRace } from "../to-target.ts";
import { judgeCost } from "./cost-of-target.ts";
import { judgeDataSizes } from "./data-size.ts";
import { judgeEarlyProgress } from "./early-progress.ts";
import { judgeMemory } from "./memory.ts";
import { judgeNoise, noiseLaw } from "./noise-law.ts";
import { judgeHardware } from "./parallel-hardware.ts";
import { judgeEscapes } from "./poor-minimum.ts";
import { judgeRanges } from "./size-ranges.ts";
import { judgeStableRates, type StableRate } from "./stable-rate.ts";
import { judgeSteadiness, type Path } from "./steadiness.ts";
import { judgeUpdates } from "./updates-per-epoch.ts";
import { judgeEngines } from "./vectorisation.ts";

const seeds = [1, 2, 3];
/** Factors around 1 that differ from seed to seed by 2 %. */
const jitter = (seed: number): number => 1 + (seed - 2) / 50;
const grid = <T>(sizes: readonly number[], make: (batchSize: number, seed: number) => T) =>
  sizes.flatMap((batchSize) => seeds.map((seed) => make(batchSize, seed)));

describe("updates per epoch", () => {
  const counted = { examples: 1000, batchSize: 64, dropLast: false, updates: 16, seen: 1000 };
  const dropped = { ...counted, dropLast: true, updates: 15, seen: 960 };
  it("are ⌈1000/64⌉ = 16, or 15 without the last 40", () => {
    expect(judgeUpdates([counted, dropped]).verdict).toBe("holds");
    expect(judgeUpdates([counted, { ...dropped, updates: 16 }]).verdict).toBe("does not hold");
    expect(judgeUpdates([{ ...counted, seen: 960 }]).verdict).toBe("does not hold");
  });
});

describe("early progress", () => {
  const judged = (lossOf: (batchSize: number, seed: number) => number) =>
    judgeEarlyProgress(
      grid([1, 32, 1000], (batchSize, seed) => ({
        ...{ batchSize, seed, status: "done" as const },
        curve: {
          epochs: [0, 0.25, 0.3, 1],
          validationLoss: [99, lossOf(batchSize, seed), 99, 99],
        },
      })),
    );
  it("goes by the loss at a quarter of the epoch", () => {
    expect(judged((size, seed) => Math.sqrt(size) * jitter(seed)).verdict).toBe("holds");
    expect(judged((size, seed) => jitter(seed) / size).verdict).toBe("does not hold");
    const apart = judged((size, seed) => size ** (seed - 2));
    expect(apart.verdict).toBe("cannot tell");
    // 1 doubling multiplies √B by √2
    expect(judged((size) => Math.sqrt(size)).evidence.summary.en).toContain("1.41 (95%");
  });
});

describe("the law of noise", () => {
  const size = 256;
  const sizes = [1, 16, 128, size];
  const judged = (measured: (law: number) => number) =>
    judgeNoise(
      grid(sizes, (batchSize, seed) => {
        const law = noiseLaw(40, batchSize, size);
        return {
          batchSize,
          seed,
          law,
          measured: measured(law) * (batchSize < size ? jitter(seed) : 1),
        };
      }),
      size,
    ).verdict;
  it("is a power of 1 within 0.05, and nothing at the full batch", () => {
    expect(judged((law) => law)).toBe("holds");
    expect(judged((law) => law ** 0.8)).toBe("does not hold");
    expect(judged((law) => law + 0.01)).toBe("does not hold"); // noise where there is none
  });
});

describe("steadiness", () => {
  const judged = (
    cosines: (batchSize: number, seed: number) => Pick<Path, "downhill" | "steady">,
  ) =>
    judgeSteadiness(
      grid([1, 16, 256], (batchSize, seed) => [
        { batchSize, seed, rate: "common" as const, ...cosines(batchSize, seed) },
        { batchSize, seed, rate: "tuned" as const, downhill: 0, steady: -batchSize },
      ]).flat(),
    ).verdict;
  const rising = (size: number, seed: number) => 0.1 * Math.log2(size) * jitter(seed);
  it("needs both cosines, at the common learning rate", () => {
    expect(judged((s, n) => ({ downhill: rising(s, n), steady: rising(s, n) }))).toBe("holds");
    expect(judged((s, n) => ({ downhill: rising(s, n), steady: -rising(s, n) }))).toBe(
      "does not hold",
    );
    expect(judged((s, n) => ({ downhill: rising(s, n), steady: rising(s, n) * (n - 2) }))).toBe(
      "cannot tell",
    );
  });
});

describe("stable learning rates", () => {
  const judged = (rates: Readonly<Record<StableRate["task"], number>>) =>
    judgeStableRates(
      (["quadratic", "model"] as const).flatMap((task) =>
        grid([1, 64], (batchSize, seed) => ({
          ...{ task, batchSize, seed, limit: batchSize === 64 && task === "quadratic" ? 1 : null },
          rate: (batchSize === 1 ? rates[task] : 1) * jitter(seed),
        })),
      ),
    );
  it("must be smaller for SGD on both losses", () => {
    expect(judged({ quadratic: 0.5, model: 0.1 }).verdict).toBe("holds");
    expect(judged({ quadratic: 0.5, model: 3 }).verdict).toBe("does not hold");
    expect(judged({ quadratic: 0.5, model: 0.1 }).evidence.summary.en).toContain("2/λmax to 2%");
  });
});

describe("escapes from a poor minimum", () => {
  const judged = (left: readonly [number, number]) =>
    judgeEscapes([
      { batchSize: 1, starts: 24, left: left[0] },
      { batchSize: 256, starts: 24, left: left[1] },
    ]).verdict;
  it("are compared by Wilson's intervals", () => {
    expect(judged([20, 0])).toBe("holds");
    expect(judged([0, 20])).toBe("does not hold");
    expect(judged([3, 0])).toBe("cannot tell"); // 0.04–0.31 and 0–0.14
  });
});

describe("memory", () => {
  const judged = (extra: (seed: number) => number) =>
    judgeMemory(
      grid([1, 1024], (batchSize, seed) =>
        [true, false].map((whole) => ({
          ...{ batchSize, seed, whole },
          bytes: 2e8 + (batchSize > 1 && whole ? extra(seed) : 0),
        })),
      ).flat(),
    ).verdict;
  it("grows by more than 1 MiB, or not", () => {
    expect(judged((seed) => 5e7 * jitter(seed))).toBe("holds");
    expect(judged(() => 0)).toBe("does not hold");
    expect(judged((seed) => (seed === 2 ? 2e8 : 0))).toBe("cannot tell");
  });
});

describe("parallel hardware", () => {
  const judged = (sgd: number) =>
    judgeHardware(
      grid([1, 256], (batchSize, seed) =>
        [1, 2].map((threads) => ({
          ...{ batchSize, seed, threads, seconds: 1e-3 },
          share: (batchSize === 1 ? sgd / threads : 0.5) * jitter(seed),
        })),
      ).flat(),
      { rate: 1e11, flops: 1e6, cores: 2 },
    ).verdict;
  it("is wasted below half of the best share", () => {
    expect(judged(0.02)).toBe("holds");
    expect(judged(0.45)).toBe("does not hold");
    expect(judged(0.25)).toBe("cannot tell");
  });
});

/** Runs that follow S(B) = 400 (1 + 100/B), and take `cost(B)` seconds an update. */
function race(
  sizes: readonly number[],
  cost: (batchSize: number) => number,
  late: readonly number[] = [],
): TargetRace {
  const arrivals = grid(sizes, (batchSize, seed): Arrival => {
    const updates = 400 * (1 + 100 / batchSize) * jitter(seed);
    const reached = !late.includes(batchSize);
    return {
      ...{ batchSize, seed, learningRate: 0.1, reached, updates, examples: updates * batchSize },
      seconds: updates * cost(batchSize),
    };
  });
  return { target: 0.1, constantLoss: 2, arrivals };
}

const sizes = [1, 32, 64, 256, 1024, 60000];

describe("the cost of a target", () => {
  it("is least in the middle where updates cost 20 µs and examples 2", () => {
    const cost = (size: number) => 2e-5 + 2e-6 * size;
    expect(judgeCost(race(sizes, cost)).verdict).toBe("holds");
    expect(judgeCost(race(sizes, cost, [60000])).verdict).toBe("holds"); // slower at least by what it had
  });
  it("is least at an end where updates cost the same, whatever their size, or examples alone cost", () => {
    expect(judgeCost(race(sizes, () => 1e-3)).verdict).toBe("does not hold");
    expect(judgeCost(race(sizes, (size) => 1e-5 * size)).verdict).toBe("does not hold");
  });
  it("needs examples that rise and updates that fall, with a fast middle in any case", () => {
    const cost = (size: number) => 2e-5 + 2e-6 * size;
    /** Runs whose updates go with B to this power. */
    const powered = (power: number) => {
      const { arrivals, ...about } = race(sizes, cost);
      const changed = arrivals.map((run) => {
        const updates = 1e4 * run.batchSize ** power * jitter(run.seed);
        return { ...run, updates, examples: updates * run.batchSize };
      });
      return judgeCost({ ...about, arrivals: changed });
    };
    expect(powered(-0.5).verdict).toBe("holds"); // examples by the power 0.5
    const [more, fewer] = [powered(0.5), powered(-1.5)];
    expect([more.verdict, fewer.verdict]).toEqual(["does not hold", "does not hold"]);
    expect(more.evidence.summary.en).toContain("Part 2: does not hold; the rest holds.");
    expect(fewer.evidence.summary.en).toContain("Part 1: does not hold; the rest holds.");
  });
  it("cannot be told where an end is as fast as the middle, to what seeds differ by", () => {
    const even = race(sizes, (size) => 2e-5 + 2e-6 * size);
    const arrivals = even.arrivals.map((run) =>
      run.batchSize === 1 ? { ...run, seconds: 0.05 * 3 ** (run.seed - 2) } : run,
    );
    expect(judgeCost({ ...even, arrivals }).verdict).toBe("cannot tell");
  });
  it("cannot be told where nothing was learned, or nothing arrived", () => {
    expect(judgeCost({ target: null, constantLoss: 2, arrivals: [] }).verdict).toBe("cannot tell");
    expect(judgeCost(race(sizes, () => 1, sizes.slice(1))).verdict).toBe("cannot tell");
  });
});

describe("vectorisation", () => {
  const runs = [1, 32].flatMap((batchSize) =>
    (["onnx", "loops"] as const).map((engine) => ({
      ...{ batchSize, engine, updates: 4, examples: 4 * batchSize },
      seconds: engine === "loops" ? 1 : 0.01,
    })),
  );
  const engines = (largestDifference: number) =>
    [1, 32].map((batchSize) => ({
      batchSize,
      seed: 1,
      updates: 4,
      largestDifference,
      timeRatio: 100,
    }));
  it("leaves nothing but rounding between the engines", () => {
    expect(judgeEngines(runs, engines(1e-15), 0.5).verdict).toBe("holds");
    expect(judgeEngines(runs, engines(1e-6), 0.5).verdict).toBe("does not hold");
    expect(judgeEngines(runs, engines(1e-15).slice(1), 0.5).verdict).toBe("cannot tell");
  });
});

describe("size ranges", () => {
  const noisy = (errorAt1024: number) =>
    grid(sizes, (batchSize, seed) => {
      const relative = Math.sqrt(1024 / batchSize) * errorAt1024 * jitter(seed);
      return {
        ...{ batchSize, seed },
        gradientNoise: {
          ...{ updates: [0], examples: [0], fullNorm: [1], batches: 4 },
          relativeError: [relative],
          cosine: [1 / Math.sqrt(1 + relative ** 2)],
        },
      };
    });
  const judged = (errorAt1024: number, cost: (size: number) => number) =>
    judgeRanges(noisy(errorAt1024), race(sizes, cost), 60000).verdict;
  it("need noise below, speed between and a clear gradient above", () => {
    const middling = (size: number) => 1e-4 + 1e-6 * size;
    expect(judged(0.3, middling)).toBe("holds");
    expect(judged(0.05, middling)).toBe("does not hold"); // 32 is not noisy: 0.28
    expect(judged(2, middling)).toBe("does not hold"); // 1024 is far from the full batch: 0.45
    expect(judged(0.3, (size) => 1e-6 * size)).toBe("does not hold"); // 1–32 is faster
  });
});

describe("data sizes", () => {
  const small = (cost: (size: number) => number) => ({
    size: 1000,
    race: race([1, 32, 256, 1000], cost),
  });
  const large = { size: 60000, race: race(sizes, (size) => 1e-4 + 1e-6 * size) };
  it("compare the full batch with medium ones on both", () => {
    expect(
      judgeDataSizes(
        small(() => 1e-3),
        large,
      ).verdict,
    ).toBe("holds");
    expect(
      judgeDataSizes(
        small((size) => 1e-4 + 1e-5 * size),
        large,
      ).verdict,
    ).toBe("does not hold");
  });
  it("take a full batch that never arrived for slower at least than what it had, and for no more", () => {
    const cost = (size: number) => 1e-4 + 1e-6 * size;
    /** The full batch had this part of the time that it needs, and did not arrive. */
    const given = (part: number, rows: number, of: TargetRace) => ({
      size: rows,
      race: {
        ...of,
        arrivals: of.arrivals.map((run) =>
          run.batchSize === rows ? { ...run, reached: false, seconds: part * run.seconds } : run,
        ),
      },
    });
    const fast = small(() => 1e-3);
    // 400 updates of 60 ms against 560 of 0.36 ms: two thousandths are less time than the best medium batch took.
    const early = given(0.002, 60000, race(sizes, cost));
    expect(judgeDataSizes(fast, given(1, 60000, race(sizes, cost))).verdict).toBe("holds");
    expect(judgeDataSizes(fast, early).verdict).toBe("cannot tell");
    // On the small data it was to be faster.
    expect(judgeDataSizes(given(3, 1000, fast.race), large).verdict).toBe("does not hold");
    expect(judgeDataSizes(given(0.1, 1000, fast.race), large).verdict).toBe("cannot tell");
  });
});
