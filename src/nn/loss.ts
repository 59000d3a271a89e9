/** @file What a loss is. */
import type { Value } from "../graph/value.ts";

/**
 * A loss: one number an example. The run averages them over the batch, Σ wᵢ ℓᵢ / B with the weights
 * wᵢ of classes and examples (all 1 by default), as Keras does.
 */
export interface Loss {
  readonly name: string;
  /**
   * Losses of the examples of a batch, [batch].
   * `target` is int32 [batch] for class indices and floats [batch, ...] otherwise.
   */
  readonly perExample: (output: Value, target: Value) => Value;
}
