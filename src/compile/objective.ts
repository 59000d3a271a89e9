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
  /** 1 / B: of the whole batch, also where this graph sees only a part of it. */
  readonly inverseBatch: Value;
  readonly parameters: readonly Parameter[];
  /** Σ wᵢ ℓᵢ / B, without penalties. */
  readonly loss: Value;
  /** ∂loss / ∂parameter. */
  readonly gradients: readonly Value[];
}

/**
 * The loss Σ wᵢ ℓᵢ / B over the rows of a batch and its gradient. B is an input, so that the sums over the
 * micro-batches of a batch are the loss and the gradient of the batch.
 */
export function buildObjective(spec: StepSpec): Objective {
  const data = dataInputs(spec);
  const indices = input("indices", "int32", ["batch"]);
  const inverseBatch = input("inverseBatch", spec.dtype, []);
  const batch = gatherBatch(spec, data, indices);
  const { output, parameters, visitKeys } = buildModel(spec.model, batch.x, true);
  const losses = spec.loss.perExample(output, batch.y); // [batch]
  const total = reduceSum(batch.weight ? mul(losses, batch.weight) : losses);
  return {
    data,
    indices,
    visitKeys,
    inverseBatch,
    parameters,
    loss: mul(total, inverseBatch),
    gradients: gradients(
      total,
      parameters.map(({ value }) => value),
      inverseBatch,
    ),
  };
}
