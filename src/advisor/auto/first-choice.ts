/** @file The batch size that a run begins with, before anything is known of its noise. */
import type { TrainingData } from "../../data/dataset.ts";
import type { Runtime } from "../../runtime/ort.ts";
import type { RunConfig } from "../../train/run-config.ts";
import { openEngine } from "../../train/engines.ts";
import { scaleLearningRate, type RateRule } from "../learning-rate/scaling.ts";
import { timedRun, timeUpdates } from "../throughput/time-updates.ts";
import {
  chooseStart,
  powersOfTwo,
  usualScales,
  type Choice,
  type ChoiceBounds,
  type UpdateTimes,
} from "./choose.ts";
import { inputScale } from "./input-scale.ts";
import { lookedAt } from "./tracker.ts";

/** Beyond this batch size time is in proportion, and timing an update would take long… */
const mostTimed = 1024;
/** …and below this one every other power of two is enough: few runs go there. */
const fewTimed = 16;
/** Seconds that a batch size is timed for. */
const secondsEach = 0.006;

/** What a run begins with. */
export interface FirstChoice {
  readonly times: UpdateTimes;
  /** Undefined where the batch size of the run stays. */
  readonly choice: Choice | undefined;
  /** Factor on the learning rate. */
  readonly rateFactor: number;
}

/** Times updates, where they are not given, and chooses. */
export async function firstChoice(
  config: RunConfig<TrainingData>,
  {
    bounds,
    rule,
    ...given
  }: {
    readonly bounds: ChoiceBounds;
    readonly rule: RateRule;
    readonly times: UpdateTimes | undefined;
  },
  runtime?: Runtime,
): Promise<FirstChoice> {
  const { batchSize, seed, spec } = config;
  const training = await lookedAt(config.training, seed);
  const { workBytes } = training;
  const timed = { ...config, training, workBytes };
  const times = given.times ?? (await timesOf(timed, bounds.most, runtime));
  // Optimizers that divide by a gradient's size are not thrown off by a large one.
  const inputs = spec.optimizer.name === "sgd" ? inputScale(training) : 0;
  const scales = usualScales(config.training.size ?? training.size, inputs);
  const choice = chooseStart(times, batchSize, scales, bounds);
  if (choice === undefined) return { times, choice, rateFactor: 1 };
  // Too high a rate is worse than one that is too low.
  const [noiseScale] = scales;
  const least = { noiseScale, simpleNoiseScale: noiseScale };
  return { times, choice, rateFactor: scaleLearningRate(rule, batchSize, choice.batchSize, least) };
}

async function timesOf(config: RunConfig, most: number, runtime?: Runtime): Promise<UpdateTimes> {
  const { size } = config.training;
  const sizes = powersOfTwo(1, Math.min(most, mostTimed, size)).filter(
    (batchSize, i) => batchSize >= fewTimed || i % 2 === 0,
  );
  const engine = await openEngine(config, runtime);
  try {
    return await timeUpdates(engine, timedRun(config, config.training), sizes, secondsEach);
  } finally {
    await engine.close();
  }
}
