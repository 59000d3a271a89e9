/** @file `criticalBatchSize`: the critical batch size from the noise along one short run. */
import { generator, stream } from "../../data/rng.ts";
import type { Dataset, StoredDataset } from "../../data/dataset.ts";
import { rowsInMemory } from "../../data/sample.ts";
import {
  InputError,
  invariant,
  knownOptions,
  list,
  object,
  positive,
  stoppable,
  wholeNumber,
} from "../../errors.ts";
import type { Model } from "../../nn/model.ts";
import type { AnyOptimizer } from "../../nn/optimizer.ts";
import { sgd } from "../../nn/optimizers.ts";
import { nextTask } from "../../runtime/next-task.ts";
import type { RunConfig } from "../../train/run-config.ts";
import { updatesPerEpoch } from "../../data/batch-plan.ts";
import { startRun, type Run } from "../../train/run-stream.ts";
import { train } from "../../train/train.ts";
import type { Vector } from "../vectors.ts";
import type { Estimate } from "./estimate.ts";
import { openInstrument } from "./instrument.ts";
import { optimalLearningRate, type NoiseMeasurement } from "./measurement.ts";
import {
  configureSubject,
  pointRequest,
  resolveBudget,
  sharedNames,
  trainOptionsOf,
  type NoiseBudget,
  type NoiseSubject,
  type ResolvedBudget,
} from "./options.ts";
import { measurePoint } from "./point.ts";
import { driftingMean, progressMean } from "./progress-mean.ts";

/**
 * Options of `criticalBatchSize`. `seconds` is for all probes together: later ones look at fewer examples when time runs short.
 * `examples` and `batches` are those of one probe: by default as many
 * examples as make 4 · 10⁸ products of an example and a parameter (at least 1024), in 8 batches.
 */
export interface CriticalBatchSizeOptions extends NoiseSubject, NoiseBudget {
  /** Batch size of the pilot run. The noise along a run depends on it, weakly; best is one not far from the answer. */
  readonly batchSize: number;
  /** Of plain SGD; or give an optimizer. */
  readonly learningRate?: number;
  readonly optimizer?: AnyOptimizer;
  /** Length of the pilot run: whichever comes first, one epoch when neither is given. */
  readonly updates?: number;
  readonly epochs?: number;
  /** Points of the run at which noise is measured, 3 at least; 40 by default, or as many as there are updates. */
  readonly probes?: number;
  /** Stops it with the probes it has; before three are done, `result` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** The critical batch size as a pilot run shows it. */
export interface CriticalBatchSize {
  /** B_crit, from the mean of B_noise over the run. */
  readonly criticalBatchSize: Estimate;
  /** The same mean of B_simple, for comparison: it comes out several times larger. */
  readonly simpleNoiseScale: Estimate;
  /** Batch size and number of updates of the pilot run. */
  readonly batchSize: number;
  readonly updates: number;
  readonly probes: readonly PilotProbe[];
  /** Training of the pilot, and measuring along it. */
  readonly seconds: { readonly training: number; readonly probes: number };
  /** False when it was stopped before all probes were done. */
  readonly complete: boolean;
}

/** Noise at one point of a pilot run. */
export interface PilotProbe {
  /** Updates made before it. */
  readonly updates: number;
  readonly noise: NoiseMeasurement;
}

/** What a pilot tells while it goes on. */
export type PilotEvent =
  | { readonly type: "pilot"; readonly updates: number; readonly total: number }
  | {
      readonly type: "probe";
      readonly done: number;
      readonly total: number;
      readonly probe: PilotProbe;
    };

/** A pilot that is under way. */
export type PilotRun = Run<PilotEvent, CriticalBatchSize>;

/**
 * Estimates the critical batch size, up to which twice the batch nearly halves the updates, along one short run.
 *
 * In S(B) = S_min (1 + B_crit / B), the updates to a target, each update of batch size B makes 1 / (1 + B_noise / B) of the best
 * progress, so B_crit is the mean of B_noise = tr(HΣ) / GᵀHG over the progress of the run (see `progressMean` for the equation). The run
 * is cut into equal stretches, noise is measured at one update drawn from each, and the interval rests on how neighbouring
 * measurements differ. It holds for the stretch of training that the pilot covers: noise scales grow as the loss falls.
 *
 * The theory is that of plain SGD at its best learning rate. B_simple in place of B_noise comes out four to ten times too large on MNIST.
 *
 * Source: McCandlish et al. (2018), arXiv 1812.06162, sections 2.2 and 2.3, appendix D.
 * @throws InputError, ShapeError, DataError; `result` rejects with DivergenceError when the pilot's learning rate is too large
 * @example
 * const pilot = await criticalBatchSize(mlp, training, { batchSize: 64, learningRate: 0.32, epochs: 2, seed: 1 }).result;
 * console.log(pilot.criticalBatchSize); // { value, low, high }
 */
export function criticalBatchSize(
  model: Model,
  data: Dataset | StoredDataset,
  options: CriticalBatchSizeOptions,
): PilotRun {
  const own = ["batchSize", "learningRate", "optimizer", "updates", "epochs", "probes", "signal"];
  knownOptions("criticalBatchSize", options, [...sharedNames, ...own]);
  stoppable(options.signal);
  const config = configureSubject(model, data, options);
  const pilot = planPilot(config, options);
  return startRun(measurePilot({ model, data, config, options }, pilot));
}

/**
 * The learning rate for batch size B by the pilot: the mean over its probes of ε_opt(B), see `optimalLearningRate`. It is the best rate of
 * one step; along a run about twice as much was best on MNIST. Infinity where fewer than three probes could tell the curvature from zero.
 *
 * @throws InputError when `batchSize` is not a positive number
 * @example pilotLearningRate(await criticalBatchSize(mlp, training, { batchSize: 64, learningRate: 0.32 }).result, 128).value
 */
export function pilotLearningRate(
  pilot: Pick<CriticalBatchSize, "probes">,
  batchSize: number,
): Estimate {
  const { probes } = object("pilot", pilot, "what criticalBatchSize returned");
  positive("batchSize", batchSize);
  const rates = list("probes", probes, "those of criticalBatchSize")
    .map(({ noise }) => optimalLearningRate(noise, batchSize)!.value)
    .filter(Number.isFinite);
  if (rates.length < 3) return { value: Infinity, low: 0, high: Infinity };
  return driftingMean(rates);
}

/** What a pilot is run on. */
interface PilotSubject {
  readonly model: Model;
  readonly data: Dataset | StoredDataset;
  readonly config: RunConfig<Dataset | StoredDataset>;
  readonly options: CriticalBatchSizeOptions;
}

/** Parameters that a pilot passed. */
interface PilotPoint {
  readonly updates: number;
  readonly parameters: Vector;
}

/** A pilot run, checked. */
interface Pilot {
  readonly batchSize: number;
  readonly optimizer: AnyOptimizer;
  readonly updates: number;
  /** Updates after which noise is measured, ascending. */
  readonly places: readonly number[];
}

/** What one probe may cost by default: single probes need not be sharp, their mean is. */
const probeBudget = { work: 4e8, leastExamples: 1024, batches: 8 };

function planPilot(
  config: RunConfig<Dataset | StoredDataset>,
  options: CriticalBatchSizeOptions,
): Pilot {
  const { size } = config.training;
  const { batchSize, learningRate, optimizer } = options;
  if ((learningRate === undefined) === (optimizer === undefined))
    throw new InputError(
      "criticalBatchSize needs the pilot's learning rate: give learningRate, or optimizer",
    );
  if (wholeNumber("batchSize", batchSize) > size)
    throw new InputError(
      `batchSize must be at most the ${size} examples there are, got ${batchSize}`,
    );
  resolveBudget(config, options, probeBudget);
  const updates = pilotLength(options, updatesPerEpoch(size, batchSize));
  const { probes: asked = Math.max(3, Math.min(40, updates)) } = options;
  const probes = wholeNumber("probes", asked, 3);
  if (updates < probes)
    throw new InputError(
      `a pilot of ${updates} updates is too short for ${probes} probes: give more updates or epochs, or fewer probes`,
    );
  return {
    batchSize,
    optimizer: optimizer ?? sgd({ learningRate: learningRate! }),
    updates,
    places: drawPlaces(updates, probes, config.seed),
  };
}

/** Updates of the pilot run. */
function pilotLength(options: CriticalBatchSizeOptions, perEpoch: number): number {
  const { updates, epochs = updates === undefined ? 1 : Infinity } = options;
  const byEpochs = epochs === Infinity ? Infinity : positive("epochs", epochs) * perEpoch;
  const byUpdates = updates === undefined ? Infinity : wholeNumber("updates", updates);
  return Math.min(Math.ceil(byEpochs), byUpdates);
}

/** One update at random from each of `count` equal stretches of 0 … length − 1. */
export function drawPlaces(length: number, count: number, seed: number): readonly number[] {
  const { integer } = generator(seed, stream.probe, 0, 0);
  const start = (j: number) => Math.floor((j * length) / count);
  return Array.from({ length: count }, (_, j) => start(j) + integer(start(j + 1) - start(j)));
}

async function* measurePilot(
  subject: PilotSubject,
  pilot: Pilot,
): AsyncGenerator<PilotEvent, CriticalBatchSize> {
  const { points, training } = yield* runPilot(subject, pilot);
  const started = performance.now();
  const { probes, complete } = yield* probeAll(subject, points);
  const { batchSize, updates } = pilot;
  const scales = probes.map(({ noise }) => noise.curvature!.noiseScale.value);
  const simple = probes.map(({ noise }) => noise.simpleNoiseScale.value);
  return {
    criticalBatchSize: progressMean(scales, batchSize),
    simpleNoiseScale: progressMean(simple, batchSize),
    batchSize,
    updates,
    probes,
    seconds: { training, probes: (performance.now() - started) / 1000 },
    complete: complete && points.length === pilot.places.length,
  };
}

/** Trains the pilot and keeps its parameters at the places of the probes. */
async function* runPilot(
  { model, data, config, options }: PilotSubject,
  { batchSize, optimizer, updates: total, places }: Pilot,
): AsyncGenerator<PilotEvent, { points: readonly PilotPoint[]; training: number }> {
  const points: PilotPoint[] = places[0] === 0 ? [{ updates: 0, parameters: config.initial }] : [];
  const run = train(model, data, {
    ...trainOptionsOf(options),
    ...(options.signal && { signal: options.signal }),
    ...{ batchSize, optimizer, updates: total, seed: config.seed },
    // An evaluation hands over the parameters; of one example it costs nothing.
    validation: await rowsInMemory(config.training, Int32Array.of(0)),
    validateEvery: (at) => places.find((place) => place > at.updates) ?? total,
  });
  for await (const event of run) {
    if (event.type === "evaluation" && places.includes(event.updates))
      points.push({ updates: event.updates, parameters: event.parameters });
    if (event.type === "progress") yield { type: "pilot", updates: event.updates, total };
  }
  return { points, training: (await run.result).seconds };
}

/** Measures noise at the points that a pilot kept; what is stopped before the third has no result. */
async function* probeAll(
  { config, options }: PilotSubject,
  points: readonly PilotPoint[],
): AsyncGenerator<PilotEvent, { probes: readonly PilotProbe[]; complete: boolean }> {
  const { seconds = Infinity, signal, runtime } = options;
  const total = points.length;
  const budget = resolveBudget(config, options, probeBudget);
  const instrument = await openInstrument(config, runtime);
  const probes: PilotProbe[] = [];
  let left = seconds;
  let { examples } = budget;
  try {
    for (const { updates, parameters } of points) {
      if (signal?.aborted === true) break;
      const place = { parameters, curvature: true, top: 0, seed: config.seed, point: updates };
      const request = { ...budget, examples, seconds: Infinity };
      const work = measurePoint(
        instrument,
        pointRequest(instrument, request, { ...place, signal: undefined }),
      );
      let step = await work.next();
      for (; step.done !== true; step = await work.next()) await nextTask();
      const probe = { updates, noise: step.value };
      probes.push(probe);
      yield { type: "probe", done: probes.length, total, probe };
      left -= probe.noise.seconds;
      examples = affordable(budget, probe.noise, left / (total - probes.length));
    }
  } finally {
    await instrument.close();
  }
  if (probes.length < 3) signal?.throwIfAborted();
  invariant(probes.length >= 3, `${probes.length} probes`);
  return { probes, complete: probes.length === total };
}

/** Fewest examples of a probe, however short the time. */
const fewest = 128;

/** Examples of the next probe, so that it takes `seconds` if they cost as much as those of the last one. */
function affordable(budget: ResolvedBudget, last: NoiseMeasurement, seconds: number): number {
  const byTime = Math.floor((last.examples * seconds) / last.seconds);
  return Math.min(budget.examples, Math.max(byTime, fewest));
}
