/** @file From settings to the options of the library, and the learning rate that they leave open. */
import { availableParallelism } from "node:os";
import { autoBatchSize } from "../advisor/auto/auto-batch-size.ts";
import { planRace } from "../advisor/plan-race.ts";
import { chosenBy, searchLearningRate } from "../advisor/learning-rate/find.ts";
import type { LearningRateSearch } from "../advisor/race.ts";
import { formats } from "../report/format.ts";
import type { TrainingData } from "../data/dataset.ts";
import { blockShuffled } from "../data/block-sampler.ts";
import { sampleOf } from "../data/sample.ts";
import type { RunConfig } from "../train/run-config.ts";
import type { TrainOptions } from "../train/options.ts";
import type { AnySubject } from "./data.ts";
import { knownLearningRate, knownRateKind } from "./learning-rates.ts";
import { definedOnly } from "./records.ts";
import type { TrainSettings } from "./train-settings.ts";
import type { Surroundings } from "./working.ts";

/** Evaluations in an epoch when a target is to be met: its time is known to this part of one. */
const evaluationsPerEpoch = 10;

/** Options of the library, but for those that a run folder adds. */
export function optionsFor(
  settings: TrainSettings,
  subject: AnySubject,
  learningRate: number,
): TrainOptions {
  const { optimizer, schedule, target, engines } = settings;
  const { training, validation, metric } = subject;
  return definedOnly({
    ...settings.budget,
    ...(settings.batchSize === "auto"
      ? { batchSize: batchSizeIn(settings, subject), probe: autoBatchSize() }
      : { batchSize: settings.batchSize }),
    loss: settings.loss,
    metrics: [metric],
    optimizer: optimizer.make({ learningRate: schedule?.make(learningRate) ?? learningRate }),
    validation,
    validateEvery:
      target === undefined
        ? undefined
        : { examples: Math.ceil(training.size / evaluationsPerEpoch) },
    target: target && { monitor: target.monitor ?? metric, value: target.value },
    ...visitsIn(settings),
    seed: settings.seed,
    dtype: settings.dtype,
    engine: engines[0],
    threads: settings.threads,
    cores: availableParallelism(),
    onDivergence: settings.onDivergence,
  });
}

/** Blocks of a window in which examples are mixed. */
const blocksOfWindow = 100;

function visitsIn({ shuffle }: TrainSettings): Pick<TrainOptions, "shuffle" | "sampler"> {
  if (typeof shuffle === "boolean") return shuffle ? {} : { shuffle };
  const block = Math.ceil(shuffle / blocksOfWindow);
  return { sampler: blockShuffled({ block, window: shuffle }) };
}

/** Where `--batch-size auto` starts. */
const firstSize = 32;

function batchSizeIn({ batchSize = 32 }: TrainSettings, { training }: AnySubject): number {
  if (batchSize === "full") return training.size;
  return Math.min(batchSize === "auto" ? firstSize : batchSize, training.size);
}

/** The learning rate, unless it is to be searched. */
export function rateWithoutSearch(
  settings: TrainSettings,
  subject: AnySubject,
): number | undefined {
  const { learningRate, optimizer } = settings;
  if (learningRate === "auto") return undefined;
  if (learningRate !== undefined) return learningRate[0];
  const kind = knownRateKind(settings);
  return kind === undefined
    ? optimizer.defaultRate
    : knownLearningRate(batchSizeIn(settings, subject), kind);
}

const { number } = formats("en");

/** The learning rate that short trials find best, with the trials; undefined when it was stopped before. */
export async function searchRate(
  settings: TrainSettings,
  { model, training, validation, metric }: AnySubject,
  { batchSize, spec, seed, threads }: RunConfig<TrainingData>,
  { progress, signal }: Surroundings,
): Promise<LearningRateSearch | undefined> {
  // Trials are short: of stored data a sample is enough.
  const sample = await sampleOf(training, seed);
  const trialSize = Math.min(batchSize, sample.size);
  const plan = planRace(model, sample, {
    batchSizes: [trialSize],
    optimizer: settings.optimizer.make,
    loss: spec.loss,
    dtype: spec.dtype,
    ...{ metric, validation: await sampleOf(validation, seed), seed, threads, signal },
  });
  const search = searchLearningRate(plan, trialSize);
  let step = await search.next();
  for (let trial = 1; step.done !== true; step = await search.next(), trial++)
    progress.work(
      `looking for a learning rate, trial ${trial}: ${number(step.value.learningRate)}`,
    );
  progress.clear();
  const found = chosenBy(step.value);
  if (found === undefined || signal.aborted) return undefined;
  progress.note(`learning rate ${number(found.chosen)}, best of ${found.trials.length} tried`);
  return found;
}
