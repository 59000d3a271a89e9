/** @file From options to a run: everything is checked here, before any work starts. */
import type { StepSpec } from "../compile/spec.ts";
import { isInMemory, isStreamed, layoutOf, type TrainingData } from "../data/dataset.ts";
import { checkedSeed } from "../data/rng.ts";
import {
  flag,
  having,
  InputError,
  knownOptions,
  list,
  nonNegative,
  oneOf,
  positive,
  show,
  stoppable,
  wholeNumber,
} from "../errors.ts";
import { buildObjective, type Objective } from "../compile/objective.ts";
import { evaluationProgram } from "../compile/programs.ts";
import { lower } from "../graph/lower.ts";
import { lossNamed } from "../nn/losses.ts";
import { metricNamed } from "../nn/metrics.ts";
import type { Metric } from "../nn/metric.ts";
import { givenParameters, initialize, type Model } from "../nn/model.ts";
import { optimizerNamed, sgd } from "../nn/optimizers.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";
import { checkpointEveryOf, checkParts, validateEveryOf } from "./check-options.ts";
import { checkDataset, checkMetrics, checkTargets } from "./check.ts";
import {
  batches,
  batchSizeOf,
  classWeights,
  parts,
  samplerOf,
  withSampleWeight,
} from "./config-data.ts";
import { scheduledRate } from "./learning-rate.ts";
import { monitorNamed, targetValue } from "./monitor.ts";
import { checkNames, type TrainOptions } from "./options.ts";
import type { Budget, RunConfig } from "./run-config.ts";
import { threadsOf } from "./threads.ts";

/** Checks `options` against the model and the data, and fills in the defaults. @throws InputError, ShapeError, DataError */
export function configure<Data extends TrainingData>(
  model: Model,
  data: Data,
  options: TrainOptions,
): RunConfig<Data> {
  having("the model", model, "forward", "made by sequential([...]) or functional(...)");
  checkNames(options);
  stoppable(options.signal);
  checkParts(options);
  checkDataset("training data", data);
  const { training, validation } = parts(withSampleWeight(data, options.sampleWeight), options);
  const spec = specOf(model, training, options);
  const sampler = samplerOf(options, training);
  const { resume, seed: asked = resume?.seed ?? Math.floor(Math.random() * 2 ** 32) } = options;
  const seed = checkedSeed(asked);
  const askedBatchSize = batchSizeOf(options, sampler, training);
  const { dropLast = false, microBatch, engine = "onnx" } = options;
  flag("dropLast", dropLast);
  oneOf("engine", engine, ["onnx", "loops"]);
  const budget = budgetOf(options, training);
  const { batchSize, epoch } = batches(askedBatchSize, {
    ...{ sampler, seed, dropLast },
    training,
  });
  scheduledRate(spec.optimizer, budget, epoch)(0);
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
    threads: threadsOf(options, { spec, batchSize, data: training }),
    microBatch: microBatch === undefined ? undefined : wholeNumber("microBatch", microBatch),
    workBytes: isStreamed(training) ? undefined : training.workBytes,
    target: targetOf(options, spec.metrics, validation),
    earlyStopping: earlyStoppingOf(options, spec.metrics, validation),
    checkpointEvery: checkpointEveryOf(options.checkpointEvery),
    resume: options.resume,
    probe: options.probe,
    onDivergence: onDivergenceOf(options, training),
  };
}

function specOf(model: Model, training: TrainingData, options: TrainOptions): StepSpec {
  const { dtype = "float32", l2 = 0, clipNorm, clipValue, gradientNorm = false } = options;
  const optimizer = optimizerOf(options.optimizer);
  if (typeof optimizer.learningRate === "number") positive("learningRate", optimizer.learningRate);
  return {
    model,
    loss: lossOf(options.loss, training),
    metrics: metricsOf(options.metrics, training),
    optimizer,
    dtype: oneOf("dtype", dtype, ["float32", "float64"]),
    x: layoutOf(training.x),
    y: layoutOf(training.y),
    classWeight: classWeights(options.classWeight, training),
    sampleWeight: isInMemory(training) && training.sampleWeight !== undefined,
    l2: nonNegative("l2", l2),
    clipNorm: clipNorm === undefined ? undefined : positive("clipNorm", clipNorm),
    clipValue: clipValue === undefined ? undefined : positive("clipValue", clipValue),
    gradientNorm: flag("gradientNorm", gradientNorm),
  };
}

/** The graph of the loss, once everything that a run will build has been built. @throws InputError, ShapeError */
function checkedGraphs(
  spec: StepSpec,
  engine: RunConfig["engine"],
  training: TrainingData,
  validation: RunConfig["validation"],
): Objective {
  const objective = buildObjective(spec);
  if (objective.parameters.length === 0)
    throw new InputError(
      "the model has nothing to learn: it needs a layer with parameters, such as dense(10)",
    );
  if (engine === "onnx") lower([objective.loss, ...objective.gradients]);
  checkTargets("training data", training, spec);
  if (validation !== undefined) {
    checkMetrics(spec);
    evaluationProgram(spec);
    checkTargets("validation", validation, spec);
  }
  return objective;
}

function lossOf(loss: TrainOptions["loss"], { task }: TrainingData) {
  if (loss === undefined)
    return lossNamed(task === "classification" ? "crossEntropy" : "meanSquaredError");
  if (typeof loss === "string") return lossNamed(loss);
  return having("loss", loss, "perExample", "a name or made as by losses.huber()");
}

function metricsOf(metrics: TrainOptions["metrics"], { task }: TrainingData): readonly Metric[] {
  if (metrics === undefined)
    return [metricNamed(task === "classification" ? "accuracy" : "rootMeanSquaredError")];
  return list("metrics", metrics, '["accuracy"]').map((metric) =>
    typeof metric === "string"
      ? metricNamed(metric)
      : having("a metric", metric, "sums", "a name or made as by metrics.topK(3)"),
  );
}

function optimizerOf(optimizer: TrainOptions["optimizer"]): AnyOptimizer {
  if (optimizer === undefined) return sgd();
  if (typeof optimizer === "string") return optimizerNamed(optimizer);
  return having(
    "optimizer",
    optimizer,
    "update",
    "a name or made as by adam({ learningRate: 0.01 })",
  );
}

function budgetOf(
  { epochs, updates, examples, seconds }: TrainOptions,
  data: TrainingData,
): Budget {
  if (isStreamed(data) && epochs !== undefined && epochs !== 1)
    throw new InputError(`epochs must be 1 for a stream, which comes once; got ${show(epochs)}`);
  const bound = (name: string, value: number | undefined, check: typeof positive) =>
    value === undefined || value === Infinity ? Infinity : check(name, value);
  const none = [epochs, updates, examples, seconds].every((value) => value === undefined);
  const budget = {
    epochs: none || isStreamed(data) ? 1 : bound("epochs", epochs, positive),
    updates: bound("updates", updates, wholeNumber),
    examples: bound("examples", examples, wholeNumber),
    seconds: bound("seconds", seconds, positive),
  };
  return budget;
}

function onDivergenceOf(
  { onDivergence = "stop" }: TrainOptions,
  data: TrainingData,
): RunConfig["onDivergence"] {
  const found = oneOf("onDivergence", onDivergence, ["stop", "rollback", "ignore"]);
  if (found === "rollback" && isStreamed(data))
    throw new InputError(
      'onDivergence "rollback" needs data that can be visited again, and a stream comes once',
    );
  return found;
}

function targetOf(
  { target }: TrainOptions,
  metrics: readonly Metric[],
  validation: RunConfig["validation"],
): RunConfig["target"] {
  if (target === undefined) return undefined;
  knownOptions("target", target, ["monitor", "value", "stop"]);
  if (validation === undefined)
    throw new InputError("target needs validation data: give validation or validationSplit");
  const { monitor: name = "valLoss", stop = true } = target;
  const monitor = monitorNamed(name, metrics);
  return {
    monitor,
    value: targetValue(monitor, target.value),
    stop: flag("target.stop", stop),
  };
}

function earlyStoppingOf(
  { earlyStopping }: TrainOptions,
  metrics: readonly Metric[],
  validation: RunConfig["validation"],
): RunConfig["earlyStopping"] {
  if (earlyStopping === undefined) return undefined;
  knownOptions("earlyStopping", earlyStopping, ["monitor", "patience", "minDelta", "restoreBest"]);
  if (validation === undefined)
    throw new InputError("earlyStopping needs validation data: give validation or validationSplit");
  const { monitor = "valLoss", patience = 0, minDelta = 0, restoreBest = true } = earlyStopping;
  return {
    monitor: monitorNamed(monitor, metrics),
    patience: wholeNumber("earlyStopping.patience", patience, 0),
    minDelta: nonNegative("earlyStopping.minDelta", minDelta),
    restoreBest: flag("earlyStopping.restoreBest", restoreBest),
  };
}
