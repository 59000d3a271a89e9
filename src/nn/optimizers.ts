/** @file The optimizers, in order of what they remember. */
import { object, oneOf } from "../errors.ts";
import type { AnyOptimizer } from "./optimizer.ts";
import { adadelta } from "./optimizers/adadelta.ts";
import { adagrad } from "./optimizers/adagrad.ts";
import { adam, adamW, amsgrad } from "./optimizers/adam.ts";
import type { LearningRate } from "./optimizers/common.ts";
import { rmsprop } from "./optimizers/rmsprop.ts";
import { sgd } from "./optimizers/sgd.ts";

export { adadelta, type AdadeltaOptions } from "./optimizers/adadelta.ts";
export { adagrad, type AdagradOptions } from "./optimizers/adagrad.ts";
export { adam, adamW, amsgrad, type AdamOptions } from "./optimizers/adam.ts";
export type { LearningRate } from "./optimizers/common.ts";
export { rmsprop, type RmspropOptions } from "./optimizers/rmsprop.ts";
export { sgd, type SgdOptions } from "./optimizers/sgd.ts";

export type OptimizerName =
  "sgd" | "rmsprop" | "adagrad" | "adadelta" | "adam" | "amsgrad" | "adamW";

/** Options of an optimizer that is chosen by name: those of that optimizer. */
export interface NamedOptimizerOptions {
  readonly learningRate?: LearningRate | undefined;
  readonly [option: string]: LearningRate | number | boolean | undefined;
}

/**
 * The optimizer of that name. Options that are `undefined` take their default.
 *
 * @throws InputError for a name or an option that does not exist, naming the legal ones, and for values out of range
 * @example optimizerNamed("sgd", { learningRate: 0.1, momentum: 0.9 })
 */
export function optimizerNamed(name: string, options: NamedOptimizerOptions = {}): AnyOptimizer {
  const make = byName[oneOf("optimizer", name, Object.keys(byName) as OptimizerName[])];
  const legal = Object.keys(make({}).options);
  const given = Object.entries(object(`the options of ${name}`, options)).filter(
    ([, value]) => value !== undefined,
  );
  for (const [option] of given) oneOf(`option of ${name}`, option, legal);
  return make(Object.fromEntries(given));
}

const byName: Readonly<Record<OptimizerName, (options: object) => AnyOptimizer>> = {
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adam,
  amsgrad,
  adamW,
};
