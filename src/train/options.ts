/** @file The options of a run: what a caller may say, with the defaults. */
import type { Dataset, StoredDataset } from "../data/dataset.ts";
import { knownOptions } from "../errors.ts";
import type { Sampler } from "../data/sampler.ts";
import type { FloatType } from "../graph/types.ts";
import type { Loss } from "../nn/loss.ts";
import type { Metric } from "../nn/metric.ts";
import type { GivenParameters } from "../nn/model.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";
import type { CheckpointEvery } from "./checkpoint-times.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RunProbe, ValidateEvery } from "./run-config.ts";
import type { Runtime } from "../runtime/ort.ts";

/** A value to be reached. */
export interface TargetOption {
  /** `"valLoss"` or the name of a metric; `"valLoss"` by default. */
  readonly monitor?: string;
  readonly value: number;
  /** End the run when it is reached; true by default. */
  readonly stop?: boolean;
}

/** Stop when the monitored value has not improved for a while. */
export interface EarlyStoppingOption {
  /** `"valLoss"` by default. */
  readonly monitor?: string;
  /** Evaluations without improvement before the run ends; 0 by default: at the first. */
  readonly patience?: number;
  /** An improvement must be larger than this; 0 by default. */
  readonly minDelta?: number;
  /** Return the parameters of the best evaluation; true by default. */
  readonly restoreBest?: boolean;
}

/** Options of `train`. */
export interface TrainOptions {
  /** A name or a loss; cross entropy for class indices, mean squared error otherwise. */
  readonly loss?: string | Loss;
  /** A name or an optimizer; `sgd({ learningRate: 0.01 })` by default. */
  readonly optimizer?: string | AnyOptimizer;
  /** Names or metrics, measured on the validation data; accuracy for classification, root mean squared error otherwise. */
  readonly metrics?: readonly (string | Metric)[];
  /**
   * Examples for one update: 1 is SGD, `"full"` batch gradient descent; 32 by default (N, when there are fewer).
   * Excludes samplers that cut their own batches.
   */
  readonly batchSize?: number | "full";
  /** Budgets: the run ends at whichever comes first; 1 epoch when none is given. */
  readonly epochs?: number;
  readonly updates?: number;
  readonly examples?: number;
  /** Seconds of training: evaluation and compilation are not counted. */
  readonly seconds?: number;
  /** Visit the examples in random order (default true). */
  readonly shuffle?: boolean;
  /** Another order of visits; `shuffled()` by default. Excludes `shuffle: false`. */
  readonly sampler?: Sampler;
  /** Leave out the last batch of an epoch when it is short (default false). */
  readonly dropLast?: boolean;
  /** Data to evaluate on. */
  readonly validation?: Dataset | StoredDataset;
  /** Share of the training data set apart for validation: the last rows, before any shuffling. */
  readonly validationSplit?: number;
  /** `{ epochs: 1 }` by default, and always once at the end. */
  readonly validateEvery?: ValidateEvery;
  /** Whole number from 0; drawn at random when absent, and always recorded in the result. */
  readonly seed?: number;
  readonly dtype?: FloatType;
  readonly engine?: "onnx" | "loops";
  /**
   * Threads of one update; 1 by default, which is fastest for small networks and small batches. `"auto"`: one for every 4 million operations
   * of its matrix products, `cores` at most; fewer where rows are read from disk meanwhile.
   */
  readonly threads?: number | "auto";
  /** Cores of this machine, for `threads: "auto"`; 1 by default. */
  readonly cores?: number;
  /** Largest number of examples that go through the graph at once; larger batches are split and accumulated. */
  readonly microBatch?: number;
  /**
   * Values to start from, by name: arrays, `model.parameters` of a trained model, or `parseSafetensors(bytes).tensors`; `initializer`s
   * of the layers otherwise.
   */
  readonly initialParameters?: GivenParameters;
  /** Weight of each class in the training loss, by index. */
  readonly classWeight?: readonly number[] | Readonly<Record<number, number>>;
  /** Weight of each training example in the training loss. */
  readonly sampleWeight?: ArrayLike<number>;
  /** λ of the penalty λ/2 Σ‖W‖² on weights (not biases); 0 by default. */
  readonly l2?: number;
  /** Bound on the norm of the gradient. */
  readonly clipNorm?: number;
  /** Bound on each element of the gradient. */
  readonly clipValue?: number;
  /** Record the norm of every gradient: costs a pass over it (default false). */
  readonly gradientNorm?: boolean;
  readonly target?: TargetOption;
  readonly earlyStopping?: EarlyStoppingOption;
  /** When the run yields a `checkpoint` event: by the clock, at the ends of epochs, and once when the run ends or is stopped. Never by default. */
  readonly checkpointEvery?: CheckpointEvery;
  /**
   * Goes on from a checkpoint, inside an epoch, as if the run had never stopped: same model, data and options; budgets and threads may
   * differ. The history goes on too.
   */
  readonly resume?: Checkpoint;
  /**
   * What happens when the loss becomes NaN or infinite, or rises above a thousand times that before the first update: `"stop"` (default) rejects
   * with a DivergenceError; `"rollback"` goes back to the last checkpoint (the last end of an epoch without `checkpointEvery`) and halves the
   * learning rate, up to ten times; `"ignore"` goes on as long as the numbers are finite.
   */
  readonly onDivergence?: "stop" | "rollback" | "ignore";
  /** Looks at the run while it goes on, and may change its batch size: `trackNoise()`, `autoBatchSize()`. */
  readonly probe?: RunProbe;
  /** Stops the run between two chunks, with what it has. */
  readonly signal?: AbortSignal;
  /** ONNX Runtime to use in place of the installed one. */
  readonly runtime?: Runtime;
}

/** Every option, once: a name that is missing or too many here does not compile. */
const known: Readonly<Record<keyof TrainOptions, true>> = {
  loss: true,
  optimizer: true,
  metrics: true,
  batchSize: true,
  epochs: true,
  updates: true,
  examples: true,
  seconds: true,
  shuffle: true,
  sampler: true,
  dropLast: true,
  validation: true,
  validationSplit: true,
  validateEvery: true,
  seed: true,
  dtype: true,
  engine: true,
  threads: true,
  cores: true,
  microBatch: true,
  initialParameters: true,
  classWeight: true,
  sampleWeight: true,
  l2: true,
  clipNorm: true,
  clipValue: true,
  gradientNorm: true,
  target: true,
  earlyStopping: true,
  checkpointEvery: true,
  resume: true,
  onDivergence: true,
  probe: true,
  signal: true,
  runtime: true,
};

/** Refuses options that do not exist. @throws InputError naming the one that is not known, and all that are */
export function checkNames(options: TrainOptions): void {
  knownOptions("train", options, Object.keys(known));
}
