/** @file Vector-Jacobian products of the reductions. */
import { ShapeError } from "../../errors.ts";
import type { Op, Reduction } from "../operators.ts";
import { cast, div, equal, exp, mul, reduceSum, reshape, scalar, size, sub } from "../ops.ts";
import { reducedShape } from "../shape/reductions.ts";
import { sizeOf, tensor } from "../types.ts";
import { constant, type Value } from "../value.ts";
import { noGradient, type Backward, type VjpRules } from "./common.ts";

/** A cotangent or output with its reduced axes back, as axes of length 1. */
function keepAxes(g: Value, x: Value, reduction: Reduction): Value {
  if (g.shape.length === 0) return g;
  const kept = reducedShape(x.shape, { ...reduction, keepdims: true });
  return reduction.keepdims ? g : reshape(g, kept);
}

function cotangent<P extends Op>(node: Backward<P>, reduction: Reduction): Value {
  return node.dy.shape.length === 0 ? node.dy : keepAxes(node.full(), node.inputs[0], reduction);
}

/** How many elements each mean is of: a constant where it is known, else counted when the graph runs. */
function groupSize({ inputs: [x], y, attributes: { axes } }: Backward<"ReduceMean">): Value {
  const group = axes.length === 0 ? x.shape : axes.map((axis) => x.shape[axis] ?? 1);
  if (group.every((dim) => typeof dim === "number")) return scalar(sizeOf(group), x);
  const total = cast(size(x), x.dtype);
  return y.shape.every((dim) => dim === 1) ? total : div(total, cast(size(y), x.dtype));
}

export const reductionVjps: VjpRules<
  | "ReduceSum"
  | "ReduceMean"
  | "ReduceMax"
  | "ReduceSumSquare"
  | "Softmax"
  | "LogSoftmax"
  | "ArgMax"
  | "TopK"
> = {
  // y = Σ x:  dx = dy, repeated
  ReduceSum: (node) => [() => cotangent(node, node.attributes)],
  // y = Σ x / n:  dx = dy / n
  ReduceMean: (node) => [() => div(cotangent(node, node.attributes), groupSize(node))],
  // the gradient goes to the largest element, in equal shares to equal ones
  ReduceMax: (node) => [
    () => {
      const [x] = node.inputs;
      const largest = cast(equal(x, keepAxes(node.y, x, node.attributes)), x.dtype);
      const ties = reduceSum(largest, { axes: node.attributes.axes, keepdims: true });
      return mul(cotangent(node, node.attributes), div(largest, ties));
    },
  ],
  // y = Σ x²:  dx = 2 x dy
  ReduceSumSquare: (node) => [() => mul(mul(node.inputs[0], 2), cotangent(node, node.attributes))],
  // y = softmax(x):  dx = y (dy - Σ y dy)
  Softmax: ({ y, dy, attributes: { axis } }) => [
    () => mul(y, sub(dy, reduceSum(mul(y, dy), { axes: [axis], keepdims: true }))),
  ],
  // y = log softmax(x):  dx = dy - eʸ Σ dy
  LogSoftmax: ({ y, full, attributes: { axis } }) => [
    () => sub(full(), mul(exp(y), reduceSum(full(), { axes: [axis], keepdims: true }))),
  ],
  ArgMax: noGradient,
  // each of the k values is an element of x: dxᵢ = Σₖ dyₖ [i = indexₖ]
  TopK: ({ inputs: [x], outputs, attributes: { axis }, full }) => [
    () => {
      const [, indices] = outputs;
      const length = x.shape[axis];
      if (indices === undefined || typeof length !== "number")
        throw new ShapeError(`TopK: the gradient needs a known length of axis ${axis}`);
      const column = [...indices.shape.slice(0, axis + 1), 1, ...indices.shape.slice(axis + 1)];
      const places = Array.from({ length }, (_, place) => place);
      const row = [length, ...indices.shape.slice(axis + 1).map(() => 1)];
      const own = equal(reshape(indices, column), constant(tensor("int64", row, places)));
      const hits = cast(own, x.dtype); // [..., k, n, ...]
      return reduceSum(mul(reshape(full(), column), hits), { axes: [axis] });
    },
  ],
};
