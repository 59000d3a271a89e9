/** @file Finding the best learning rate by trials: uphill by factors of two. */

/** One trial. */
export interface Trial {
  readonly learningRate: number;
  /** Lower is better; Infinity where it failed. */
  readonly score: number;
  readonly diverged: boolean;
  /** Of a trial that failed: whether a part of it succeeded, so that a rate which does is near. */
  readonly partly?: boolean;
}

/** Where no trial succeeded yet, by how much the next ones differ from the first. */
const afterFailure = [4, 1 / 4, 16, 1 / 16];
const afterDivergence = [1 / 4, 1 / 16, 1 / 64, 1 / 256];
/** Seeds that differ so much are more often those of too high a rate. */
const afterPart = [1 / 2, 2, 1 / 4, 4];
/** Trials that fail before it is given up. */
const mostFailures = 5;
/** Rates that differ by more have one between them to try. */
const farApart = 2.5;
/** Steps in one direction, at most: from the lowest rate of a range test to its highest. */
const mostSteps = 20;

/** Factors between rates, one after the other: two, then √2 beside the best; or √2 alone, where the first rate is near the best one. */
export type Steps = readonly number[];
export const doublings: Steps = [2, Math.SQRT2];
export const rootsOfTwo: Steps = [Math.SQRT2];

/**
 * The trial with the lowest score: from a first rate by the first of `steps`, upwards as long as it gets better, and downwards if it never
 * did; then by one step of each other factor beside the best.
 * No rate is tried twice. Undefined when none succeeded. Yields each trial when it is made.
 *
 * @param make makes a trial; undefined ends the search
 */
export async function* climbing<T extends Trial>(
  from: number,
  make: Attempt<T>,
  steps: Steps = doublings,
): AsyncGenerator<T, T | undefined> {
  const tried = new Map<number, T>();
  const attempt: Attempting<T> = async function* (learningRate, best) {
    const known = tried.get(learningRate);
    if (known !== undefined) return known;
    const trial = await make(learningRate, best);
    if (trial === undefined) return undefined;
    tried.set(learningRate, trial);
    yield trial;
    return trial;
  };
  const start = yield* firstSuccess(from, attempt);
  if (start === undefined) return undefined;
  let best = start;
  for (const [i, factor] of steps.entries()) {
    const most = i === 0 ? mostSteps : 1;
    const up = yield* follow(best, factor, attempt, most);
    best = up === best ? yield* follow(best, 1 / factor, attempt, most) : up;
  }
  return best;
}

/** {@link climbing}, for who waits for the best alone. */
export async function climb<T extends Trial>(
  from: number,
  make: Attempt<T>,
  steps: Steps = doublings,
): Promise<T | undefined> {
  const trials = climbing(from, make, steps);
  let step = await trials.next();
  while (step.done !== true) step = await trials.next();
  return step.value;
}

type Attempt<T> = (learningRate: number, best: T | undefined) => Promise<T | undefined>;
type Attempting<T> = (...from: Parameters<Attempt<T>>) => AsyncGenerator<T, T | undefined>;

/** A trial that did not fail: from the first rate outwards, and between a rate that was too slow and one that diverged. */
async function* firstSuccess<T extends Trial>(
  from: number,
  attempt: Attempting<T>,
): AsyncGenerator<T, T | undefined> {
  const failed: T[] = [];
  const outwards: number[] = [];
  let rate: number | undefined = from;
  while (rate !== undefined && failed.length < mostFailures) {
    const trial: T | undefined = yield* attempt(rate, undefined);
    if (trial === undefined || trial.score < Infinity) return trial;
    failed.push(trial);
    if (failed.length === 1) outwards.push(...nextAfter(trial).map((by) => from * by));
    rate = between(failed) ?? outwards.shift();
    rate &&= rounded(rate);
  }
  return undefined;
}

function nextAfter({ partly, diverged }: Trial): readonly number[] {
  if (partly === true) return afterPart;
  return diverged ? afterDivergence : afterFailure;
}

/** The middle between the highest rate that was too slow and the lowest that diverged, where they are far apart. */
function between(failed: readonly Trial[]): number | undefined {
  const unstable = Math.min(...rates(failed, true));
  const slow = Math.max(...rates(failed, false).filter((rate) => rate < unstable));
  return unstable < Infinity && slow > 0 && unstable / slow > farApart
    ? Math.sqrt(slow * unstable)
    : undefined;
}

const rates = (trials: readonly Trial[], diverged: boolean): readonly number[] =>
  trials.filter((trial) => trial.diverged === diverged).map(({ learningRate }) => learningRate);

/** As far as it gets better in one direction. */
async function* follow<T extends Trial>(
  start: T,
  factor: number,
  attempt: Attempting<T>,
  most: number,
): AsyncGenerator<T, T> {
  let best = start;
  for (let step = 0; step < most; step++) {
    const trial: T | undefined = yield* attempt(rounded(best.learningRate * factor), best);
    if (trial === undefined || !(trial.score < best.score)) break;
    best = trial;
  }
  return best;
}

/** Three digits: a learning rate is not known better. */
export const rounded = (rate: number): number => Number(rate.toPrecision(3));
