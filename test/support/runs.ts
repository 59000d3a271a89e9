/** @file Small data, and what two runs have in common. */
import {
  fromArrays,
  generator,
  indexBatches,
  sgd,
  train,
  type Dataset,
  type Model,
  type TrainOptions,
  type TrainResult,
} from "../../src/index.ts";
import { gap } from "./close.ts";

/** A stream for the numbers of tests. */
const user = 8;

/** Points with three classes, labelled by a noisy rule. */
export function threeClasses(
  examples: number,
  features = 5,
  dtype: "float32" | "float64" = "float64",
): Dataset {
  const random = generator(7, user, 1);
  const x = Array.from({ length: examples }, () => Array.from({ length: features }, random.normal));
  const y = x.map((row) => {
    const score = row[0]! + 0.5 * row[1]! + 0.3 * random.normal();
    return score < -0.5 ? 0 : score < 0.5 ? 1 : 2;
  });
  return fromArrays(x, y, { dtype, classes: 3 });
}

/** One positive number an example. */
export function someWeights(examples: number): number[] {
  const random = generator(7, user, 2);
  return Array.from({ length: examples }, () => 0.1 + random.uniform());
}

/** All parameters in one list. */
export function flatParameters({ model }: Pick<TrainResult, "model">): number[] {
  return Object.values(model.parameters).flatMap(({ data }) => Array.from(data));
}

/** The largest difference of a parameter or of a loss between two runs, relative where numbers exceed 1. */
export function runGap(a: TrainResult, b: TrainResult): number {
  return Math.max(
    gap(flatParameters(a), flatParameters(b)),
    gap(a.history.updates.loss, b.history.updates.loss),
  );
}

/** What of a run must repeat bit for bit: all but the times. */
export function repeatable(result: TrainResult) {
  const { history, updates, examples, epochs, reason, seed } = result;
  const { seconds: _, ...evaluations } = history.evaluations;
  return {
    parameters: result.model.parameters,
    history: { ...history, evaluations },
    ...{ updates, examples, epochs, reason, seed },
  };
}

/** The parameters, by name, that a run of these options starts from. */
export async function startOf(
  model: Model,
  data: Dataset,
  options: TrainOptions,
): Promise<Record<string, ArrayLike<number>>> {
  const stopped = await train(model, data, { ...options, signal: AbortSignal.abort() }).result;
  return Object.fromEntries(
    Object.entries(stopped.model.parameters).map(([name, { data: values }]) => [name, values]),
  );
}

/** The gradient that `train` computes for the batch `rows` at `start`: what one update of plain gradient descent takes away. */
export async function gradientOf(
  model: Model,
  data: Dataset,
  start: Readonly<Record<string, ArrayLike<number>>>,
  rows: ArrayLike<number>,
  options: TrainOptions = {},
): Promise<number[]> {
  const result = await train(model, data, {
    ...options,
    dtype: "float64",
    optimizer: sgd({ learningRate: 1 }),
    sampler: indexBatches([rows]),
    updates: 1,
    initialParameters: start,
  }).result;
  const before = Object.values(start).flatMap((values) => Array.from(values));
  return flatParameters(result).map((value, i) => before[i]! - value);
}
