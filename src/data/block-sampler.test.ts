import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chiSquare, chiSquareLimit, evenly, normalLimit } from "../../test/support/statistics.ts";
import { blockShuffled } from "./block-sampler.ts";
import { range, shuffled } from "./sampler.ts";

const orderOf = (size: number, block: number, window: number, seed = 1, epoch = 0): Int32Array =>
  blockShuffled({ block, window }).order({ size, seed, epoch });

/** Seeds from 0 on. */
const seeds = (count: number): readonly number[] => Array.from(range(count));

describe("every example comes once an epoch", () => {
  it("for any size, block and window", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        fc.nat(),
        (size, block, window, seed) => {
          const order = orderOf(size, block, window, seed);
          expect([...order].sort((a, b) => a - b)).toEqual([...range(size)]);
        },
      ),
    );
  });

  it("of a block within one window of visits, or two that touch", () => {
    const [size, block, window] = [1000, 7, 100];
    const visits = new Int32Array(size);
    orderOf(size, block, window).forEach((example, visit) => (visits[example] = visit));
    for (let first = 0; first < size; first += block) {
      const windows = visits
        .subarray(first, first + block)
        .map((visit) => Math.floor(visit / window));
      expect(Math.max(...windows) - Math.min(...windows)).toBeLessThanOrEqual(1);
    }
  });
});

it("is a pure function of seed and epoch", () => {
  expect(orderOf(500, 10, 60)).toEqual(orderOf(500, 10, 60));
  expect(orderOf(500, 10, 60, 1, 1)).not.toEqual(orderOf(500, 10, 60));
  expect(orderOf(500, 10, 60, 2)).not.toEqual(orderOf(500, 10, 60));
});

it.each([
  ["block", { block: 0, window: 5 }],
  ["block", { block: 1.5, window: 5 }],
  ["window", { block: 5, window: -1 }],
])("refuses a wrong %s", (name, options) => {
  expect(() => blockShuffled(options)).toThrow(`${name} must be a whole number of at least 1`);
});

describe("is a uniform shuffle", () => {
  /** χ² of the permutations of 0 … size − 1. */
  const permutations = (size: number, block: number, window: number): number => {
    const counts = new Map<string, number>();
    for (const seed of seeds(12_000)) {
      const text = orderOf(size, block, window, seed).join();
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const all = [1, 2, 3, 4, 5].slice(0, size).reduce((product, i) => product * i, 1);
    const found = [...counts.values()];
    return chiSquare([...found, ...evenly(all - found.length).map(() => 0)], evenly(all));
  };

  it.each([
    ["with a window of all", 2, 5],
    ["with a window beyond all", 3, 100],
    ["with blocks of one", 1, 2],
  ])("%s", (_, block, window) => {
    expect(permutations(5, block, window)).toBeLessThan(chiSquareLimit[119]);
  });

  it("and not with small windows: the limit can be exceeded", () => {
    expect(permutations(5, 2, 2)).toBeGreaterThan(chiSquareLimit[119]);
  });
});

describe("mixes data that is sorted by class", () => {
  const [size, classes, block, window, batch] = [6000, 4, 50, 1000, 64];
  const perClass = size / classes;
  /** Examples of class 0 in the first batch, for each seed. */
  const counts = (order: (seed: number) => Int32Array): readonly number[] =>
    seeds(2000).map(
      (seed) =>
        order(seed)
          .subarray(0, batch)
          .filter((example) => example < perClass).length,
    );
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[]): number => {
    const m = mean(values);
    return mean(values.map((value) => (value - m) ** 2));
  };
  /** Variance of the hypergeometric distribution: `draws` of `all`, of which `marked` are marked. */
  const hypergeometric = (all: number, marked: number, draws: number): number => {
    const p = marked / all;
    return (draws * p * (1 - p) * (all - draws)) / (all - 1);
  };

  it("so that a batch holds the classes in proportion, as spread as blocks and windows make it", () => {
    const found = counts((seed) => orderOf(size, block, window, seed));
    const p = 1 / classes;
    // A window has `drawn` of all blocks; a batch has `batch` of the window's examples. By the law of total variance, with M examples of the class
    // in the window: Var = E[hypergeometric(window, M, batch)] + (batch / window)² Var(M).
    const drawn = window / block;
    const varM = block ** 2 * hypergeometric(size / block, perClass / block, drawn);
    const meanM = window * p;
    const within =
      (batch * (meanM * window - varM - meanM ** 2) * (window - batch)) /
      (window ** 2 * (window - 1));
    const expected = within + (batch / window) ** 2 * varM;
    expect(Math.abs(mean(found) - batch * p)).toBeLessThan(
      normalLimit * Math.sqrt(expected / found.length),
    );
    // Near a normal distribution the variance of a variance is 2 σ⁴ / n.
    expect(Math.abs(variance(found) - expected)).toBeLessThan(
      normalLimit * expected * Math.sqrt(2 / found.length),
    );
  });

  it("beside a uniform shuffle, whose batches are hypergeometric", () => {
    const found = counts((seed) => shuffled().order({ size, seed, epoch: 0 }));
    const expected = hypergeometric(size, perClass, batch);
    expect(Math.abs(variance(found) - expected)).toBeLessThan(
      normalLimit * expected * Math.sqrt(2 / found.length),
    );
  });

  it("so that place and visit are not correlated", () => {
    const n = 4000;
    const correlations = seeds(100).map((seed) => {
      const order = orderOf(n, 10, 500, seed);
      const middle = (n - 1) / 2;
      let sum = 0;
      order.forEach((example, visit) => (sum += (example - middle) * (visit - middle)));
      return sum / ((n * (n ** 2 - 1)) / 12);
    });
    // Over K = n / 10 blocks the correlation of a permutation has variance 1 / (K − 1), and the mixing makes it smaller.
    const limit = normalLimit / Math.sqrt((n / 10 - 1) * correlations.length);
    expect(Math.abs(mean(correlations))).toBeLessThan(limit);
  });
});
