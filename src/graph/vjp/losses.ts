/** @file Vector-Jacobian products of ONNX's own losses. Weights of classes are constants: no gradient flows to them. */
import type { LossAttributes } from "../operators.ts";
import {
  add,
  and,
  cast,
  div,
  equal,
  exp,
  logSoftmax,
  mul,
  neg,
  not,
  reduceSum,
  reshape,
  scalar,
  sub,
} from "../ops.ts";
import type { LossOp } from "../shape/losses.ts";
import { negatedOneHot } from "../one-hot.ts";
import { tensor, type Dim, type FloatType } from "../types.ts";
import { constant, type Value } from "../value.ts";
import type { Backward, VjpRules } from "./common.ts";

/**
 * dlogP[n, c, d] = -w[c] [c = t] dy, with t = labels[n, d] and nothing for ignored labels;
 * for the mean divided by Σ w[t].
 */
function logProbabilityGradient(node: Backward<LossOp>): Value {
  const { dy, attributes } = node;
  const counted = labelWeights(node);
  const dl = neg(mul(counted, attributes.reduction === "none" ? column(node.full(), 1) : dy));
  return attributes.reduction === "mean" ? div(dl, reduceSum(counted)) : dl;
}

/** w[c] where c is the label and counts, 0 elsewhere; [N, C, ...d] */
function labelWeights({ inputs: [scores, labels, weights], attributes }: Backward<LossOp>): Value {
  const classes = scores.shape[1] as number;
  const perClass: Dim[] = [1, classes, ...scores.shape.slice(2).map(() => 1)];
  const names = Array.from({ length: classes }, (_, index) => index);
  const label = column(labels, 1);
  const own = equal(label, constant(tensor(labels.dtype, perClass as number[], names)));
  const hot = cast(counts(own, label, attributes), scores.dtype);
  // the third input is there only when weights were given
  return (weights as Value | undefined) ? mul(hot, reshape(weights, perClass)) : hot;
}

const counts = (own: Value, label: Value, { ignoreIndex }: LossAttributes): Value =>
  ignoreIndex === undefined ? own : and(own, not(equal(label, scalar(ignoreIndex, label))));

/** `x` with an axis of length 1 at `axis`. */
const column = (x: Value, axis: number): Value =>
  reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);

/** One label an example, neither weighted nor ignored, one loss each. */
function isPlain({ inputs: [scores, , weights], attributes }: Backward<LossOp>): boolean {
  const { reduction, ignoreIndex } = attributes;
  const weighted = (weights as Value | undefined) !== undefined;
  return (
    scores.shape.length === 2 && !weighted && ignoreIndex === undefined && reduction === "none"
  );
}

const rowsOf = ({ inputs: [scores, labels] }: Backward<LossOp>): Value =>
  negatedOneHot(labels, scores.shape[1] as number, scores.dtype as FloatType); // [batch, C]

/** dy as a factor on rows: a scalar, or [batch, 1]. */
const perRow = ({ dy, full }: Backward<LossOp>): Value =>
  dy.shape.length === 0 ? dy : column(full(), 1);

export const lossVjps: VjpRules<LossOp> = {
  NegativeLogLikelihoodLoss: (node) => [() => logProbabilityGradient(node)],
  // logP = log softmax(x):  dx = dlogP - e^logP Σ_c dlogP;  for one label an example  dx = (e^logP - onehot) dy
  // logP is a node of its own here, not the second output, through which no gradient flows: so this has a gradient as well.
  SoftmaxCrossEntropyLoss: (node) => [
    () => {
      const logP = logSoftmax(node.inputs[0], 1);
      if (isPlain(node)) return mul(add(exp(logP), rowsOf(node)), perRow(node));
      const dl = logProbabilityGradient(node);
      return sub(dl, mul(exp(logP), reduceSum(dl, { axes: [1], keepdims: true })));
    },
  ],
};
