/** @file What a training step is compiled from. */
import type { ColumnLayout } from "../data/dataset.ts";
import type { FloatType } from "../graph/types.ts";
import type { Loss } from "../nn/loss.ts";
import type { Metric } from "../nn/metric.ts";
import type { Model } from "../nn/model.ts";
import type { AnyOptimizer } from "../nn/optimizer.ts";

/** What the graph must know of a column of data. */
export type ColumnSpec = ColumnLayout;

/** Everything that decides the graphs of a run. The batch size does not: it is a symbolic dimension. */
export interface StepSpec {
  readonly model: Model;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  readonly optimizer: AnyOptimizer;
  readonly dtype: FloatType;
  readonly x: ColumnSpec;
  readonly y: ColumnSpec;
  /** Weight of each class index in the training loss. */
  readonly classWeight?: readonly number[] | undefined;
  /** Whether examples have weights. */
  readonly sampleWeight: boolean;
  /** λ of the penalty λ/2 Σ‖W‖² on weights (arrays of two axes or more), not on biases; 0 for none. */
  readonly l2: number;
  /** Bound on the norm of the whole gradient. */
  readonly clipNorm?: number | undefined;
  /** Bound on each element of the gradient. */
  readonly clipValue?: number | undefined;
  /** Whether the norm of the gradient (before clipping) is a column of the results. */
  readonly gradientNorm: boolean;
}
