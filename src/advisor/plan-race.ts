/** @file From options to a race that is ready to start: everything is checked before any work. */
import { resolveBatchSize } from "../data/batch-plan.ts";
import { isStored } from "../data/dataset.ts";
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
import type { Model } from "../nn/model.ts";
import { checkDataset } from "../train/check.ts";
import { configure } from "../train/config.ts";
import {
  compareOptions,
  type CompareOptions,
  type Lane,
  type RaceData,
  type RacePlan,
} from "./compare-options.ts";
import { runOptions, sharedOptions } from "./lane-options.ts";
import { factoryOf } from "./race-optimizer.ts";

/** Checks everything before any work starts. @throws InputError, ShapeError */
export function planRace<Data extends RaceData>(
  model: Model,
  data: Data,
  options: CompareOptions<NoInfer<Data>>,
): RacePlan<Data> {
  knownOptions("compare", options, Object.keys(compareOptions));
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
