/** @file What advice is asked for, checked before any work. */
import type { Dataset } from "../../data/dataset.ts";
import { take } from "../../data/split.ts";
import { flag, InputError, knownOptions, oneOf, positive, wholeNumber } from "../../errors.ts";
import { requireInMemory } from "../../train/check.ts";
import { monitorNamed, targetValue } from "../../train/monitor.ts";
import type { Model } from "../../nn/model.ts";
import { powersOfTwo } from "../auto/choose.ts";
import type { CompareOptions, RacePlan } from "../compare-options.ts";
import { planRace } from "../plan-race.ts";
import type { AdviceTarget } from "./advice.ts";
import { makeRun, type MadeRun, type RunRequest } from "./target-run.ts";
import { goals, type Goal } from "./goal.ts";

/** Options of {@link adviseBatchSize}. */
export interface AdviseOptions extends Pick<
  CompareOptions<Dataset>,
  | "optimizer"
  | "loss"
  | "metric"
  | "validation"
  | "seed"
  | "threads"
  | "cores"
  | "dtype"
  | "memory"
  | "signal"
  | "runtime"
> {
  /** What is to be small: `"time"` to the target (default), `"examples"` to it, or `"memory"`. */
  readonly goal?: Goal;
  /**
   * What a run is to reach on the validation data: `{ monitor: "accuracy", value: 0.97 }`. By default 1.05 times the
   * validation loss that pilot runs of an epoch (200 to 2000 updates) reach, if that is clearly below the loss of the best constant prediction.
   */
  readonly target?: { readonly monitor?: string; readonly value: number };
  /** Bytes that the process may take; no bound by default. */
  readonly memoryLimit?: number;
  /** Whether the recommendation is raced against its neighbours; true by default. */
  readonly verify?: boolean;
  /** Runs of each batch size in that race; 3 by default, and 9 where runs take less than 2 ms. */
  readonly verificationSeeds?: number;
  /** No larger batch is considered; the number of examples by default. */
  readonly maxBatchSize?: number;
  /** Epochs after which a run of the search is given up; 10 by default, and never before 1000 updates. */
  readonly epochs?: number;
}

/** Advice that is ready to start. */
export interface AdvicePlan {
  readonly race: RacePlan;
  readonly options: AdviseOptions;
  readonly goal: Goal;
  /** Undefined: what a pilot reaches. */
  readonly target: AdviceTarget | undefined;
  /** Batch sizes to choose from, ascending. */
  readonly candidates: readonly number[];
  /** Where the search starts. */
  readonly first: number;
  readonly threads: readonly number[];
  /** Undefined: by how long a run takes. */
  readonly verificationSeeds: number | undefined;
  /** Updates at which a run of batch size B is given up. */
  readonly mostUpdates: (batchSize: number) => number;
  /** Validation data of the search: a part of it where it is large. */
  readonly judged: Dataset;
  /** Makes a run to the target. */
  readonly makeRun: (request: RunRequest) => Promise<MadeRun>;
}

const own = [
  ...["goal", "target", "memoryLimit", "verify", "verificationSeeds", "maxBatchSize", "epochs"],
  ...["optimizer", "loss", "metric", "validation", "seed", "threads", "cores", "dtype"],
  ...["memory", "signal", "runtime"],
];

/** Where the search starts, as most trainers do. */
const usualBatchSize = 32;
/** Examples that a run of the search is judged by, at most. */
const mostJudged = 10_000;
/** A run is not given up before. */
const fewestUpdates = 1000;

/** Checks everything. @throws InputError, ShapeError, DataError */
export function planAdvice(model: Model, data: Dataset, options: AdviseOptions): AdvicePlan {
  knownOptions("adviseBatchSize", options, own);
  requireInMemory("adviseBatchSize", data);
  const { goal = "time", epochs = 10, verificationSeeds, maxBatchSize, verify = true } = options;
  oneOf("goal", goal, goals);
  flag("verify", verify);
  positive("epochs", epochs);
  if (options.memoryLimit !== undefined) positive("memoryLimit", options.memoryLimit);
  const race = planRace(model, data, raceOptions(options));
  const { size } = race.training;
  const most = Math.min(
    size,
    maxBatchSize === undefined ? size : wholeNumber("maxBatchSize", maxBatchSize),
  );
  const candidates = [...new Set([...powersOfTwo(1, most), most])];
  requireEnough(race);
  return {
    race,
    options,
    goal,
    target: options.target === undefined ? undefined : targetOf(options.target, race),
    candidates,
    first: candidates.findLast((candidate) => candidate <= usualBatchSize)!,
    threads: threadsToTry(options),
    verificationSeeds:
      verificationSeeds === undefined
        ? undefined
        : wholeNumber("verificationSeeds", verificationSeeds),
    mostUpdates: (batchSize) =>
      Math.max(fewestUpdates, Math.ceil(epochs * Math.ceil(size / batchSize))),
    judged: evenly(race.validation, mostJudged),
    makeRun: (request) => makeRun(race, request),
  };
}

/** Refuses data from which nothing can be told. @throws InputError */
function requireEnough({ training, validation }: RacePlan): void {
  if (training.size < 4)
    throw new InputError(
      `advice needs at least 4 training examples to choose from, got ${training.size}`,
    );
  if (validation.size < 2)
    throw new InputError(
      `advice needs at least 2 validation examples, without which no loss has an error, got ${validation.size}`,
    );
  const { data } = training.y;
  const width = data.length / training.size;
  if (data.every((value, i) => value === data[i % width]))
    throw new InputError(
      `advice needs targets that differ, and those of all ${training.size} training examples are ${[...data.subarray(0, width)].join(", ")}: there is nothing to learn`,
    );
}

function raceOptions(options: AdviseOptions): CompareOptions<Dataset> {
  const { optimizer, loss, metric, validation, seed, dtype, memory, signal, runtime } = options;
  const given = { optimizer, loss, metric, validation, seed, dtype, memory, signal, runtime };
  return {
    ...(Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    ) as CompareOptions<Dataset>),
    batchSizes: [1],
    learningRate: "auto",
    plane: false,
    noisePoints: 0,
  };
}

function targetOf(
  target: NonNullable<AdviseOptions["target"]>,
  { metric }: RacePlan,
): AdviceTarget {
  knownOptions("target", target, ["monitor", "value"]);
  const { monitor: name = metric.name, value } = target;
  const monitor = monitorNamed(name, [metric]);
  return {
    monitor: monitor.name,
    value: targetValue(monitor, value),
    better: monitor.better,
    origin: "given",
  };
}

function threadsToTry({ threads = "auto", cores = 1 }: AdviseOptions): readonly number[] {
  if (threads !== "auto") return [wholeNumber("threads", threads)];
  return powersOfTwo(1, wholeNumber("cores", cores));
}

/** `data`, or where that is more than `most` rows so many, evenly spaced. */
export function evenly(data: Dataset, most: number): Dataset {
  if (data.size <= most) return data;
  return take(
    data,
    Array.from({ length: most }, (_, i) => Math.floor((i * data.size) / most)),
  );
}
