/** @file The options that measurements of noise share: what the loss is, where, and what it may cost. */
import type { Dataset, StoredDataset } from "../../data/dataset.ts";
import { flag, InputError, positive, show, wholeNumber } from "../../errors.ts";
import { sizeOf, type Tensor } from "../../graph/types.ts";
import type { Model } from "../../nn/model.ts";
import type { Runtime } from "../../runtime/ort.ts";
import { configure } from "../../train/config.ts";
import type { RunConfig } from "../../train/run-config.ts";
import type { TrainOptions } from "../../train/options.ts";
import type { Instrument } from "./instrument.ts";
import type { PointRequest } from "./point.ts";

/** What a measurement of noise may cost. */
export interface NoiseBudget {
  /**
   * Examples to look at, drawn without replacement; `"full"` for all, which leaves nothing of the gradient to chance. By default as
   * many as make 10¹⁰ products of an example and a parameter (at least 2048): all of MNIST for 100,000 parameters.
   */
  readonly examples?: number | "full";
  /** Batches they are cut into: more of them make the intervals surer. 64 by default; at most as many as keep their gradients in 256 MB, or 8. */
  readonly batches?: number;
  /** About how long the measurement may take; no bound by default. Batches that are not reached are left out. */
  readonly seconds?: number;
  /**
   * Whether the norm of each example's gradient is measured, which makes tr(Σ) sharper. True by default where all layers are dense and it
   * is cheap; elsewhere it takes a gradient an example.
   */
  readonly perExample?: boolean;
}

/** What the loss is, as in `train`, and where it is looked at. */
export interface NoiseSubject extends Pick<
  TrainOptions,
  "loss" | "dtype" | "classWeight" | "sampleWeight" | "l2" | "engine" | "threads" | "microBatch"
> {
  /** Parameters by name, as arrays or as `model.parameters` of a run; the initial parameters of `seed` by default. */
  readonly parameters?: Readonly<Record<string, ArrayLike<number> | Tensor>>;
  /** Of the draw of examples, of initial parameters and of dropout masks; drawn at random when absent. */
  readonly seed?: number;
  readonly runtime?: Runtime;
}

/** The names of both, for `knownOptions`. */
export const sharedNames: readonly (keyof NoiseBudget | keyof NoiseSubject)[] = [
  "examples",
  "batches",
  "seconds",
  "perExample",
  "loss",
  "dtype",
  "classWeight",
  "sampleWeight",
  "l2",
  "engine",
  "threads",
  "microBatch",
  "parameters",
  "seed",
  "runtime",
];

/** The options of `train` that a subject stands for. */
export function trainOptionsOf(subject: NoiseSubject): TrainOptions {
  const { loss, dtype, classWeight, sampleWeight, l2, engine, threads, microBatch, seed } = subject;
  const { parameters, runtime } = subject;
  const all = {
    ...{ loss, dtype, classWeight, sampleWeight, l2, engine, threads, microBatch, seed },
    ...{ initialParameters: parameters, runtime },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Checks a subject as a run would. @throws InputError, ShapeError, DataError */
export function configureSubject<Data extends Dataset | StoredDataset>(
  model: Model,
  data: Data,
  subject: NoiseSubject,
): RunConfig<Data> {
  const config = configure(model, data, trainOptionsOf(subject));
  const { size } = config.training;
  if (size >= 2) return config;
  throw new InputError(`noise is a difference between examples: it needs at least 2, got ${size}`);
}

/** A budget with its defaults. */
export interface ResolvedBudget extends Pick<PointRequest, "examples" | "batches" | "seconds"> {
  /** Undefined: where it is cheap. */
  readonly perExample: boolean | undefined;
}

/** What a budget is where nothing is said. */
export interface DefaultBudget {
  /** Products of an example and a parameter. */
  readonly work: number;
  /** Examples that are looked at however many parameters there are. */
  readonly leastExamples: number;
  readonly batches: number;
}

const defaults: DefaultBudget = { work: 1e10, leastExamples: 2048, batches: 64 };

/** Bytes for the gradients of all batches. */
const gradientBytes = 256 * 2 ** 20;

/** The budget in examples and batches. @throws InputError */
export function resolveBudget(
  {
    training,
    initial,
    spec,
  }: Pick<RunConfig<Dataset | StoredDataset>, "training" | "initial" | "spec">,
  given: NoiseBudget,
  { work, leastExamples, batches: mostBatches }: DefaultBudget = defaults,
): ResolvedBudget {
  const { batches, seconds = Infinity, perExample } = given;
  if (perExample !== undefined) flag("perExample", perExample);
  const { size } = training;
  const elements = initial.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const affordable = Math.max(leastExamples, Math.floor(work / elements));
  const { examples = Math.min(size, affordable) } = given;
  const count = examples === "full" ? size : examples;
  if (!Number.isSafeInteger(count) || count < 2 || count > size)
    throw new InputError(
      `examples must be "full" or a whole number from 2 to the ${size} examples there are, got ${show(examples)}`,
    );
  const bytes = elements * (spec.dtype === "float32" ? 4 : 8);
  const fitting = Math.max(8, Math.floor(gradientBytes / bytes));
  const asked = batches === undefined ? mostBatches : wholeNumber("batches", batches, 2);
  if (seconds !== Infinity) positive("seconds", seconds);
  return { examples: count, batches: Math.min(asked, fitting, count), seconds, perExample };
}

/** The request for one point, once it is known what the instrument can do. */
export function pointRequest(
  instrument: Instrument,
  budget: ResolvedBudget,
  place: Omit<PointRequest, keyof ResolvedBudget>,
): PointRequest {
  return { ...place, ...budget, perExample: budget.perExample ?? instrument.cheapNorms };
}
