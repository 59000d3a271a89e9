/** @file What the optimizers share: their common options and L2 weight decay. */
import { InputError, knownOptions, nonNegative, object, positive, show } from "../../errors.ts";
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

/** The options that an optimizer was `given`, before any is read. @throws InputError for what is no object */
export function given<T extends CommonOptions>(name: string, options: T): T {
  return object(`the options of ${name}`, options);
}

/**
 * The parts of an optimizer that only record what it was made with: `options`, all that it has, from those that were `given`.
 *
 * @throws InputError for a name that it does not have, a bad learning rate or weight decay
 */
export function described(
  name: string,
  given: CommonOptions,
  learningRate: LearningRate,
  options: Readonly<Record<string, number | boolean>> & { readonly weightDecay: number },
): Pick<Optimizer, "name" | "learningRate" | "options"> {
  knownOptions(name, given, ["learningRate", ...Object.keys(options)]);
  nonNegative("weightDecay", options.weightDecay);
  if (isSchedule(learningRate)) return { name, learningRate, options };
  positive("learningRate", learningRate);
  return { name, learningRate, options: { learningRate, ...options } };
}

function isSchedule(rate: LearningRate | null): rate is Schedule {
  if (typeof rate === "number") return false;
  if (typeof rate?.learningRate === "function") return true;
  throw new InputError(
    `learningRate must be a positive number, or a schedule such as schedules.cosine(0.1), got ${show(rate)}`,
  );
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
