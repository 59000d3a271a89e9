/** @file What makes two runs the same run: what a checkpoint is compared by before it is gone on from. */
import { fusedProgram } from "../compile/programs.ts";
import { crc32 } from "../data/arrays/crc32.ts";
import { isStored, isStreamed, type ColumnData, type TrainingData } from "../data/dataset.ts";
import { show } from "../errors.ts";
import { print } from "../graph/print.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";
import type { Identity } from "./checkpoint.ts";
import { labelsOf } from "./config-data.ts";
import type { RunConfig } from "./run-config.ts";

const known = new WeakMap<RunConfig<TrainingData>, Identity>();

/** The identity of a run. Budgets and threads are not part of it: a run may be given more time, or other hardware. */
export function identityOf(config: RunConfig<TrainingData>): Identity {
  const found = known.get(config) ?? computed(config);
  known.set(config, found);
  return found;
}

function computed(config: RunConfig<TrainingData>): Identity {
  const { spec, model, training, validation, sampler, batchSize, dropLast, seed } = config;
  const { carried, columns } = fusedProgram(spec);
  return {
    model: model.kind,
    loss: spec.loss.name,
    optimizer: spec.optimizer.name,
    learningRate: rateText(spec.optimizer),
    ...optionsOf(spec.optimizer),
    dtype: spec.dtype,
    batchSize,
    dropLast,
    sampler: sampler.kind,
    seed,
    engine: config.engine,
    probe: config.probe?.name ?? null,
    microBatch: config.microBatch ?? null,
    examples: training.size ?? null,
    data: fingerprintOf(training),
    validation: validation === undefined ? null : fingerprintOf(validation),
    // What the fields above do not tell: weights, clipping, penalties, layers and samplers of the user's own.
    order: orderText(config),
    step: textSum(
      print([...carried.map(({ next }) => next), ...columns.map(({ value }) => value)]),
    ),
  };
}

/** What differs between the identity of a checkpoint, after so many updates, and another, in words; undefined when nothing does. */
export function differenceOf(
  saved: Identity,
  now: Identity,
  updates: number | undefined,
): string | undefined {
  const names = [...new Set([...Object.keys(now), ...Object.keys(saved)])];
  const name = names.find((key) => saved[key] !== now[key]);
  if (name === undefined) return undefined;
  const checkpoint = updates === undefined ? "the run" : `the checkpoint of update ${updates}`;
  const taken = `${checkpoint} was ${updates === undefined ? "started" : "taken"}`;
  const what: Readonly<Record<string, string>> = {
    data: `the training data has changed since ${taken}`,
    validation: `the validation data has changed since ${taken}`,
    order: `the sampler visits the examples in another order than when ${taken}`,
    step: `the training step (layers, weights, clipping or penalty) is not the one of ${checkpoint}`,
  };
  const text = what[name] ?? `${name} was ${show(saved[name])} when ${taken}`;
  const now_ = what[name] === undefined ? `, and is ${show(now[name])} now` : "";
  return `${text}${now_}; give what the run was started with, or start a new one`;
}

/** Options of the optimizer, by name, but for the learning rate. */
function optionsOf({ options }: AnyOptimizer): Identity {
  const { learningRate: _, ...rest } = options;
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [`optimizer.${name}`, value]),
  );
}

/** A checksum of all examples. */
function fingerprintOf(data: TrainingData): string {
  if (isStored(data)) return data.fingerprint;
  if (isStreamed(data)) return "stream";
  const { x, y, sampleWeight } = data;
  const parts = [x.data, y.data, ...(sampleWeight === undefined ? [] : [sampleWeight])];
  return parts.map((values) => hex(crc32(bytesOf(values)))).join("-");
}

function bytesOf({ buffer, byteOffset, byteLength }: ColumnData): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Learning rates at some points: schedules are functions, and cannot be compared otherwise. */
function rateText({ learningRate }: AnyOptimizer): string {
  if (typeof learningRate === "number") return String(learningRate);
  const at = [0, 10, 100, 500, 1000, 2500, 9999].map((examples) =>
    learningRate.learningRate({ examples, examplesPerEpoch: 1000, totalExamples: 10000 }),
  );
  return `${learningRate.name} ${at.map((rate) => Number(rate.toPrecision(9))).join(" ")}`;
}

/** A checksum of the visits of the first epoch, as far as they show the rule. */
function orderText({ sampler, training, seed }: RunConfig<TrainingData>): string {
  if (isStreamed(training)) return "as it comes";
  const order = sampler.order({ size: training.size, seed, epoch: 0, ...labelsOf(training) });
  return hex(crc32(bytesOf(order.subarray(0, 1000))));
}

const textSum = (text: string): string => hex(crc32(new TextEncoder().encode(text)));

const hex = (sum: number): string => sum.toString(16).padStart(8, "0");
