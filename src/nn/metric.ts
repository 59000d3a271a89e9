/** @file What a metric is. */
import type { Value } from "../graph/value.ts";

/** A measure of a model on a data set, from sums over its examples. */
export interface Metric {
  readonly name: string;
  /** Which way is better, for targets, early stopping and plateaus. */
  readonly better: "higher" | "lower";
  /** The best value there can be: targets beyond it are refused. None by default. */
  readonly best?: number;
  /** Number of sums. */
  readonly sumCount: number;
  /** Sums over the examples of a batch, each a scalar; sums of several batches add up. */
  readonly sums: (output: Value, target: Value) => readonly Value[];
  /** The metric from the sums over all `examples`. */
  readonly finish: (sums: readonly number[], examples: number) => number;
}
