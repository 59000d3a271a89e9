/** @file Reference loops of ONNX's own losses. */
import type { LossAttributes } from "../operators.ts";
import type { LossOp } from "../shape/losses.ts";
import { sizeOf, zeros, type Tensor } from "../types.ts";
import type { EvaluateRules } from "./common.ts";
import { logSoftmaxOf } from "./reductions.ts";

/** l[n, d] = -w[t] logP[n, t, d] with t = labels[n, d]; the mean is Σ l / Σ w[t]. */
function negativeLogLikelihood(
  logP: Tensor,
  labels: Tensor,
  weights: Tensor | undefined,
  { reduction, ignoreIndex }: LossAttributes,
): Tensor {
  const [classes, inner] = [logP.shape[1]!, sizeOf(logP.shape.slice(2))];
  const losses = zeros(logP.dtype, labels.shape);
  let [sum, total] = [0, 0];
  for (let i = 0; i < labels.data.length; i++) {
    const label = labels.data[i]!;
    if (label === ignoreIndex) continue;
    const weight = weights ? weights.data[label]! : 1;
    const at = (Math.floor(i / inner) * classes + label) * inner + (i % inner);
    const loss = -weight * logP.data[at]!;
    losses.data[i] = loss;
    sum += loss;
    total += weight;
  }
  if (reduction === "none") return losses;
  const scalar = zeros(logP.dtype, []);
  scalar.data[0] = reduction === "sum" ? sum : sum / total;
  return scalar;
}

export const lossLoops: EvaluateRules<LossOp> = {
  NegativeLogLikelihoodLoss: ([logP, labels, weights], attributes, given) => [
    negativeLogLikelihood(logP, labels, given > 2 ? weights : undefined, attributes),
  ],
  SoftmaxCrossEntropyLoss: ([scores, labels, weights], attributes, given) => {
    const logP = logSoftmaxOf(scores, 1);
    return [negativeLogLikelihood(logP, labels, given > 2 ? weights : undefined, attributes), logP];
  },
};
