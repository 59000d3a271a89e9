/** @file Runs to a target that are made once, and drawn from again and again. */
import type { AdviceTarget } from "../../src/index.ts";
import type { AdvicePlan } from "../../src/advisor/advice/advise-options.ts";
import type { MadeRun, RunRequest } from "../../src/advisor/advice/target-run.ts";
import { meanOf } from "../../src/advisor/statistics.ts";

/** Runs go on for so many updates at most; one that has not arrived by then counts as so long. */
const longest = 1500;

/** Learning rates are rounded to quarters of an octave: 2^(k/4). */
export const stepOf = (learningRate: number): number => Math.round(4 * Math.log2(learningRate));
export const rateOf = (step: number): number => 2 ** (step / 4);

/** A run without its limits. */
interface Recorded {
  readonly updates: number;
  readonly reached: boolean;
  readonly diverged: boolean;
}

/** Runs of `plan` to `target` at any batch size and rate, with `seeds` seeds each, made when they are first asked for. */
export interface RecordedRuns {
  /** Makes runs for one search, which has seeds of its own. */
  readonly maker: (search: number) => AdvicePlan["makeRun"];
  /** Geometric mean of the updates over all seeds. */
  readonly updatesAt: (batchSize: number, step: number) => Promise<number>;
}

export function recordedRuns(plan: AdvicePlan, target: AdviceTarget, seeds: number): RecordedRuns {
  const known = new Map<string, Promise<Recorded>>();
  const recorded = (batchSize: number, step: number, seed: number): Promise<Recorded> => {
    const key = [batchSize, step, seed].join();
    const run = known.get(key) ?? record(plan, { target, batchSize, step, seed });
    known.set(key, run);
    return run;
  };
  return {
    maker: (search) => async (request) => {
      const seed = drawn(search, request.seed) % seeds;
      return within(await recorded(request.batchSize, stepOf(request.learningRate), seed), request);
    },
    updatesAt: async (batchSize, step) => {
      const logs: number[] = [];
      for (let seed = 0; seed < seeds; seed++) {
        const { reached, updates } = await recorded(batchSize, step, seed);
        logs.push(Math.log(reached ? updates : longest));
      }
      return Math.exp(meanOf(logs));
    },
  };
}

/** A number from two, as if by chance: each search draws its seeds from the recorded ones. */
function drawn(search: number, seed: number): number {
  let bits = Math.imul(search, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca77);
  bits = Math.imul(bits ^ (bits >>> 15), 0xc2b2ae3d);
  bits = Math.imul(bits ^ (bits >>> 13), 0x27d4eb2f);
  return (bits ^ (bits >>> 16)) >>> 0;
}

async function record(
  plan: AdvicePlan,
  {
    target,
    batchSize,
    step,
    seed,
  }: { readonly target: AdviceTarget } & Readonly<Record<"batchSize" | "step" | "seed", number>>,
): Promise<Recorded> {
  const { run } = await plan.makeRun({
    ...{ batchSize, learningRate: rateOf(step), seed: 10_000 + seed, threads: 1, target },
    ...{ purpose: "search", most: longest, validation: plan.judged, secondsPerUpdate: 1 },
  });
  return run;
}

/** What `request` would have seen of a run: no more updates than it allows. */
function within({ updates, reached, diverged }: Recorded, request: RunRequest): MadeRun {
  const { batchSize, learningRate, seed, purpose, threads, most, secondsPerUpdate } = request;
  const whole = updates <= most;
  const made = Math.min(updates, most);
  const seconds = made * secondsPerUpdate;
  return {
    run: {
      ...{ batchSize, learningRate, seed, purpose, threads, updates: made },
      ...{ examples: made * batchSize, seconds, clockSeconds: seconds },
      ...{ reached: whole && reached, diverged: whole && diverged },
    },
    ...{ last: undefined, least: undefined, losses: [], model: undefined },
  };
}
