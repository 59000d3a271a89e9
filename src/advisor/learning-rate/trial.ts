/** @file One trial of a learning rate: a short run from the start of the race. */
import { meanOf } from "../statistics.ts";
import { DivergenceError } from "../../train/divergence.ts";
import type { TrainOptions } from "../../train/options.ts";
import { train } from "../../train/train.ts";
import type { RaceData, RacePlan } from "../compare-options.ts";
import { laneOptions } from "../lane-options.ts";
import type { LearningRateTrial } from "../race.ts";

/** Larger batches are stood for by so many examples: noise hardly bounds the learning rate there any more, and updates get dear. */
const mostExamples = 2048;

/** Examples of one update of a trial. */
export const trialBatchSize = (batchSize: number): number => Math.min(batchSize, mostExamples);

/** Examples of a trial, and its updates at least and at most: fewer cannot tell rates apart at batch size 1, nor show a full batch that zigzags. */
const trialExamples = 24_000;
const trialUpdates = [50, 8000] as const;

/** Updates of a trial. */
export function trialLength(batchSize: number): number {
  const [least, most] = trialUpdates;
  return Math.max(least, Math.min(most, Math.ceil(trialExamples / trialBatchSize(batchSize))));
}

/** Evaluations in the second half, whose mean judges a trial: at batch size 1 the last iterate alone says little. */
const evaluations = 4;

/** The update at which a trial of `length` updates is evaluated next: none in the first half. */
function nextEvaluation(updates: number, length: number): number {
  const apart = length / 2 / evaluations;
  const k = Math.max(1, Math.floor((updates - length / 2) / apart + 1e-9) + 1);
  return Math.max(updates + 1, Math.min(length, Math.ceil(length / 2 + k * apart)));
}

/** The options of a run without what ends it. */
export function withoutBudget({
  target: _target,
  epochs: _epochs,
  updates: _updates,
  examples: _examples,
  seconds: _seconds,
  ...options
}: TrainOptions): TrainOptions {
  return options;
}

/** Makes a trial of `length` updates; one that diverges has no loss. */
export async function tryRate(
  plan: RacePlan<RaceData>,
  batchSize: number,
  learningRate: number,
  length: number,
): Promise<LearningRateTrial> {
  const lane = { batchSize: trialBatchSize(batchSize), seed: plan.seed, engine: "onnx" as const };
  const run = train(plan.model, plan.training, {
    ...withoutBudget(laneOptions(plan, lane, learningRate)),
    updates: length,
    validateEvery: ({ updates }) => nextEvaluation(updates, length),
  });
  const losses: number[] = [];
  let last = { updates: 0, examples: 0, seconds: 0 };
  const told = (loss: number | null): LearningRateTrial => {
    const { updates, examples, seconds } = last;
    return { learningRate, updates, examples, seconds, loss };
  };
  try {
    for await (const event of run) {
      if (event.type === "evaluation") losses.push(event.loss);
      if (event.type === "progress" || event.type === "evaluation") last = event;
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    return told(null);
  }
  const mean = meanOf(losses);
  return told(Number.isFinite(mean) ? mean : null);
}
