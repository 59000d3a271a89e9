/** @file What the options of a run say of its data: parts, weights, order and batches. */
import { batchPlan, resolveBatchSize, type BatchPlan } from "../data/batch-plan.ts";
import {
  isInMemory,
  isStreamed,
  layoutOf,
  sameLayout,
  type TrainingData,
} from "../data/dataset.ts";
import { inOrder, shuffled, type Sampler } from "../data/sampler.ts";
import { splitDataset } from "../data/split.ts";
import { isArrayLike } from "../data/table.ts";
import { flag, having, InputError, nonNegative, show, wholeNumber } from "../errors.ts";
import { checkDataset } from "./check.ts";
import type { RunConfig } from "./run-config.ts";
import { lengthOf, lengthOfStream, type EpochLength } from "./epoch-length.ts";
import type { TrainOptions } from "./options.ts";

export function parts<Data extends TrainingData>(
  data: Data,
  { validation, validationSplit }: TrainOptions,
): { training: Data; validation: RunConfig["validation"] } {
  if (validation !== undefined && validationSplit !== undefined)
    throw new InputError("validation and validationSplit exclude each other: give one of them");
  if (validation !== undefined) {
    checkDataset("validation", validation);
    checkAlike("validation", data, validation);
    return { training: data, validation };
  }
  if (validationSplit === undefined || validationSplit === 0)
    return { training: data, validation: undefined };
  if (!isInMemory(data))
    throw new InputError(
      "validationSplit is for data in memory; split the data before, and give the part as validation",
    );
  const split = splitDataset(data, { validationSplit });
  return { training: split.training as typeof data, validation: split.validation };
}

/** Refuses data whose rows are not as those of the training data. @throws InputError */
export function checkAlike(
  name: string,
  data: Pick<TrainingData, "x" | "y">,
  validation: TrainingData,
): void {
  const [expected, got] = [data.x.shape.join(), validation.x.shape.join()];
  if (expected !== got || data.y.shape.join() !== validation.y.shape.join())
    throw new InputError(
      `${name} must have rows of the shape of the training data: x [${expected}], got [${got}]; y [${data.y.shape.join()}], got [${validation.y.shape.join()}]`,
    );
  if (!sameLayout(layoutOf(data.x), layoutOf(validation.x)))
    throw new InputError(
      `${name} must be stored as the training data is: same array type, same scale`,
    );
}

export function withSampleWeight<Data extends TrainingData>(
  data: Data,
  weights: ArrayLike<number> | undefined,
): Data {
  if (weights === undefined) return data;
  if (!isInMemory(data)) throw new InputError("sampleWeight is for data in memory");
  if (!isArrayLike(weights))
    throw new InputError(`sampleWeight must be an array of numbers, got ${show(weights)}`);
  if (weights.length !== data.size)
    throw new InputError(
      `sampleWeight must hold one weight for each of the ${data.size} examples, got ${weights.length}`,
    );
  const sampleWeight = Float64Array.from(weights);
  sampleWeight.forEach((weight, row) => nonNegative(`sampleWeight[${row}]`, weight));
  return { ...data, sampleWeight };
}

export function classWeights(
  given: TrainOptions["classWeight"],
  data: TrainingData,
): readonly number[] | undefined {
  if (given === undefined) return undefined;
  checkWeights(given);
  const { y, task } = data;
  if (task !== "classification" || y.shape.length > 0 || layoutOf(y).dtype !== "int32")
    throw new InputError(
      "classWeight needs a target of class indices; use sampleWeight for other targets",
    );
  const classes = isInMemory(data)
    ? (data.y.data as Int32Array).reduce((most, label) => Math.max(most, label + 1), 0)
    : (data.classes?.length ?? 0);
  const length = Array.isArray(given) ? given.length : classes;
  if (length < classes)
    throw new InputError(
      `classWeight must hold one weight for each of the ${classes} classes, got ${length}`,
    );
  refuseUnknown(given, Math.max(length, data.classes?.length ?? 0));
  const weights = Array.from(
    { length },
    (_, label) => (given as Record<number, number>)[label] ?? 1,
  );
  weights.forEach((weight, label) => nonNegative(`classWeight[${label}]`, weight));
  return weights;
}

/** @throws InputError for what has no weights by class */
function checkWeights(given: unknown): void {
  if (typeof given === "object" && given !== null) return;
  throw new InputError(
    `classWeight must be an array or a record of numbers by class, got ${show(given)}`,
  );
}

function refuseUnknown(given: NonNullable<TrainOptions["classWeight"]>, classes: number): void {
  const unknown = Object.keys(given).find((label) => !(Number(label) < classes));
  if (unknown !== undefined)
    throw new InputError(
      `classWeight: there is no class ${unknown}; the data has classes 0 to ${classes - 1}`,
    );
}

export function samplerOf({ sampler, shuffle }: TrainOptions, data: TrainingData): Sampler {
  if (sampler !== undefined && shuffle !== undefined)
    throw new InputError("sampler and shuffle exclude each other: give one of them");
  if (sampler !== undefined) having("sampler", sampler, "order", "a sampler such as shuffled()");
  if (shuffle !== undefined) flag("shuffle", shuffle);
  if (!isStreamed(data)) return sampler ?? (shuffle === false ? inOrder() : shuffled());
  if (sampler !== undefined || shuffle === true)
    throw new InputError("a stream comes in its own order; leave sampler and shuffle out");
  return inOrder();
}

export function batchSizeOf(
  options: Pick<TrainOptions, "batchSize">,
  sampler: Sampler,
  { size }: TrainingData,
): number {
  if (options.batchSize !== undefined && sampler.batches !== undefined)
    throw new InputError(
      "batchSize and a sampler that cuts its own batches exclude each other: give one of them",
    );
  const { batchSize: resolved = Math.min(32, size ?? 32) } = options;
  if (size !== undefined) return resolveBatchSize(resolved, size);
  if (resolved === "full")
    throw new InputError('batchSize "full" needs data whose size is known, and a stream has none');
  return wholeNumber("batchSize", resolved);
}

/** The largest batch, and the length of the first epoch. */
export function batches(
  batchSize: number,
  {
    training,
    ...request
  }: Pick<RunConfig<TrainingData>, "sampler" | "seed" | "dropLast" | "training">,
): { readonly batchSize: number; readonly epoch: EpochLength } {
  if (isStreamed(training))
    return {
      batchSize,
      epoch: lengthOfStream({ batchSize, dropLast: request.dropLast }, training),
    };
  const { size } = training;
  const plan = batchPlan({ ...request, size, batchSize, epoch: 0, ...labelsOf(training) });
  const largest = request.sampler.batches === undefined ? batchSize : largestBatch(plan);
  return { batchSize: largest, epoch: lengthOf(plan) };
}

function largestBatch({ offsets }: BatchPlan): number {
  return offsets.reduce((most, end, i) => Math.max(most, end - (offsets[i - 1] ?? 0)), 1);
}

/** Class indices of the examples, for samplers that want them. */
export function labelsOf(data: TrainingData): { readonly labels?: ArrayLike<number> } {
  const classes = data.task === "classification" && data.y.shape.length === 0;
  return classes && isInMemory(data) ? { labels: data.y.data } : {};
}
