/** @file The sweep that advice is measured against: every power of two, its learning rate tuned, several seeds. */
import type { AdviceTarget, RacedRun, ThroughputPoint } from "../../src/index.ts";
import { climb, rounded } from "../../src/advisor/learning-rate/climb.ts";
import type { planAdvice } from "../../src/advisor/advice/advise-options.ts";
import { updatesToTarget, type SeededTrial } from "../../src/advisor/advice/seeded-trial.ts";

/** A batch size in the sweep. */
export interface Swept {
  readonly batchSize: number;
  readonly learningRate: number;
  /** Geometric mean over the seeds of updates × seconds of one update; Infinity where half of them did not arrive. */
  readonly seconds: number;
  readonly updates: number;
  /** Seeds that arrived, and all of them. */
  readonly arrived: readonly [number, number];
}

/** A sweep, with what it cost. */
export interface Sweep {
  readonly swept: readonly Swept[];
  readonly best: Swept;
  /** Seconds of training that tuned each batch size that was not given up. */
  readonly trained: Readonly<Record<number, number>>;
  /** Wall clock. */
  readonly wallSeconds: number;
}

/** Batch sizes that take longer than this many times the best are given up. */
const patience = 3;
/** Seeds that the learning rates of the sweep are tuned with. */
const tuningSeeds = [501, 502, 503];
/** Seeds for runs of less than a millisecond, which make so few updates that seeds differ by factors, of less than 0.1 s, and of more. */
type SeedCounts = readonly [number, number, number];
const seedsFrom = (
  first: number,
  [tiny, short, long]: SeedCounts,
  seconds: number,
): readonly number[] => {
  const length = seconds < 0.001 ? tiny : seconds < 0.1 ? short : long;
  return Array.from({ length }, (_, i) => first + i);
};

/** Seeds that no search has seen, for runs of so many seconds: with these the sweep chooses its best… */
const choosingSeeds = (seconds: number): readonly number[] =>
  seedsFrom(1001, [200, 15, 5], seconds);
/** …and with these its best and the recommendation are timed, as the best was lucky with the others, and 15 seeds differ by a tenth from 15 others. */
export const timingSeeds = (seconds: number): readonly number[] =>
  seedsFrom(2001, [200, 60, 15], seconds);

/** What a sweep runs on. */
export interface SweepSubject {
  readonly plan: ReturnType<typeof planAdvice>;
  readonly target: AdviceTarget;
  readonly times: ReadonlyMap<number, ThroughputPoint>;
  /** What a run takes about. */
  readonly expected: number;
}

/** Runs one batch size at one learning rate with each of `seeds`; a run that does not arrive in `limit` seconds counts as so long. */
export async function judged(
  subject: SweepSubject,
  { batchSize, learningRate }: Pick<Swept, "batchSize" | "learningRate">,
  seeds: readonly number[],
  limit: number,
): Promise<Swept> {
  const secondsPerUpdate = subject.times.get(batchSize)!.secondsPerUpdate.value;
  const most = Math.max(10, Math.ceil(limit / secondsPerUpdate));
  const runs: RacedRun[] = [];
  for (const seed of seeds)
    runs.push((await arrive(subject, { batchSize, learningRate, seed }, most)).run);
  const arrived = runs.filter(({ reached }) => reached).length;
  const logs = runs.map((run) => Math.log(run.reached ? run.updates : most));
  const updates =
    2 * arrived > runs.length ? Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length) : Infinity;
  return {
    ...{ batchSize, learningRate, updates, seconds: updates * secondsPerUpdate },
    arrived: [arrived, runs.length],
  };
}

async function arrive(
  { plan, target, times, expected }: SweepSubject,
  at: Pick<RacedRun, "batchSize" | "learningRate" | "seed">,
  most: number,
) {
  const { threads, secondsPerUpdate } = times.get(at.batchSize)!;
  return plan.makeRun({
    ...at,
    // Nothing arrives in a quarter of the time that the recommended batch size takes.
    notBefore: Math.max(1, Math.floor(expected / secondsPerUpdate.value / 4)),
    ...{ threads, target, purpose: "search", validation: plan.judged, most },
    secondsPerUpdate: secondsPerUpdate.value,
  });
}

/** From the batch size and learning rate of `start` outwards in both directions, until two in a row are given up. */
export async function sweep(
  subject: SweepSubject,
  start: Pick<Swept, "batchSize" | "learningRate">,
): Promise<Sweep> {
  const began = performance.now();
  const { candidates } = subject.plan;
  const swept: Swept[] = [];
  const trained: Record<number, number> = {};
  const limit = () =>
    patience * Math.min(3 * subject.expected, ...swept.map((each) => each.seconds));
  const at = candidates.indexOf(start.batchSize);
  const tryOne = async (batchSize: number, from: number): Promise<number | undefined> => {
    let cost = 0;
    const { secondsPerUpdate } = subject.times.get(batchSize)!;
    const longest = Math.max(10, Math.ceil(limit() / secondsPerUpdate.value));
    const best = await climb<SeededTrial>(from, async (learningRate, known) =>
      updatesToTarget(learningRate, tuningSeeds, known, async (seed, left) => {
        const most = Math.max(1, Math.floor(Math.min(longest, left)));
        const made = await arrive(subject, { batchSize, learningRate, seed }, most);
        cost += made.run.seconds;
        return made;
      }),
    );
    if (best === undefined) return undefined;
    const { learningRate } = best;
    const found = await judged(
      subject,
      { batchSize, learningRate },
      choosingSeeds(subject.expected),
      2 * limit(),
    );
    if (found.seconds === Infinity) return undefined;
    swept.push(found);
    trained[batchSize] = cost;
    return learningRate;
  };
  const first = await tryOne(start.batchSize, start.learningRate);
  for (const [part, factor] of [
    [candidates.slice(at + 1), Math.SQRT2],
    [candidates.slice(0, at).reverse(), Math.SQRT1_2],
  ] as const) {
    let rate = first ?? start.learningRate;
    let failures = 0;
    for (const batchSize of part) {
      const found = await tryOne(batchSize, rounded(rate * factor));
      failures = found === undefined ? failures + 1 : 0;
      rate = found ?? rate * factor;
      if (failures === 2) break;
    }
  }
  if (swept.length === 0) throw new Error("no batch size of the sweep reached the target");
  return {
    swept: swept.toSorted((a, b) => a.batchSize - b.batchSize),
    best: swept.reduce((a, b) => (b.seconds < a.seconds ? b : a)),
    trained,
    wallSeconds: (performance.now() - began) / 1000,
  };
}
