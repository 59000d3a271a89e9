/** @file The sweep that advice is measured against: every power of two, its learning rate tuned, several seeds. */
import type { AdviceTarget, RacedRun, ThroughputPoint } from "../../src/index.ts";
import { climb, rounded, type Trial } from "../../src/advisor/learning-rate/climb.ts";
import type { AdvicePlan } from "../../src/advisor/advice/advise-options.ts";
import { mean } from "../../src/advisor/advice/predict.ts";
import { makeRun } from "../../src/advisor/advice/target-run.ts";

/** A batch size in the sweep. */
export interface Swept {
  readonly batchSize: number;
  readonly learningRate: number;
  /** Mean over the seeds of updates × seconds of one update. */
  readonly seconds: number;
  readonly updates: number;
}

/** A sweep, with what it cost. */
export interface Sweep {
  readonly swept: readonly Swept[];
  readonly best: Swept;
  /** Wall clock. */
  readonly wallSeconds: number;
}

/** Batch sizes that take longer than this many times the best are given up. */
const patience = 3;
/** Seeds that no search has seen. */
export const freshSeeds = [1001, 1002, 1003];

/** What a sweep runs on. */
export interface SweepSubject {
  readonly plan: AdvicePlan;
  readonly target: AdviceTarget;
  readonly times: ReadonlyMap<number, ThroughputPoint>;
}

/** Runs one batch size at one learning rate with the fresh seeds; undefined when one did not arrive in `limit` seconds. */
export async function seconds(
  { plan, target, times }: SweepSubject,
  { batchSize, learningRate }: Pick<Swept, "batchSize" | "learningRate">,
  limit: number,
): Promise<Swept | undefined> {
  const runs: RacedRun[] = [];
  for (const seed of freshSeeds) {
    const run = await arrive({ plan, target, times }, { batchSize, learningRate, seed }, limit);
    if (!run.reached) return undefined;
    runs.push(run);
  }
  const updates = mean(runs.map((run) => run.updates));
  return { batchSize, learningRate, updates, seconds: mean(runs.map((run) => run.seconds)) };
}

async function arrive(
  { plan, target, times }: SweepSubject,
  at: Pick<RacedRun, "batchSize" | "learningRate" | "seed">,
  limit: number,
): Promise<RacedRun> {
  const { threads, secondsPerUpdate } = times.get(at.batchSize)!;
  const { run } = await makeRun(plan, {
    ...at,
    ...{ threads, target, purpose: "search", validation: plan.judged },
    secondsPerUpdate: secondsPerUpdate.value,
    most: Math.max(10, Math.ceil(limit / secondsPerUpdate.value)),
  });
  return run;
}

/** From the batch size and learning rate of `start` outwards in both directions, until two in a row are given up. */
export async function sweep(
  subject: SweepSubject,
  start: Pick<Swept, "batchSize" | "learningRate">,
  firstLimit: number,
): Promise<Sweep> {
  const began = performance.now();
  const { candidates } = subject.plan;
  const swept: Swept[] = [];
  const limit = () => patience * Math.min(firstLimit, ...swept.map((each) => each.seconds));
  const at = candidates.indexOf(start.batchSize);
  const tryOne = async (batchSize: number, from: number): Promise<number | undefined> => {
    const best = await climb<Trial>(from, async (learningRate) => {
      const run = await arrive(
        subject,
        { batchSize, learningRate, seed: subject.plan.race.seed },
        limit(),
      );
      return { learningRate, score: run.reached ? run.updates : Infinity, diverged: run.diverged };
    });
    const found =
      best && (await seconds(subject, { batchSize, learningRate: best.learningRate }, 2 * limit()));
    if (found) swept.push(found);
    return best?.learningRate;
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
  const best = swept.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  return {
    swept: swept.sort((a, b) => a.batchSize - b.batchSize),
    best,
    wallSeconds: (performance.now() - began) / 1000,
  };
}
