/** @file `findLearningRate`: a learning rate for one batch size, by a range test and short trials. */
import type { Dataset } from "../../data/dataset.ts";
import { wholeNumber } from "../../errors.ts";
import type { Model } from "../../nn/model.ts";
import { startRun, type Run } from "../../train/run-stream.ts";
import { planRace, type CompareOptions, type RacePlan } from "../compare-options.ts";
import { refuseUnknown } from "../noise/options.ts";
import type { LearningRateTrial } from "../race.ts";
import { climb, rounded, type Trial } from "./climb.ts";
import { rangeTest, type RangeTest } from "./range-test.ts";
import { tryRate } from "./search.ts";

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
  /** Length of a trial; 24,000 examples by default, at least 8 and at most 2000 updates. */
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
 * Finds a learning rate: a range test says where to start, then short trials from the same start go by factors of two as long as the
 * validation loss at their end gets lower. It is the best rate of a short run; a long one may want less at its end, see `schedules`.
 *
 * @throws InputError, ShapeError, DataError
 * @example
 * const { learningRate } = await findLearningRate(mlp, training, { batchSize: 64, optimizer: "adam", validation: test, seed: 1 }).result;
 */
export function findLearningRate(
  model: Model,
  data: Dataset,
  options: FindLearningRateOptions = {},
): FindLearningRateRun {
  refuseUnknown("findLearningRate", options, [...names, "runtime", "batchSize", "updates"]);
  const { batchSize = Math.min(32, data.size), updates, ...race } = options;
  if (updates !== undefined) wholeNumber("updates", updates);
  const plan = planRace(model, data, {
    ...race,
    ...(updates !== undefined && { updates }),
    ...{ batchSizes: [batchSize], learningRate: "auto", plane: false, noisePoints: 0 },
  });
  return startRun(find(plan));
}

async function* find(
  plan: RacePlan,
): AsyncGenerator<
  { readonly type: "trial"; readonly trial: LearningRateTrial },
  FoundLearningRate
> {
  const batchSize = plan.batchSizes[0]!;
  const range = await rangeTest(plan, batchSize);
  const trials: LearningRateTrial[] = [];
  const best = await climb<Trial>(rounded(range.suggestion), async (learningRate) => {
    if (plan.options.signal?.aborted === true) return undefined;
    const trial = await tryRate(plan, batchSize, learningRate);
    trials.push(trial);
    return { learningRate, score: trial.loss ?? Infinity, diverged: trial.loss === null };
  });
  for (const trial of trials) yield { type: "trial", trial };
  return {
    batchSize,
    learningRate: best?.learningRate ?? null,
    rangeTest: range,
    trials: trials.toSorted((a, b) => a.learningRate - b.learningRate),
  };
}
