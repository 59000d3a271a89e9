/** @file The schedule that watches a value: the learning rate falls when it no longer improves. */
import {
  fraction,
  InputError,
  knownOptions,
  nonNegative,
  oneOf,
  positive,
  show,
  wholeNumber,
} from "../errors.ts";
import type { PlateauState, Schedule } from "./schedule.ts";

export interface PlateauOptions {
  /** What a reduction multiplies the learning rate by, above 0 and below 1. Default 0.1. */
  readonly factor?: number;
  /** Values without improvement that are let pass; the next one reduces. Default 10. */
  readonly patience?: number;
  /** By how much a value must beat the best one to count as better. Default 1e-4. */
  readonly threshold?: number;
  /** Whether `threshold` is a part of the best value (below 1) or a difference from it. Default "relative". */
  readonly thresholdMode?: "relative" | "absolute";
  /** Values after a reduction that do not count as bad. Default 0. */
  readonly cooldown?: number;
  /** The learning rate falls no further. Default 0. */
  readonly minLearningRate?: number;
}

const known: Readonly<Record<keyof PlateauOptions, true>> = {
  factor: true,
  patience: true,
  threshold: true,
  thresholdMode: true,
  cooldown: true,
  minLearningRate: true,
};

/**
 * The learning rate times `factor` each time the watched value (lower is better: the validation loss, or the training
 * loss without validation) has not improved for more than `patience` values in a row.
 *
 *     better:  value < best (1 − threshold), or value < best − threshold in mode "absolute"
 *
 * PyTorch's `ReduceLROnPlateau`, but for its `eps`: a reduction counts however small it is. Keras's
 * `ReduceLROnPlateau` reduces one value earlier, and its threshold is absolute.
 *
 * @throws InputError for options out of range
 * @example schedules.onPlateau(0.1, { factor: 0.5, patience: 3 })
 */
export function onPlateau(learningRate: number, options: PlateauOptions = {}): Schedule {
  knownOptions("onPlateau", options, Object.keys(known));
  const { factor = 0.1, patience = 10, cooldown = 0, minLearningRate = 0 } = options;
  const { threshold = 1e-4, thresholdMode = "relative" } = options;
  positive("learningRate", learningRate);
  if (!(typeof factor === "number" && factor > 0 && factor < 1))
    throw new InputError(`factor must be above 0 and below 1, got ${show(factor)}`);
  wholeNumber("patience", patience, 0);
  wholeNumber("cooldown", cooldown, 0);
  oneOf("thresholdMode", thresholdMode, ["relative", "absolute"]);
  if (thresholdMode === "relative") fraction("threshold", threshold);
  else nonNegative("threshold", threshold);
  nonNegative("minLearningRate", minLearningRate);

  const least = Math.min(1, minLearningRate / learningRate);
  const isBetter = (value: number, best: number) =>
    value < (thresholdMode === "relative" ? best * (1 - threshold) : best - threshold);

  const next = (state: PlateauState, value: number): PlateauState => {
    const better = isBetter(value, state.best);
    const best = better ? value : state.best;
    if (state.cooldown > 0) return { ...state, best, cooldown: state.cooldown - 1 };
    const waited = better ? 0 : state.waited + 1;
    if (waited <= patience) return { ...state, best, waited };
    return { best, waited: 0, cooldown, factor: Math.max(least, state.factor * factor) };
  };
  return {
    name: "onPlateau",
    learningRate: () => learningRate,
    watch: { initial: { factor: 1, best: Infinity, waited: 0, cooldown: 0 }, next },
  };
}
