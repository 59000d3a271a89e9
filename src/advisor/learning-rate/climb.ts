/** @file Finding the best learning rate by trials: uphill by factors of two. */

/** One trial. */
export interface Trial {
  readonly learningRate: number;
  /** Lower is better; Infinity where it failed. */
  readonly score: number;
  readonly diverged: boolean;
}

/** Where no trial succeeded yet, by how much the next one differs from the first. */
const afterFailure = [4, 1 / 4, 16, 1 / 16];
const afterDivergence = [1 / 4, 1 / 16, 1 / 64, 1 / 256];
/** Steps in one direction, at most. */
const mostSteps = 6;

/**
 * The trial with the lowest score: from a first rate by factors of two, upwards as long as it gets better, and downwards if it never did;
 * then √2 beside the best.
 * Undefined when none succeeded.
 */
export async function climb<T extends Trial>(
  from: number,
  attempt: Attempt<T>,
): Promise<T | undefined> {
  const start = await firstSuccess(from, attempt);
  if (start === undefined) return undefined;
  const up = await follow(start, 2, attempt);
  const best = up === start ? await follow(start, 1 / 2, attempt) : up;
  const between = await follow(best, Math.SQRT2, attempt, 1);
  return between === best ? follow(best, Math.SQRT1_2, attempt, 1) : between;
}

type Attempt<T> = (learningRate: number, best: T | undefined) => Promise<T | undefined>;

/** A trial that did not fail, from the first rate outwards. */
async function firstSuccess<T extends Trial>(
  from: number,
  attempt: Attempt<T>,
): Promise<T | undefined> {
  const first = await attempt(from, undefined);
  if (first === undefined || first.score < Infinity) return first;
  for (const factor of first.diverged ? afterDivergence : afterFailure) {
    const trial = await attempt(rounded(from * factor), undefined);
    if (trial === undefined || trial.score < Infinity) return trial;
  }
  return undefined;
}

/** As far as it gets better in one direction. */
async function follow<T extends Trial>(
  start: T,
  factor: number,
  attempt: Attempt<T>,
  steps = mostSteps,
): Promise<T> {
  let best = start;
  for (let step = 0; step < steps; step++) {
    const trial = await attempt(rounded(best.learningRate * factor), best);
    if (trial === undefined || !(trial.score < best.score)) break;
    best = trial;
  }
  return best;
}

/** Three digits: a learning rate is not known better. */
export const rounded = (rate: number): number => Number(rate.toPrecision(3));
