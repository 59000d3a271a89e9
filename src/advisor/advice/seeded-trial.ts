/** @file One learning rate tried with several seeds: a rate that only some of them survive is none to recommend. */
import { rounded, type Trial } from "../learning-rate/climb.ts";
import { meanOf } from "../statistics.ts";
import type { MadeRun } from "./target-run.ts";

/** A trial, with its runs, one a seed. */
export interface SeededTrial extends Trial {
  readonly made: readonly MadeRun[];
}

/**
 * Runs to a target with each of `seeds`; the score is the mean number of updates. It fails with the first run that does not arrive, and is
 * given up as soon as its updates add up to those of `best`.
 *
 * @param enough a first run of so many updates says what is to be known: other seeds are not asked
 */
export async function updatesToTarget(
  learningRate: number,
  seeds: readonly number[],
  best: SeededTrial | undefined,
  make: (seed: number, most: number) => Promise<MadeRun>,
  enough?: number,
): Promise<SeededTrial> {
  const made: MadeRun[] = [];
  let left = best === undefined ? Infinity : best.score * seeds.length - 1;
  for (const seed of seeds) {
    const one = await make(seed, left);
    made.push(one);
    left -= one.run.updates;
    const { reached, diverged, updates } = one.run;
    if (!reached || left < 0)
      return { learningRate, score: Infinity, diverged, partly: made.length > 1, made };
    if (made.length === 1 && updates > (enough ?? Infinity)) break;
  }
  return { learningRate, score: meanOf(made.map(({ run }) => run.updates)), diverged: false, made };
}

/** Rates this near to one that diverged are at the edge… */
const edge = 1.5;
/** …and one √2 below is taken if it needs at most this part more updates. */
const worthSafety = 0.05;

/**
 * A rate √2 below `fastest` where that is at the edge of stability: what three seeds survived, the tenth may not.
 *
 * @param tried all trials of this batch size
 * @param attempt makes one more, given up beyond the score of the second argument
 */
export async function saferThan(
  fastest: SeededTrial,
  tried: readonly SeededTrial[],
  attempt: (rate: number, best: SeededTrial) => Promise<SeededTrial | undefined>,
): Promise<SeededTrial> {
  const atEdge = tried.some(
    ({ diverged, learningRate }) =>
      diverged && learningRate > fastest.learningRate && learningRate < edge * fastest.learningRate,
  );
  if (!atEdge) return fastest;
  const rate = rounded(fastest.learningRate * Math.SQRT1_2);
  const known = tried.find(({ learningRate, score }) => learningRate === rate && score < Infinity);
  const slack = { ...fastest, score: fastest.score * (1 + worthSafety) };
  const safer = known ?? (await attempt(rate, slack));
  return safer !== undefined && safer.score <= slack.score ? safer : fastest;
}

/** Runs without a target; the score is the mean of the least validation losses on their way. It fails when one of them diverges. */
export async function leastLoss(
  learningRate: number,
  seeds: readonly number[],
  make: (seed: number) => Promise<MadeRun>,
): Promise<SeededTrial> {
  const made: MadeRun[] = [];
  for (const seed of seeds) {
    const one = await make(seed);
    made.push(one);
    const { diverged } = one.run;
    if (diverged || one.least === undefined)
      return { learningRate, score: Infinity, diverged, made };
  }
  return { learningRate, score: meanOf(made.map((one) => one.least!.loss)), diverged: false, made };
}

/** A seed whose least loss is so many times that of the middle one says that the rate is near the edge of stability. */
const unsteady = 2;

/**
 * `best`, the best rate by one seed, with runs of `others` as well; or half of it, or a quarter, where one of them diverges or comes to a
 * least loss that is more than twice the median: what such a rate reaches by its worst seed is no target. Where seeds agree at none of them,
 * it is the one whose worst seed came lowest: what one lucky seed reached is no target for the others.
 */
export async function steadyFrom(
  best: SeededTrial,
  others: readonly number[],
  attempt: (rate: number, seeds: readonly number[]) => Promise<SeededTrial>,
): Promise<{ readonly trial: SeededTrial; readonly agreed: boolean }> {
  const [own] = best.made;
  let nearest = { trial: best, worst: Infinity };
  for (const factor of [1, 1 / 2, 1 / 4]) {
    const seeds = factor === 1 ? others : [own!.run.seed, ...others];
    const more = await attempt(rounded(best.learningRate * factor), seeds);
    const made = factor === 1 ? [own!, ...more.made] : more.made;
    const losses = made.map(({ least }) => least?.loss ?? Infinity).sort((a, b) => a - b);
    const worst = losses.at(-1)!;
    if (more.diverged) continue;
    const trial = { ...more, made };
    if (worst <= unsteady * losses[Math.floor(losses.length / 2)]!) return { trial, agreed: true };
    if (worst < nearest.worst) nearest = { trial, worst };
  }
  return { trial: nearest.trial, agreed: false };
}
