/** @file `--model`: a network in a word. */
import { isInMemory, type Dataset, type StoredDataset } from "../data/dataset.ts";
import { InputError, show } from "../errors.ts";
import { dense, mlpLayers } from "../nn/layers.ts";
import type { Model } from "../nn/model.ts";
import { sequential } from "../nn/sequential.ts";

/** The network that a text such as `mlp:128,64` describes. */
export interface ModelArgument {
  /** As it was given. */
  readonly text: string;
  /** Units of the hidden layers; none for a linear model. */
  readonly hidden: readonly number[];
}

/**
 * `mlp:128,64` is a ReLU network with two hidden layers; `linear` (or `mlp:`) has none: softmax or linear regression.
 *
 * @throws InputError
 * @example parseModel("mlp:128,64").hidden // [128, 64]
 */
export function parseModel(text: string): ModelArgument {
  if (text === "linear" || text === "mlp:") return { text: "linear", hidden: [] };
  const [, units] = /^mlp:(.*)$/.exec(text) ?? [];
  if (units === undefined)
    throw new InputError(
      `--model must be linear, or mlp: with the units of its hidden layers, such as mlp:128,64; got ${show(text)}`,
    );
  const hidden = units.split(",").map((unit) => {
    const value = /^\s*\d+\s*$/.test(unit) ? Number(unit) : NaN;
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new InputError(
      `--model: the units of a hidden layer must be a whole number of at least 1, got ${show(unit)} in ${show(text)}`,
    );
  });
  return { text, hidden };
}

/** The network for `data`: as many outputs as it has classes or targets. */
export function modelFor({ hidden }: ModelArgument, data: Dataset | StoredDataset): Model {
  const outputs = outputsOf(data);
  return sequential(hidden.length === 0 ? [dense(outputs)] : mlpLayers(hidden, outputs));
}

function outputsOf(data: Dataset | StoredDataset): number {
  const { task, y, classes } = data;
  if (task === "regression" || y.shape.length > 0) return y.shape.reduce((a, b) => a * b, 1);
  if (classes !== undefined) return classes.length;
  return isInMemory(data) ? mostOf(data.y.data) + 1 : 1;
}

function mostOf(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  return most;
}
