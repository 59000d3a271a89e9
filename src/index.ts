/** @file The public API, in the order data flows. */
// data
export type {
  Column,
  ColumnLayout,
  Dataset,
  RowReader,
  SplitDataset,
  StoredDataset,
  StreamedDataset,
} from "./data/dataset.ts";
export { fromArrays } from "./data/arrays.ts";
export { fromStream, type FromStreamOptions, type StreamChunk } from "./data/stream.ts";
export { generator, stream, type Generator } from "./data/rng.ts";
export { indexBatches, inOrder, shuffled, withReplacement, type Sampler } from "./data/sampler.ts";
export { weighted } from "./data/weighted-sampler.ts";
export { stratified } from "./data/stratified-sampler.ts";
export { blockShuffled, type BlockShuffleOptions } from "./data/block-sampler.ts";
export { batchPlan, lastBatchSize, updatesPerEpoch, type BatchPlan } from "./data/batch-plan.ts";
export { splitDataset, take } from "./data/split.ts";
export { leastSquares } from "./data/least-squares.ts";
export { applyStandardization, fitStandardization } from "./data/standardize.ts";
// graph
export * as ops from "./graph/ops.ts";
export { constant, input, type Value } from "./graph/value.ts";
export { tensor, type DType, type Shape, type Tensor } from "./graph/types.ts";
export { gradients } from "./graph/reverse.ts";
export { evaluate, interpreter } from "./graph/evaluate.ts";
export { print } from "./graph/print.ts";
export { writeModel, writeScan, type Program, type ScanProgram } from "./graph/onnx/write.ts";
// nn
export { functional, sequential, type ApplyLayer } from "./nn/sequential.ts";
export type { Layer, Model, Scope } from "./nn/model.ts";
export * from "./nn/layers.ts";
export * from "./nn/image-layers.ts";
export { modelFromOnnx, type OnnxModel, type OnnxModelOptions } from "./nn/onnx-model.ts";
export * as initializers from "./nn/initializers.ts";
export * as losses from "./nn/losses.ts";
export type { Loss } from "./nn/loss.ts";
export * as schedules from "./nn/schedules.ts";
export type { Schedule } from "./nn/schedule.ts";
export * as metrics from "./nn/metrics.ts";
export type { Metric } from "./nn/metric.ts";
export * from "./nn/optimizers.ts";
export type { AnyOptimizer, Optimizer } from "./nn/optimizer.ts";
// train
export { train, type TrainOptions } from "./advisor/auto/train.ts";
export type { BatchSizeChange } from "./train/cursor.ts";
export type { TrainResult, TrainRun } from "./train/result.ts";
export type {
  BatchSizeEvent,
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  EvaluationEvent,
  LearningRateEvent,
  NoteEvent,
  ProbeEvent,
  ProgressEvent,
  RollbackEvent,
  RunEvent,
  StartEvent,
  TargetEvent,
} from "./train/events.ts";
export type { StopReason } from "./train/stop-reason.ts";
export type { History, Moment } from "./train/history.ts";
export type { Checkpoint } from "./train/checkpoint.ts";
export { decodeCheckpoint, encodeCheckpoint } from "./train/checkpoint-bytes.ts";
export type { CheckpointEvery } from "./train/checkpoint-times.ts";
export type * from "./train/probe.ts";
export type { RunProbe } from "./train/run-config.ts";
export { DivergenceError } from "./train/divergence.ts";
export type { TrainedModel } from "./train/trained-model.ts";
export { onnxRuntime, runtimeOf, type Runtime } from "./runtime/ort.ts";
export { DataError, InputError, RuntimeError, ShapeError } from "./errors.ts";
// advisor
export { autoBatchSize, type AutoBatchSizeOptions } from "./advisor/auto/auto-batch-size.ts";
export { trackNoise } from "./advisor/auto/track-noise.ts";
export { adviseBatchSize, type AdviceRun } from "./advisor/advice/advise.ts";
export type { AdviseOptions } from "./advisor/advice/advise-options.ts";
export type * from "./advisor/advice/advice.ts";
export type { Goal } from "./advisor/advice/goal.ts";
export {
  measureThroughput,
  type MeasuredThroughput,
  type MeasureThroughputOptions,
  type ThroughputRun,
} from "./advisor/throughput/measure.ts";
export {
  findLearningRate,
  type FindLearningRateOptions,
  type FindLearningRateRun,
  type FoundLearningRate,
} from "./advisor/learning-rate/find.ts";
export type { RangeTest } from "./advisor/learning-rate/range-test.ts";
export {
  scaleLearningRate,
  type NoiseScales,
  type RateRule,
} from "./advisor/learning-rate/scaling.ts";
export { compare, type RaceEvent, type RaceRunning } from "./advisor/compare.ts";
export type { CompareOptions } from "./advisor/compare-options.ts";
export type * from "./advisor/race.ts";
export {
  measureNoise,
  type MeasureNoiseOptions,
  type NoiseProgressEvent,
  type NoiseRun,
} from "./advisor/noise/measure.ts";
export {
  optimalLearningRate,
  relativeGradientError,
  type CurvatureNoise,
  type NoiseMeasurement,
  type NoisyExample,
  type ParameterNoise,
} from "./advisor/noise/measurement.ts";
export {
  criticalBatchSize,
  pilotLearningRate,
  type CriticalBatchSize,
  type CriticalBatchSizeOptions,
  type PilotEvent,
  type PilotProbe,
  type PilotRun,
} from "./advisor/noise/critical.ts";
export {
  fitCriticalBatchSize,
  updatesToTarget,
  type CriticalFit,
  type TargetPoint,
} from "./advisor/noise/fit.ts";
export type { Estimate, Moments } from "./advisor/noise/estimate.ts";
export type { NoiseBudget, NoiseSubject } from "./advisor/noise/options.ts";
export type { NoiseProbe, TrackedMoment, TrackingOptions } from "./advisor/noise/track.ts";
export { study, type StudyRun } from "./advisor/study/run-study.ts";
export type { StudyOptions } from "./advisor/study/options.ts";
export type * from "./advisor/study/study.ts";
