/** @file What a race is made of. */
import { isStored, type Dataset, type StoredDataset } from "../data/dataset.ts";
import { resolveBatchSize } from "../data/batch-plan.ts";
import { examplesApart } from "../data/split.ts";
import {
  flag,
  having,
  InputError,
  invariant,
  knownOptions,
  list,
  oneOf,
  positive,
  show,
  wholeNumber,
} from "../errors.ts";
import type { Loss } from "../nn/loss.ts";
import type { Metric } from "../nn/metric.ts";
import type { Model } from "../nn/model.ts";
import type { Runtime } from "../runtime/ort.ts";
import { checkDataset } from "../train/check.ts";
import { configure, type RunConfig } from "../train/config.ts";
import type { TrainOptions } from "../train/options.ts";
import {
  factoryOf,
  raceOptimizer,
  type OptimizerFactory,
  type RaceSchedule,
} from "./race-optimizer.ts";
import type { Race } from "./race.ts";

/** Resident memory of the process: `reset` starts a new peak. */
export interface MemoryProbe {
  readonly reset: () => void;
  /** Largest resident memory since `reset`, in bytes; undefined where the platform does not tell. */
  readonly peak: () => number | undefined;
}

/** Data that can be raced on. */
export type RaceData = Dataset | StoredDataset;

/** Options of `compare`. */
export interface CompareOptions<Data extends RaceData = RaceData> {
  /** Examples for one update, one entry a regime; `[1, 64, "full"]` by default. */
  readonly batchSizes?: readonly (number | "full")[];
  /** One for all, one a batch size, or `"auto"` (default): found for each batch size by short trials. */
  readonly learningRate?: number | readonly number[] | "auto";
  /** A name, or a function of the learning rate; `"sgd"` by default. */
  readonly optimizer?: string | OptimizerFactory;
  /** The schedule of each run, from its learning rate, such as `schedules.cosine`; none by default. Rates are searched without it. */
  readonly schedule?: RaceSchedule;
  readonly loss?: string | Loss;
  /** The race's metric; accuracy for classification, root mean squared error otherwise. */
  readonly metric?: string | Metric;
  /** Budgets of each run: whichever comes first. One epoch when none is given. */
  readonly epochs?: number;
  readonly updates?: number;
  readonly examples?: number;
  readonly seconds?: number;
  /** A value of the race's metric, or of `monitor`, whose first arrival is timed; runs go on after it. */
  readonly target?: { readonly monitor?: string; readonly value: number } | undefined;
  readonly seed?: number;
  /** Each batch size is run this many times, with seeds seed, seed + 1, …; 1 by default. */
  readonly seeds?: number;
  readonly engines?: readonly ("onnx" | "loops")[];
  /** Threads of one update, or `"auto"` (default): as many as its matrix products are worth, `cores` at most. */
  readonly threads?: number | "auto";
  /** Cores of this machine, for `threads: "auto"`; 1 by default. */
  readonly cores?: number;
  readonly dtype?: "float32" | "float64";
  /** Data to evaluate on; without it the last tenth of the training data is set apart, which stored data does not allow. */
  readonly validation?: Data;
  /** Evaluations of one run, about; 40 by default. */
  readonly evaluations?: number;
  /** Points of each run at which gradient noise is measured; 5 by default, 0 for none. */
  readonly noisePoints?: number;
  /** Whether the plane of the paths is computed; true by default. */
  readonly plane?: boolean;
  readonly signal?: AbortSignal;
  readonly memory?: MemoryProbe;
  readonly runtime?: Runtime;
  /** Names of versions and machine, for the record. */
  readonly environment?: {
    readonly minibatch: string;
    readonly runtime: string;
    readonly machine: string;
  };
}

/** One run that a race is going to make. */
export interface Lane {
  readonly batchSize: number;
  readonly seed: number;
  readonly engine: "onnx" | "loops";
}

/** A race that is ready to start. */
export interface RacePlan<Data extends RaceData = Dataset> {
  readonly model: Model;
  readonly training: Data;
  readonly validation: Data;
  readonly options: CompareOptions;
  readonly optimizer: OptimizerFactory;
  readonly batchSizes: readonly number[];
  /** By batch size; undefined where it is to be searched. */
  readonly learningRates: readonly number[] | undefined;
  readonly lanes: readonly Lane[];
  readonly seed: number;
  readonly metric: Metric;
  readonly noisePoints: number;
  readonly evaluations: number;
}

/** The budget of each run, with the default of one epoch; null where there is no bound. */
export function raceBudget({ epochs, updates, examples, seconds }: CompareOptions): Race["budget"] {
  const none = [epochs, updates, examples, seconds].every((bound) => bound === undefined);
  return {
    epochs: epochs ?? (none ? 1 : null),
    updates: updates ?? null,
    examples: examples ?? null,
    seconds: seconds ?? null,
  };
}

/** Every option, once: a name that is missing or too many here does not compile. */
const known: Readonly<Record<keyof CompareOptions, true>> = {
  batchSizes: true,
  learningRate: true,
  optimizer: true,
  schedule: true,
  loss: true,
  metric: true,
  epochs: true,
  updates: true,
  examples: true,
  seconds: true,
  target: true,
  seed: true,
  seeds: true,
  engines: true,
  threads: true,
  cores: true,
  dtype: true,
  validation: true,
  evaluations: true,
  noisePoints: true,
  plane: true,
  signal: true,
  memory: true,
  runtime: true,
  environment: true,
};

/** Checks everything before any work starts. @throws InputError, ShapeError */
export function planRace<Data extends RaceData>(
  model: Model,
  data: Data,
  options: CompareOptions<NoInfer<Data>>,
): RacePlan<Data> {
  knownOptions("compare", options, Object.keys(known));
  const { training, validation, metric, seed } = raceData(model, data, options);
  const { learningRate = "auto", noisePoints = 5, evaluations = 40, optimizer = "sgd" } = options;
  checkSurroundings(options);
  const given = batchSizesOf(options, training.size);
  const batchSizes = [...new Set(given.map((size) => resolveBatchSize(size, training.size)))];
  const plan: RacePlan<Data> = {
    model,
    training,
    validation,
    options,
    optimizer: factoryOf(optimizer),
    batchSizes,
    learningRates: learningRatesOf(learningRate, given, batchSizes, training.size),
    lanes: lanesOf(options, batchSizes, seed),
    seed,
    metric,
    noisePoints: wholeNumber("noisePoints", noisePoints, 0),
    evaluations: wholeNumber("evaluations", evaluations),
  };
  for (const lane of plan.lanes.filter((each) => each.seed === seed))
    configure(
      model,
      training,
      runOptions(plan, lane, plan.learningRates?.[batchSizes.indexOf(lane.batchSize)] ?? 1),
    );
  return plan;
}

/** Refuses what has nothing to do with the runs themselves, where it is wrong. @throws InputError */
function checkSurroundings({ plane = true, cores = 1, memory, environment }: CompareOptions): void {
  flag("plane", plane);
  wholeNumber("cores", cores);
  if (memory !== undefined)
    for (const method of ["reset", "peak"] as const)
      having("memory", memory, method, "a probe with the functions reset and peak");
  if (environment !== undefined)
    knownOptions("environment", environment, ["minibatch", "runtime", "machine"]);
}

/** Training examples of a race: those that are not set apart. */
export function trainingSize(data: RaceData, { validation }: CompareOptions): number {
  checkDataset("training data", data);
  if (validation !== undefined) return data.size;
  return data.size - examplesApart("validationSplit", data.size, validationPart);
}

/** Part of the examples that is set apart where no validation data is given. */
const validationPart = 0.1;

/** The training and validation parts, the metric and the seed, as every run of the race will have them. */
function raceData<Data extends RaceData>(
  model: Model,
  data: Data,
  options: CompareOptions<NoInfer<Data>>,
) {
  checkDataset("training data", data);
  const { validation: given, seed: asked } = options;
  if (given === undefined && isStored(data))
    throw new InputError(
      "validation must be given for stored data, which is split when it is stored: openStored gives it as test",
    );
  const { training, validation, spec, seed } = configure(model, data, {
    ...sharedOptions(options),
    ...(asked === undefined ? {} : { seed: asked }),
    ...(given === undefined ? { validationSplit: validationPart } : { validation: given }),
  });
  const [metric] = spec.metrics;
  invariant(validation !== undefined && metric !== undefined, "a race has validation and a metric");
  // Without a part of its own it is one of the training data.
  return { training, validation: validation as Data, metric, seed };
}

/** All runs: seed by seed, each batch size on each engine. */
function lanesOf(
  options: CompareOptions,
  batchSizes: readonly number[],
  seed: number,
): readonly Lane[] {
  const { engines: asked = ["onnx"], seeds: count = 1 } = options;
  const engines = new Set<Lane["engine"]>(list("engines", asked, '["onnx", "loops"]'));
  if (engines.size === 0) throw new InputError("engines must hold at least one engine, got none");
  for (const engine of engines) oneOf("engine", engine, ["onnx", "loops"]);
  requireComparableBudget(options, [...engines]);
  const seeds = Array.from({ length: wholeNumber("seeds", count) }, (_, i) => seed + i);
  return seeds.flatMap((laneSeed) =>
    batchSizes.flatMap((batchSize) =>
      [...engines].map((engine) => ({ batchSize, seed: laneSeed, engine })),
    ),
  );
}

function batchSizesOf({ batchSizes }: CompareOptions, size: number): readonly (number | "full")[] {
  if (batchSizes === undefined) return [1, Math.min(64, size), "full"];
  if (list("batchSizes", batchSizes, '[1, 64, "full"]').length === 0)
    throw new InputError("batchSizes must hold at least one batch size, got none");
  return batchSizes;
}

/** The options that a race hands to each of its runs. */
export function sharedOptions(options: CompareOptions): TrainOptions {
  const { loss, metric, epochs, updates, examples, seconds, dtype, runtime, signal } = options;
  return definedOnly({
    loss,
    metrics: metric === undefined ? undefined : [metric],
    epochs,
    updates,
    examples,
    seconds,
    dtype,
    runtime,
    signal,
  });
}

/** The options of one lane, at a constant learning rate: also of trials, and of what is measured beside the runs. */
export function laneOptions(
  plan: RacePlan<RaceData>,
  lane: Lane,
  learningRate: number,
): TrainOptions {
  const { options } = plan;
  const { threads = "auto", cores = 1 } = options;
  return {
    ...sharedOptions(options),
    optimizer: plan.optimizer({ learningRate }),
    batchSize: lane.batchSize,
    seed: lane.seed,
    engine: lane.engine,
    threads,
    cores,
    validation: plan.validation,
    ...(options.target !== undefined && { target: raceTarget(plan, options.target) }),
  };
}

/** The options of one run of a race: those of its lane, on the schedule of the race. @throws InputError */
export function runOptions(
  plan: RacePlan<RaceData>,
  lane: Lane,
  learningRate: number,
): TrainOptions {
  const options = laneOptions(plan, lane, learningRate);
  return plan.options.schedule === undefined
    ? options
    : { ...options, optimizer: raceOptimizer(plan, learningRate) };
}

/** The target of a race, which no run stops at. @throws InputError */
function raceTarget(
  { metric }: RacePlan<RaceData>,
  target: NonNullable<CompareOptions["target"]>,
): NonNullable<TrainOptions["target"]> {
  knownOptions("target", target, ["monitor", "value"]);
  return { monitor: metric.name, ...target, stop: false };
}

/** The configuration of a lane, as a run would have it. */
export function laneConfig<Data extends RaceData>(
  plan: RacePlan<Data>,
  lane: Lane,
  learningRate: number,
): RunConfig<Data> {
  return configure(plan.model, plan.training, laneOptions(plan, lane, learningRate));
}

function learningRatesOf(
  given: number | readonly number[] | "auto",
  asked: readonly (number | "full")[],
  batchSizes: readonly number[],
  size: number,
): readonly number[] | undefined {
  if (given === "auto") return undefined;
  if (typeof given === "number") {
    positive("learningRate", given);
    return batchSizes.map(() => given);
  }
  if (list("learningRate", given, "[0.01, 0.1]").length !== asked.length)
    throw new InputError(
      `learningRate must be one number, or one for each of the ${asked.length} batch sizes; got ${given.length}`,
    );
  given.forEach((rate) => positive("learningRate", rate));
  const resolved = asked.map((batchSize) => resolveBatchSize(batchSize, size));
  return batchSizes.map((batchSize) => given[resolved.indexOf(batchSize)]!);
}

function requireComparableBudget(options: CompareOptions, engines: readonly string[]): void {
  const { epochs, updates, examples, seconds } = options;
  if (engines.length < 2 || seconds === undefined) return;
  if ([epochs, updates, examples].every((bound) => bound === undefined))
    throw new InputError(
      `a budget of seconds (${show(seconds)}) gives two engines different numbers of updates: give epochs, updates or examples instead`,
    );
}

/** `record` without its undefined entries. */
function definedOnly<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
