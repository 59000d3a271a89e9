/** @file What an optimizer is: a pure update rule, written once for a parameter of any shape. */
import type { Value } from "../graph/value.ts";
import type { Schedule } from "./schedule.ts";

/** What the numbers of an update depend on. */
export interface UpdateContext {
  /** Number of this update, from 1. */
  readonly update: number;
  readonly learningRate: number;
}

/**
 * An optimizer. State is explicit: `slots` are arrays like the parameter, carried from update to update.
 * `coefficients` are the numbers that change from update to update (the learning rate, bias corrections),
 * computed outside the graph in float64 and handed to it as scalars.
 */
export interface Optimizer<Slot extends string = string, Coefficient extends string = string> {
  readonly name: string;
  readonly learningRate: number | Schedule;
  /** The slots and the number that fills each at the start. */
  readonly slots: Readonly<Record<Slot, number>>;
  readonly coefficients: (context: UpdateContext) => Readonly<Record<Coefficient, number>>;
  readonly update: (at: {
    readonly parameter: Value;
    readonly gradient: Value;
    readonly slots: Readonly<Record<Slot, Value>>;
    readonly coefficients: Readonly<Record<Coefficient, Value>>;
  }) => {
    readonly parameter: Value;
    readonly slots: Readonly<Record<Slot, Value>>;
  };
  /** True when the update reads the gradient only as `learningRate` times it, and there is no other coefficient. */
  readonly linear?: boolean;
  /** The options it was made with, for records and reports. */
  readonly options: Readonly<Record<string, number | boolean>>;
}

/** An optimizer of any slots and coefficients, as the run sees it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- slots are contravariant; a run never mixes two optimizers
export type AnyOptimizer = Optimizer<any, any>;
