/**
 * @file Equal graphs that are cheaper to run:
 *
 *     SoftmaxCrossEntropyLoss(z, t)  = −Σ onehot(t) ∘ LogSoftmax(z)    three small kernels beat the one by a third
 *     ReduceSum(ReduceSum(x; axes))  = ReduceSum(x)
 *     Mul(x, 1)                      = x
 */
import { apply, nodeOf, scalarConstant, type Node, type Value } from "../graph/value.ts";
import { negatedOneHot } from "../graph/one-hot.ts";
import type { Op } from "../graph/operators.ts";
import { logSoftmax, mul, reduceSum } from "../graph/ops.ts";
import { rewriteGraph } from "../graph/rewrite.ts";
import { isFloat } from "../graph/types.ts";

type Simplification = (node: Node, inputs: readonly Value[]) => readonly Value[] | undefined;

const simplifications: Partial<Record<Op, Simplification>> = {
  SoftmaxCrossEntropyLoss: (node, [scores, labels, weights]) => {
    const { reduction, ignoreIndex } = (node as Node<"SoftmaxCrossEntropyLoss">).attributes;
    const plain = reduction === "none" && ignoreIndex === undefined && weights === undefined;
    const classes = scores?.shape[1];
    if (!scores || !labels || !plain || scores.shape.length !== 2 || typeof classes !== "number")
      return undefined;
    if (!isFloat(scores.dtype)) return undefined;
    const logP = logSoftmax(scores); // [batch, C]
    return [
      reduceSum(mul(negatedOneHot(labels, classes, scores.dtype), logP), { axes: [1] }),
      logP,
    ];
  },
  ReduceSum: (node, [x]) => {
    const inner = x && nodeOf(x, "ReduceSum")?.inputs[0];
    const { axes, keepdims } = (node as Node<"ReduceSum">).attributes;
    const whole = axes.length === 0 && !keepdims;
    return inner && whole ? [apply("ReduceSum", { axes: [], keepdims: false }, inner)] : undefined;
  },
  Mul: (_, [a, b]) => {
    const isOne = (value: Value) => value.shape.length === 0 && scalarConstant(value) === 1;
    if (!a || !b) return undefined;
    if (isOne(b)) return [a];
    return isOne(a) ? [b] : undefined;
  },
};

/** `outputs` with each node simplified once, operands first. */
export function simplify(outputs: readonly Value[]): readonly Value[] {
  return rewriteGraph(outputs, (node, inputs) => simplifications[node.op]?.(node, inputs));
}
