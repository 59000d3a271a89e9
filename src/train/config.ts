/** @file From options to a run: everything is checked here, before any work starts. */
import type { StepSpec, ColumnSpec } from "../compile/spec.ts";
import { batchPlan, resolveBatchSize, type BatchPlan } from "../data/batch-plan.ts";
import type { Column, Dataset } from "../data/dataset.ts";
import { inOrder, shuffled, type Sampler } from "../data/sampler.ts";
import { splitDataset } from "../data/split.ts";
import { checkedSeed } from "../data/rng.ts";
import { InputError, nonNegative, oneOf, positive, show, wholeNumber } from "../errors.ts";
import { buildObjective, type Objective } from "../compile/objective.ts";
import { evaluationProgram } from "../compile/programs.ts";
import { lower } from "../graph/lower.ts";
import type { Tensor } from "../graph/types.ts";
import { lossNamed } from "../nn/losses.ts";
import { metricNamed } from "../nn/metrics.ts";
import type { Metric } from "../nn/metric.ts";
import { givenParameters, initialize, type Model } from "../nn/model.ts";
import { optimizerNamed, sgd } from "../nn/optimizers.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";
import { dtypeOf } from "../runtime/feeds.ts";
import type { CheckpointEvery } from "./checkpoint-times.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { checkDataset, checkTargets } from "./check.ts";
import { scheduledRate } from "./learning-rate.ts";
import { monitorNamed, type Monitor } from "./monitor.ts";
import { checkNames, type TrainOptions, type ValidateEvery } from "./options.ts";

/** What ends a run, whichever comes first; Infinity where there is no bound. */
export interface Budget {
  readonly epochs: number;
  readonly updates: number;
  readonly examples: number;
  readonly seconds: number;
}

/** A run that is ready to start. */
export interface RunConfig {
  readonly spec: StepSpec;
  readonly model: Model;
  readonly parameterNames: readonly string[];
  /** Whether the model wants random words for each visit (dropout). */
  readonly usesVisitKeys: boolean;
  readonly initial: readonly Tensor[];
  readonly training: Dataset;
  readonly validation: Dataset | undefined;
  readonly sampler: Sampler;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly budget: Budget;
  readonly validateEvery: ValidateEvery;
  readonly seed: number;
  readonly engine: "onnx" | "loops";
  readonly threads: number;
  readonly microBatch: number | undefined;
  readonly target:
    { readonly monitor: Monitor; readonly value: number; readonly stop: boolean } | undefined;
  readonly earlyStopping:
    | {
        readonly monitor: Monitor;
        readonly patience: number;
        readonly minDelta: number;
        readonly restoreBest: boolean;
      }
    | undefined;
  readonly checkpointEvery: CheckpointEvery | undefined;
  readonly resume: Checkpoint | undefined;
  readonly onDivergence: "stop" | "rollback" | "ignore";
}

/** Checks `options` against the model and the data, and fills in the defaults. @throws InputError, ShapeError, DataError */
export function configure(model: Model, data: Dataset, options: TrainOptions): RunConfig {
  checkNames(options);
  checkDataset("training data", data);
  const { training, validation } = parts(withSampleWeight(data, options.sampleWeight), options);
  const spec = specOf(model, training, options);
  const sampler = samplerOf(options);
  const seed = checkedSeed(
    options.seed ?? options.resume?.seed ?? Math.floor(Math.random() * 2 ** 32),
  );
  const askedBatchSize = batchSizeOf(options, sampler, training);
  const { dropLast = false, microBatch } = options;
  const { size } = training;
  const budget = budgetOf(options);
  const engine = oneOf("engine", options.engine ?? "onnx", ["onnx", "loops"]);
  const request = { sampler, size, seed, dropLast, ...labelsOf(training) };
  const plan = batchPlan({ ...request, batchSize: askedBatchSize, epoch: 0 });
  const batchSize = sampler.batches === undefined ? askedBatchSize : largestBatch(plan);
  scheduledRate(spec.optimizer, budget, plan)(0);
  const { parameters, visitKeys } = checkedGraphs(spec, engine, training, validation);
  return {
    spec,
    model,
    parameterNames: parameters.map(({ name }) => name),
    usesVisitKeys: visitKeys !== undefined,
    initial:
      options.initialParameters === undefined
        ? initialize(parameters, seed, spec.dtype)
        : givenParameters(parameters, options.initialParameters, spec.dtype),
    training,
    validation,
    sampler,
    batchSize,
    dropLast,
    budget,
    validateEvery: validateEveryOf(options.validateEvery),
    seed,
    engine,
    threads: wholeNumber("threads", options.threads ?? 1),
    microBatch: microBatch === undefined ? undefined : wholeNumber("microBatch", microBatch),
    target: targetOf(options, spec.metrics, validation),
    earlyStopping: earlyStoppingOf(options, spec.metrics, validation),
    checkpointEvery: checkpointEveryOf(options.checkpointEvery),
    resume: options.resume,
    onDivergence: oneOf("onDivergence", options.onDivergence ?? "stop", [
      "stop",
      "rollback",
      "ignore",
    ]),
  };
}

function specOf(model: Model, training: Dataset, options: TrainOptions): StepSpec {
  const { dtype = "float32", l2 = 0, clipNorm, clipValue, gradientNorm = false } = options;
  const optimizer = optimizerOf(options.optimizer);
  if (typeof optimizer.learningRate === "number") positive("learningRate", optimizer.learningRate);
  return {
    model,
    loss: lossOf(options.loss, training),
    metrics: metricsOf(options.metrics, training),
    optimizer,
    dtype: oneOf("dtype", dtype, ["float32", "float64"]),
    x: columnSpec(training.x),
    y: columnSpec(training.y),
    classWeight: classWeights(options.classWeight, training),
    sampleWeight: training.sampleWeight !== undefined,
    l2: nonNegative("l2", l2),
    clipNorm: clipNorm === undefined ? undefined : positive("clipNorm", clipNorm),
    clipValue: clipValue === undefined ? undefined : positive("clipValue", clipValue),
    gradientNorm,
  };
}

/** The graph of the loss, once everything that a run will build has been built. @throws InputError, ShapeError */
function checkedGraphs(
  spec: StepSpec,
  engine: RunConfig["engine"],
  training: Dataset,
  validation: Dataset | undefined,
): Objective {
  const objective = buildObjective(spec);
  if (objective.parameters.length === 0)
    throw new InputError(
      "the model has nothing to learn: it needs a layer with parameters, such as dense(10)",
    );
  if (engine === "onnx") lower([objective.loss, ...objective.gradients]);
  checkTargets("training data", training, spec);
  if (validation !== undefined) {
    evaluationProgram(spec);
    checkTargets("validation", validation, spec);
  }
  return objective;
}

/** Class indices of the examples, for samplers that want them. */
export function labelsOf({ task, y }: Dataset): { readonly labels?: ArrayLike<number> } {
  return task === "classification" && y.shape.length === 0 ? { labels: y.data } : {};
}

function parts(
  data: Dataset,
  options: TrainOptions,
): { training: Dataset; validation: Dataset | undefined } {
  const { validation, validationSplit } = options;
  if (validation !== undefined && validationSplit !== undefined)
    throw new InputError("validation and validationSplit exclude each other: give one of them");
  if (validation !== undefined) {
    checkDataset("validation", validation);
    const [expected, got] = [data.x.shape.join(), validation.x.shape.join()];
    if (expected !== got || data.y.shape.join() !== validation.y.shape.join())
      throw new InputError(
        `validation must have rows of the shape of the training data: x [${expected}], got [${got}]; y [${data.y.shape.join()}], got [${validation.y.shape.join()}]`,
      );
    if (dtypeOf(data.x.data) !== dtypeOf(validation.x.data) || data.x.scale !== validation.x.scale)
      throw new InputError(
        "validation must be stored as the training data is: same array type, same scale",
      );
    return { training: data, validation };
  }
  if (validationSplit === undefined || validationSplit === 0)
    return { training: data, validation: undefined };
  return splitDataset(data, { validationSplit });
}

function withSampleWeight(data: Dataset, weights: ArrayLike<number> | undefined): Dataset {
  if (weights === undefined) return data;
  if (weights.length !== data.size)
    throw new InputError(
      `sampleWeight must hold one weight for each of the ${data.size} examples, got ${weights.length}`,
    );
  const sampleWeight = Float64Array.from(weights);
  sampleWeight.forEach((weight, row) => nonNegative(`sampleWeight[${row}]`, weight));
  return { ...data, sampleWeight };
}

function classWeights(
  given: TrainOptions["classWeight"],
  { y, task }: Dataset,
): readonly number[] | undefined {
  if (given === undefined) return undefined;
  if (task !== "classification" || y.shape.length > 0 || dtypeOf(y.data) !== "int32")
    throw new InputError(
      "classWeight needs a target of class indices; use sampleWeight for other targets",
    );
  const classes = (y.data as Int32Array).reduce((most, label) => Math.max(most, label + 1), 0);
  const length = Array.isArray(given) ? given.length : classes;
  if (length < classes)
    throw new InputError(
      `classWeight must hold one weight for each of the ${classes} classes, got ${length}`,
    );
  const weights = Array.from(
    { length },
    (_, label) => (given as Record<number, number>)[label] ?? 1,
  );
  weights.forEach((weight, label) => nonNegative(`classWeight[${label}]`, weight));
  return weights;
}

function columnSpec({ data, shape, scale }: Column): ColumnSpec {
  return { dtype: dtypeOf(data), shape, ...(scale === undefined ? {} : { scale }) };
}

function lossOf(loss: TrainOptions["loss"], { task }: Dataset) {
  if (loss === undefined)
    return lossNamed(task === "classification" ? "crossEntropy" : "meanSquaredError");
  return typeof loss === "string" ? lossNamed(loss) : loss;
}

function metricsOf(metrics: TrainOptions["metrics"], { task }: Dataset): readonly Metric[] {
  const named = metrics ?? [task === "classification" ? "accuracy" : "rootMeanSquaredError"];
  return named.map((metric) => (typeof metric === "string" ? metricNamed(metric) : metric));
}

function optimizerOf(optimizer: TrainOptions["optimizer"]): AnyOptimizer {
  if (optimizer === undefined) return sgd();
  return typeof optimizer === "string" ? optimizerNamed(optimizer) : optimizer;
}

function samplerOf({ sampler, shuffle }: TrainOptions): Sampler {
  if (sampler !== undefined && shuffle !== undefined)
    throw new InputError("sampler and shuffle exclude each other: give one of them");
  return sampler ?? (shuffle === false ? inOrder() : shuffled());
}

function batchSizeOf({ batchSize }: TrainOptions, sampler: Sampler, { size }: Dataset): number {
  if (batchSize !== undefined && sampler.batches !== undefined)
    throw new InputError(
      "batchSize and a sampler that cuts its own batches exclude each other: give one of them",
    );
  return resolveBatchSize(batchSize ?? Math.min(32, size), size);
}

function largestBatch({ offsets }: BatchPlan): number {
  return offsets.reduce((most, end, i) => Math.max(most, end - (offsets[i - 1] ?? 0)), 1);
}

function budgetOf({ epochs, updates, examples, seconds }: TrainOptions): Budget {
  const bound = (name: string, value: number | undefined, check: typeof positive) =>
    value === undefined || value === Infinity ? Infinity : check(name, value);
  const none = [epochs, updates, examples, seconds].every((value) => value === undefined);
  const budget = {
    epochs: none ? 1 : bound("epochs", epochs, positive),
    updates: bound("updates", updates, wholeNumber),
    examples: bound("examples", examples, wholeNumber),
    seconds: bound("seconds", seconds, positive),
  };
  return budget;
}

function validateEveryOf(every: TrainOptions["validateEvery"]): ValidateEvery {
  if (every === undefined) return { epochs: 1 };
  if (typeof every === "function") return every;
  const [[unit, value] = ["", NaN]] = Object.entries(every);
  oneOf("validateEvery", unit, ["epochs", "examples", "updates"]);
  positive(`validateEvery.${unit}`, value);
  return every;
}

function checkpointEveryOf(every: CheckpointEvery | undefined): CheckpointEvery | undefined {
  for (const [unit, value] of Object.entries<number>({ ...every })) {
    oneOf("checkpointEvery", unit, ["seconds", "epochs"]);
    positive(`checkpointEvery.${unit}`, value);
  }
  return every;
}

function targetOf(
  { target }: TrainOptions,
  metrics: readonly Metric[],
  validation: Dataset | undefined,
): RunConfig["target"] {
  if (target === undefined) return undefined;
  if (validation === undefined)
    throw new InputError("target needs validation data: give validation or validationSplit");
  if (!Number.isFinite(target.value))
    throw new InputError(`target.value must be a number, got ${show(target.value)}`);
  return {
    monitor: monitorNamed(target.monitor ?? "valLoss", metrics),
    value: target.value,
    stop: target.stop ?? true,
  };
}

function earlyStoppingOf(
  { earlyStopping }: TrainOptions,
  metrics: readonly Metric[],
  validation: Dataset | undefined,
): RunConfig["earlyStopping"] {
  if (earlyStopping === undefined) return undefined;
  if (validation === undefined)
    throw new InputError("earlyStopping needs validation data: give validation or validationSplit");
  const { monitor = "valLoss", patience = 0, minDelta = 0, restoreBest = true } = earlyStopping;
  return {
    monitor: monitorNamed(monitor, metrics),
    patience: wholeNumber("earlyStopping.patience", patience, 0),
    minDelta: nonNegative("earlyStopping.minDelta", minDelta),
    restoreBest,
  };
}
