/** @file What the optimizers share: their common options and L2 weight decay. */
import { nonNegative, positive } from "../../errors.ts";
import { add, mul } from "../../graph/ops.ts";
import type { Value } from "../../graph/value.ts";
import type { AnyOptimizer, Optimizer, UpdateContext } from "../optimizer.ts";
import type { Schedule } from "../schedule.ts";

/** A learning rate: a positive number, or a function of progress. */
export type LearningRate = number | Schedule;

export interface CommonOptions {
  readonly learningRate?: LearningRate;
  /** λ of L2 regularisation: λ · parameter is added to the gradient. Default 0. */
  readonly weightDecay?: number;
}

/** The parts of an optimizer that only record what it was made with. @throws InputError for a bad learning rate or weight decay */
export function described(
  name: string,
  learningRate: LearningRate,
  options: Readonly<Record<string, number | boolean>> & { readonly weightDecay: number },
): Pick<Optimizer, "name" | "learningRate" | "options"> {
  nonNegative("weightDecay", options.weightDecay);
  if (typeof learningRate !== "number") return { name, learningRate, options };
  positive("learningRate", learningRate);
  return { name, learningRate, options: { learningRate, ...options } };
}

/** An update rule whose options decide which of its slots and coefficients it has; it reads none that it does not have. */
export interface Rule<Slot extends string, Coefficient extends string> extends Pick<
  Optimizer,
  "name" | "learningRate" | "options" | "linear"
> {
  readonly slots: Readonly<Partial<Record<Slot, number>>>;
  readonly coefficients: (context: UpdateContext) => Readonly<Partial<Record<Coefficient, number>>>;
  readonly update: (at: {
    readonly parameter: Value;
    readonly gradient: Value;
    readonly slots: Readonly<Record<Slot, Value>>;
    readonly coefficients: Readonly<Record<Coefficient, Value>>;
  }) => { readonly parameter: Value; readonly slots: Readonly<Partial<Record<Slot, Value>>> };
}

/** The optimizer of a rule. */
export function optimizer<Slot extends string, Coefficient extends string>(
  rule: Rule<Slot, Coefficient>,
): AnyOptimizer {
  return rule as AnyOptimizer;
}

/** g + λ p: the gradient of the loss with the penalty ½ λ |p|². */
export function decayed(gradient: Value, parameter: Value, weightDecay: number): Value {
  return weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
}

/** β s + (1 − β) x: the exponential average of x. */
export function averaged(average: Value, x: Value, beta: number): Value {
  return add(mul(average, beta), mul(x, 1 - beta));
}
