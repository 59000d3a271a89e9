/** @file `autoBatchSize`: a probe that chooses the batch size while a run goes on. */
import type { TrainingData } from "../../data/dataset.ts";
import {
  InputError,
  invariant,
  knownOptions,
  list,
  oneOf,
  positive,
  wholeNumber,
} from "../../errors.ts";
import type { Runtime } from "../../runtime/ort.ts";
import type { RunConfig, RunProbe } from "../../train/run-config.ts";
import type { OpenProbe, ProbeFinding } from "../../train/probe.ts";
import type { Estimate } from "../noise/estimate.ts";
import {
  checkTracking,
  startTracking,
  type NoiseProbe,
  type TrackingOptions,
  type TrackingState,
} from "../noise/track.ts";
import { choose, type Choice, type UpdateTimes } from "./choose.ts";
import { firstChoice, type FirstChoice } from "./first-choice.ts";
import { fromJson, toJson } from "./memory.ts";
import {
  rateRules,
  scaleLearningRate,
  type NoiseScales,
  type RateRule,
} from "../learning-rate/scaling.ts";
import { mayReach, openTracker } from "./tracker.ts";

/** Options of {@link autoBatchSize}. */
export interface AutoBatchSizeOptions extends Omit<
  TrackingOptions,
  "curvature" | "share" | "examples"
> {
  /** Bounds on the batch size; 1 and the number of examples by default. */
  readonly least?: number;
  readonly most?: number;
  /** Examples that one look takes, at most; 1024 by default. */
  readonly examples?: number;
  /** Part of the time of the run that measuring may cost; 0.05 by default, and 16,000 examples of training for the first looks. */
  readonly share?: number;
  /** Examples before the first look at the noise; 262,144 by default: shorter runs end before it pays. */
  readonly after?: number;
  /** What an update takes at some batch sizes, ascending, where it is known; measured by default, before the run, in some hundredths of a second. */
  readonly times?: UpdateTimes;
  /**
   * How the learning rate follows the batch size, see `scaleLearningRate`: `"noise"`, ε ∝ 1 / (1 + B_noise / B); `"adaScale"`;
   * `"squareRoot"`; `"linear"`; `"none"`. By default `"noise"` for plain gradient descent and momentum, `"squareRoot"` for optimizers that divide by a gradient's size.
   */
  readonly rule?: RateRule;
}

const optionNames: readonly (keyof AutoBatchSizeOptions)[] = [
  ...(["least", "most", "examples", "share", "after", "times", "rule", "window"] as const),
];

/** Work that measuring may cost at once, in examples of training: the first looks are worth the most. */
const credit = 16_000;
/** Examples of one look, so that the credit is enough for the three that an estimate needs. */
const examplesOfProbe = 1024;
/** Part of the time of the run that it may cost from then on. */
const defaultShare = 0.05;

/** A run shorter than so many examples ends before looking at its noise would pay. */
const firstLook = 262_144;

/** B_simple where no gradient can be told from zero: far above any batch. */
const largestScale = 1e9;

/** What the probe remembers. */
interface Memory {
  readonly times: UpdateTimes;
  readonly tracking: TrackingState;
  /** Factor on the learning rate so far. */
  readonly rateFactor: number;
}

/**
 * A probe that chooses the batch size of a run. Before the first update it times updates on this machine, and takes the power of two with
 * the least t(B) (1 + B_noise / B) over noise scales around 3 √N + s, where s = max ‖x‖² / λ₁(E[x xᵀ]) is what the largest inputs add (0
 * for optimizers that divide by a gradient's size). From 262,144 examples on it measures B_noise along the run, and changes to what then
 * is best when that saves a tenth of the time and the interval of B_noise does not speak against it. The learning rate follows by `rule`,
 * at the start with the noise scale 3 √N / 4 + s. Every change is a `batchSize` event with its reason.
 *
 * `train(…, { batchSize: "auto" })` is this with its defaults. What was measured is part of checkpoints, so a run that goes on decides as
 * one that never stopped.
 *
 * Source: McCandlish et al. (2018), arXiv 1812.06162, section 2.4 ("adaptive batch size"); Ma, Bassily and Belkin (2018), arXiv 1712.06559, for s.
 * @throws InputError when an option is wrong, and in the run for a stream
 * @example train(model, training, { batchSize: 32, probe: autoBatchSize({ most: 1024 }), epochs: 10 });
 */
export function autoBatchSize(options: AutoBatchSizeOptions = {}): RunProbe {
  knownOptions("autoBatchSize", options, optionNames);
  const { least = 1, most, rule, times, after, ...tracking } = options;
  wholeNumber("least", least);
  if (most !== undefined) wholeNumber("most", most, least);
  if (rule !== undefined) oneOf("rule", rule, rateRules);
  if (times !== undefined) checkTimes(times);
  if (after !== undefined) wholeNumber("after", after);
  checkTracking(tracking);
  return {
    name: `auto ${JSON.stringify(options)}`,
    open: (config, runtime) => openAuto(config, options, runtime),
  };
}

async function openAuto(
  config: RunConfig<TrainingData>,
  {
    least = 1,
    most = Infinity,
    rule,
    share = defaultShare,
    after = firstLook,
    times,
    ...tracking
  }: AutoBatchSizeOptions,
  runtime?: Runtime,
): Promise<OpenProbe> {
  if (config.sampler.batches !== undefined)
    throw new InputError(
      'batchSize "auto" and a sampler that cuts its own batches exclude each other',
    );
  const bounds = { least, most: Math.min(most, config.training.size ?? Infinity) };
  const tracker = await openTracker(
    config,
    { examples: examplesOfProbe, ...tracking, share },
    runtime,
  );
  if (mayReach(config, after)) await tracker.warm();
  const followed = rule ?? ruleFor(config);
  // Before the first update, so that the clock of the run does not wait for it.
  const first =
    config.resume?.probe === undefined
      ? startingWith(
          config.batchSize,
          after,
          await firstChoice(config, { times, bounds, rule: followed }, runtime),
        )
      : undefined;
  return {
    close: () => tracker.close(),
    async look(json, point) {
      if (json === undefined) {
        invariant(first !== undefined, "a run that goes on has a memory");
        return first;
      }
      const memory = fromJson(json) as Memory;
      const { state, nextAt, found } = await tracker.look(memory.tracking, point);
      const next = { ...memory, tracking: state };
      const noise = found?.probe.noiseScale ?? undefined;
      const choice = noise && choose(memory.times, noise, point.batchSize, bounds);
      const told = found && { measured: found.measured };
      if (noise === undefined || choice === undefined)
        return { state: { memory: toJson(next), nextAt }, ...told };
      const rateFactor =
        memory.rateFactor *
        scaleLearningRate(followed, point.batchSize, choice.batchSize, scalesOf(found!.probe));
      return {
        state: { memory: toJson({ ...next, rateFactor }), nextAt },
        ...told,
        change: {
          ...{ batchSize: choice.batchSize, rateFactor },
          reason: `the noise scale is about ${Math.round(noise.value)}: ${reasonOf(point.batchSize, choice)}`,
        },
      };
    },
  };
}

/** What the probe says before the first update. */
function startingWith(
  batchSize: number,
  after: number,
  { times, choice, rateFactor }: FirstChoice,
): ProbeFinding {
  const memory: Memory = { times, tracking: { ...startTracking, spent: -credit }, rateFactor };
  return {
    state: { memory: toJson(memory), nextAt: after },
    ...(choice && {
      change: {
        ...{ batchSize: choice.batchSize, rateFactor },
        reason: `before noise is measured, by what updates take: ${reasonOf(batchSize, choice)}`,
      },
    }),
  };
}

function scalesOf({ noiseScale, simpleNoiseScale }: NoiseProbe): NoiseScales {
  const bounded = (estimate: Estimate | null) =>
    Math.min(Math.max(0, estimate?.value ?? Infinity), largestScale);
  return { noiseScale: bounded(noiseScale), simpleNoiseScale: bounded(simpleNoiseScale) };
}

function checkTimes(times: UpdateTimes): void {
  list("times", times, "[{ batchSize: 1, seconds: 2e-5 }, { batchSize: 64, seconds: 1e-4 }]");
  times.forEach((time, i) => {
    knownOptions(`times[${i}]`, time, ["batchSize", "seconds"]);
    const { batchSize, seconds } = time;
    wholeNumber(`times[${i}].batchSize`, batchSize, (times[i - 1]?.batchSize ?? 0) + 1);
    positive(`times[${i}].seconds`, seconds);
  });
  if (times.length < 2)
    throw new InputError(`times must hold at least two batch sizes, got ${times.length}`);
}

function reasonOf(from: number, { batchSize, ratio }: Choice): string {
  const saved = Math.round((1 - ratio) * 100);
  return `batches of ${batchSize} in place of ${from} make the same progress in ${saved} % less time on this machine`;
}

/** Optimizers that divide by a gradient's size feel the noise in the divisor, too. */
function ruleFor({ spec }: RunConfig<TrainingData>): RateRule {
  return spec.optimizer.name === "sgd" ? "noise" : "squareRoot";
}
