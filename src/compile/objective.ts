/** @file The loss of a mini-batch and its gradient. */
import { mul, reduceSum } from "../graph/ops.ts";
import { gradients } from "../graph/reverse.ts";
import { input, type Value } from "../graph/value.ts";
import { buildModel, type Parameter } from "../nn/model.ts";
import { dataInputs, gatherBatch, type DataInputs } from "./batch.ts";
import type { StepSpec } from "./spec.ts";

/** A mini-batch gradient as a graph. */
export interface Objective {
  readonly data: DataInputs;
  /** Rows of the data in the batch, int32 [batch]. */
  readonly indices: Value;
  readonly visitKeys: Value | undefined;
  /** What the gradient is multiplied by: 1 / B of the whole batch, also where this graph sees only a part of it. */
  readonly scale: Value;
  readonly parameters: readonly Parameter[];
  /** Σ wᵢ ℓᵢ, without penalties. */
  readonly loss: Value;
  /** scale · ∂loss / ∂parameter. */
  readonly gradients: readonly Value[];
}

/**
 * The summed loss Σ wᵢ ℓᵢ over the rows of a batch, and its gradient times `scale`. With 1 / B for `scale`, the
 * sums over the micro-batches of a batch are the gradient of the batch.
 */
export function buildObjective(
  spec: StepSpec,
  scale: Value = input("inverseBatch", spec.dtype, []),
): Objective {
  const data = dataInputs(spec);
  const indices = input("indices", "int32", ["batch"]);
  const batch = gatherBatch(spec, data, indices);
  const { output, parameters, visitKeys } = buildModel(spec.model, batch.x, true);
  const losses = spec.loss.perExample(output, batch.y); // [batch]
  const loss = reduceSum(batch.weight ? mul(losses, batch.weight) : losses);
  const wrt = parameters.map(({ value }) => value);
  return {
    data,
    indices,
    visitKeys,
    scale,
    parameters,
    loss,
    gradients: gradients(loss, wrt, scale),
  };
}
