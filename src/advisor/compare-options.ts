/** @file What a race is made of. */
import type { Dataset, StoredDataset } from "../data/dataset.ts";
import type { Loss } from "../nn/loss.ts";
import type { Metric } from "../nn/metric.ts";
import type { Model } from "../nn/model.ts";
import type { Runtime } from "../runtime/ort.ts";
import type { OptimizerFactory, RaceSchedule } from "./race-optimizer.ts";

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

/** Every option, once: a name that is missing or too many here does not compile. */
export const compareOptions: Readonly<Record<keyof CompareOptions, true>> = {
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
