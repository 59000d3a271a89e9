/** @file Which runs to the target tell their batch size or learning rate from the best, compared seed by seed. */
import { meanOf } from "../statistics.ts";
import type { RacedRun } from "./advice.ts";
import { usualSpread } from "./predict.ts";

/** Runs at one batch size and learning rate, one a seed. */
export type Arm = readonly RacedRun[];

/** Standard errors of the difference beyond which an arm is out. */
const farOut = 2;

/**
 * ln(tₐ / tᵦ) of each seed that both have. A seed is a start and an order of the examples: what is hard for one arm is mostly hard for the other, and
 * is not in the difference.
 */
export function differences(a: Arm, b: Arm): readonly number[] {
  const secondsOf = new Map(b.map(({ seed, seconds }) => [seed, seconds]));
  return a.flatMap(({ seed, seconds }) => {
    const other = secondsOf.get(seed);
    return other === undefined ? [] : [Math.log(seconds / other)];
  });
}

/** The arm that is faster than each that it met, in the mean over the seeds of both; undefined of nothing. */
export function leaderOf<T extends Arm>(arms: readonly T[]): T | undefined {
  return arms.reduce<T | undefined>(
    (a, b) => (a === undefined || meanOf(differences(b, a)) < 0 ? b : a),
    undefined,
  );
}

/**
 * ln of the factor by which `arm` would be slower or faster with all seeds of `leader`, m(leader) + m(difference) − m(arm), where m is the mean of ln t:
 * seeds that only some arms had, easy or hard, are not held for or against these.
 */
export function luckOf(arm: Arm, leader: Arm): number {
  const mean = (runs: Arm) => meanOf(runs.map(({ seconds }) => Math.log(seconds)));
  return mean(leader) + meanOf(differences(arm, leader)) - mean(arm);
}

/**
 * Those of `arms` whose mean difference from the leader is within two standard errors, s / √n over n common seeds. s² is the variance of the
 * differences, with what is usual as three more degrees of freedom.
 *
 * Source: Birattari et al. (2002), "A racing algorithm for configuring metaheuristics": arms are compared block by block, here seed by seed.
 */
export function inContention<T extends Arm>(arms: readonly T[]): readonly T[] {
  const leader = leaderOf(arms);
  if (leader === undefined) return [];
  return arms.filter((arm) => arm === leader || !isFarBehind(differences(arm, leader)));
}

function isFarBehind(behind: readonly number[]): boolean {
  const mean = meanOf(behind);
  const squares = behind.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const variance = (squares + 3 * 2 * usualSpread ** 2) / (behind.length + 2);
  return mean > farOut * Math.sqrt(variance / behind.length);
}
