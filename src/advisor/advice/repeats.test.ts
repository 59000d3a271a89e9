import { describe, expect, it } from "vitest";
import type { RacedRun } from "./advice.ts";
import { repeatContenders, type Raced } from "./repeats.ts";
import type { SearchRequest } from "./search-runs.ts";

const run = (
  { batchSize, learningRate, seed }: Pick<RacedRun, "batchSize" | "learningRate" | "seed">,
  updates: number,
  reached = true,
): RacedRun => ({
  ...{ batchSize, learningRate, seed, threads: 1, purpose: "search", diverged: !reached },
  ...{ reached, updates, examples: batchSize * updates, seconds: updates, clockSeconds: updates },
});

/** Runs whose updates are a function of rate and seed; undefined: it does not arrive. */
async function repeated(
  raced: Raced,
  updatesOf: (request: SearchRequest) => number | undefined,
  { seeding = { ofLeader: 10, perBatchSize: 16 }, others = [] as RacedRun[][] } = {},
) {
  const asked: SearchRequest[] = [];
  const runs = {
    aborted: false,
    make: (request: SearchRequest) => {
      asked.push(request);
      const updates = updatesOf(request);
      const reached = updates !== undefined && updates <= request.most;
      const made = run(request, Math.min(updates ?? 1, request.most), reached);
      return Promise.resolve({
        run: made,
        ...{ last: undefined, least: undefined, losses: [], model: undefined },
      });
    },
  };
  const events = repeatContenders(raced, others, runs, seeding, 1);
  while ((await events.next()).done !== true);
  return asked;
}

const start = (batchSize: number, learningRate: number, updates: readonly number[]) =>
  updates.map((count, i) => run({ batchSize, learningRate, seed: 1 + i }, count));

describe("repeatContenders", () => {
  it("gives a lone leader ten seeds, and leaves alone what is far behind", async () => {
    const raced: Raced = new Map([
      [32, start(32, 0.1, [100, 101, 99])],
      [64, start(64, 0.1, [300, 301, 299])],
    ]);
    const asked = await repeated(raced, () => 100);
    expect(raced.get(32)!.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(asked.every(({ batchSize }) => batchSize === 32)).toBe(true);
  });

  it("goes on with equals until they have as many as one may have", async () => {
    const raced: Raced = new Map([
      [32, start(32, 0.1, [100, 110, 90])],
      [64, start(64, 0.1, [100, 90, 110])],
    ]);
    await repeated(raced, ({ seed }) => 100 + 5 * (seed % 3));
    expect([...raced.values()].map((own) => own.length)).toEqual([16, 16]);
  });

  it("takes the rate √2 below one that a seed does not survive, with time for its slower steps", async () => {
    const raced: Raced = new Map([[32, start(32, 0.2, [100, 100, 100])]]);
    // Every seventh seed diverges at 0.2; updates are in inverse proportion to the rate.
    const asked = await repeated(raced, ({ seed, learningRate }) =>
      learningRate > 0.15 && seed % 7 === 0 ? undefined : 20 / learningRate,
    );
    expect(raced.get(32)!.map(({ learningRate }) => learningRate)).toEqual(
      Array.from({ length: 10 }, () => 0.141),
    );
    const lower = asked.find(({ learningRate }) => learningRate === 0.141)!;
    expect(lower.most).toBeCloseTo((4 * 100 * 0.2) / 0.141, 9);
  });

  it("goes down to a sixteenth, and gives a batch size up below that", async () => {
    // A lucky first seed: rates above 0.02 do not survive the second.
    const lucky = ({ seed, learningRate }: SearchRequest) =>
      learningRate > 0.02 && seed > 1 ? undefined : 20 / learningRate;
    const raced: Raced = new Map([[32, start(32, 0.2, [100])]]);
    await repeated(raced, lucky);
    expect(raced.get(32)![0]!.learningRate).toBe(0.0125);
    const hopeless: Raced = new Map([
      [16, start(16, 0.6, [33])],
      [32, start(32, 0.02, [1000])],
    ]);
    await repeated(hopeless, lucky);
    expect([...hopeless.keys()]).toEqual([32]);
  });

  it("keeps the last batch size with what arrived, and asks no more of it", async () => {
    const alone: Raced = new Map([[32, start(32, 0.2, [100, 100, 100])]]);
    // The fourth seed arrives at no rate, the others at all.
    const asked = await repeated(alone, ({ seed, learningRate }) =>
      seed === 4 ? undefined : 20 / learningRate,
    );
    expect(alone.get(32)!.map(({ learningRate }) => learningRate)).toEqual([0.2, 0.2, 0.2]);
    // The fourth seed at the rate itself, and four seeds at each of its five parts.
    expect(asked).toHaveLength(1 + 5 * 4);
  });

  it("gives a batch size the rate that more seeds say is the best", async () => {
    // The first three seeds speak for 0.1, all others for 0.2.
    const updatesOf = ({ seed, learningRate }: SearchRequest) =>
      seed <= 3 === learningRate > 0.15 ? 110 : 100;
    const raced: Raced = new Map([[32, start(32, 0.1, [100, 100, 100])]]);
    const others = [start(32, 0.2, [110, 110]), start(32, 0.4, [300, 310])];
    await repeated(raced, updatesOf, { others });
    expect(
      raced
        .get(32)!
        .map(({ updates }) => updates)
        .slice(0, 4),
    ).toEqual([110, 110, 110, 100]);
    expect(raced.get(32)![0]!.learningRate).toBe(0.2);
    expect(others[1]).toHaveLength(2);
  });

  it("takes another rate that is known before one that is not, and drops those that fail", async () => {
    const updatesOf = ({ seed, learningRate }: SearchRequest) =>
      learningRate > 0.15 && seed > 3 ? undefined : 20 / learningRate;
    const raced: Raced = new Map([[32, start(32, 0.4, [50, 50, 50])]]);
    const others = [start(32, 0.25, [80, 80, 80]), start(32, 0.1, [200, 200, 200])];
    const asked = await repeated(raced, updatesOf, { others });
    expect(raced.get(32)!.every(({ learningRate }) => learningRate === 0.1)).toBe(true);
    expect(new Set(asked.map(({ learningRate }) => learningRate))).toEqual(
      new Set([0.4, 0.25, 0.1]),
    );
  });
});
