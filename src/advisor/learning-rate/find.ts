/** @file `findLearningRate`: a learning rate for one batch size, by a range test and short trials. */
import { knownOptions, wholeNumber } from "../../errors.ts";
import type { Model } from "../../nn/model.ts";
import { startRun, type Run } from "../../train/run-stream.ts";
import type { CompareOptions, RaceData, RacePlan } from "../compare-options.ts";
import { planRace, trainingSize } from "../plan-race.ts";
import type { LearningRateSearch, LearningRateTrial } from "../race.ts";
import { climbing, rounded, type Trial } from "./climb.ts";
import { rangeTest, type RangeTest } from "./range-test.ts";
import { trialBatchSize, trialLength, tryRate } from "./trial.ts";

/** Options of {@link findLearningRate}. */
export interface FindLearningRateOptions extends Pick<
  CompareOptions,
  | "optimizer"
  | "loss"
  | "validation"
  | "seed"
  | "threads"
  | "cores"
  | "dtype"
  | "signal"
  | "runtime"
> {
  /** 32 by default (N, when there are fewer). */
  readonly batchSize?: number | "full";
  /** Length of a trial; 24,000 examples by default, at least 50 and at most 8000 updates. */
  readonly updates?: number;
}

/** A learning rate and where it comes from. */
export interface FoundLearningRate {
  readonly batchSize: number;
  /** Null where every trial diverged. */
  readonly learningRate: number | null;
  readonly rangeTest: RangeTest;
  /** By learning rate, ascending. */
  readonly trials: readonly LearningRateTrial[];
}

/** A search that is under way; it tells each trial. */
export type FindLearningRateRun = Run<
  { readonly type: "trial"; readonly trial: LearningRateTrial },
  FoundLearningRate
>;

const names = ["optimizer", "loss", "validation", "seed", "threads", "cores", "dtype", "signal"];

/**
 * Finds a learning rate: a range test says where to start, then short trials from the same start go by factors of two (√2 at the end) as
 * long as the validation loss gets lower: its mean over the second half of a trial. It is the best rate of a short run; a long one may want
 * less at its end, see `schedules`. Of rates within 1 % of the best it is the lowest. Batches above 2048
 * examples are stood for by 2048.
 *
 * @throws InputError, ShapeError, DataError
 * @example
 * const { learningRate } = await findLearningRate(mlp, training, { batchSize: 64, optimizer: "adam", validation: test, seed: 1 }).result;
 */
export function findLearningRate(
  model: Model,
  data: RaceData,
  options: FindLearningRateOptions = {},
): FindLearningRateRun {
  knownOptions("findLearningRate", options, [...names, "runtime", "batchSize", "updates"]);
  const { batchSize = Math.min(32, trainingSize(data, options)), updates, ...race } = options;
  if (updates !== undefined) wholeNumber("updates", updates);
  const plan = planRace(model, data, {
    ...race,
    ...(updates !== undefined && { updates }),
    ...{ batchSizes: [batchSize], learningRate: "auto", plane: false, noisePoints: 0 },
  });
  return startRun(find(plan, updates));
}

async function* find(
  plan: RacePlan<RaceData>,
  updates: number | undefined,
): AsyncGenerator<
  { readonly type: "trial"; readonly trial: LearningRateTrial },
  FoundLearningRate
> {
  const search = searchLearningRate(plan, plan.batchSizes[0]!, updates);
  let step = await search.next();
  for (; step.done !== true; step = await search.next()) yield { type: "trial", trial: step.value };
  return step.value;
}

/** The search for one batch size of a race. Yields each trial when it is done. */
export async function* searchLearningRate(
  plan: RacePlan<RaceData>,
  batchSize: number,
  updates: number = Math.min(trialLength(batchSize), plan.options.updates ?? Infinity),
): AsyncGenerator<LearningRateTrial, FoundLearningRate> {
  const aborted = () => plan.options.signal?.aborted === true;
  const range = await rangeTest(plan, trialBatchSize(batchSize));
  const climb = climbing<Judged>(rounded(range.suggestion), async (learningRate) => {
    if (aborted()) return undefined;
    const trial = await tryRate(plan, batchSize, learningRate, updates);
    if (aborted()) return undefined;
    return { learningRate, score: trial.loss ?? Infinity, diverged: trial.loss === null, trial };
  });
  const trials: LearningRateTrial[] = [];
  let step = await climb.next();
  for (; step.done !== true; step = await climb.next()) {
    trials.push(step.value.trial);
    yield step.value.trial;
  }
  return {
    batchSize,
    learningRate: lowestOfBest(trials),
    rangeTest: range,
    trials: trials.toSorted((a, b) => a.learningRate - b.learningRate),
  };
}

/**
 * A search as a race keeps it; undefined when it was stopped before the end of the first trial. Where every trial diverged it is the lowest
 * rate that was tried: the run will diverge, too, and say so.
 */
export function chosenBy({
  batchSize,
  learningRate,
  trials,
}: FoundLearningRate): LearningRateSearch | undefined {
  const chosen = learningRate ?? trials[0]?.learningRate;
  return chosen === undefined ? undefined : { batchSize, chosen, trials };
}

/** Losses within 1 % cannot be told apart: the lowest of these rates is the one that other seeds survive. Null where every trial diverged. */
export function lowestOfBest(
  trials: readonly Pick<LearningRateTrial, "learningRate" | "loss">[],
): number | null {
  const finite = trials.filter((trial) => trial.loss !== null);
  const least = Math.min(...finite.map(({ loss }) => loss!));
  const good = finite.filter(({ loss }) => loss! <= least + 0.01 * Math.abs(least));
  return good.length === 0 ? null : Math.min(...good.map(({ learningRate }) => learningRate));
}

type Judged = Trial & { readonly trial: LearningRateTrial };
