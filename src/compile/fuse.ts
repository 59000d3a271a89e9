/**
 * @file Merging element-wise work into the matrix product beside it.
 *
 * The gradient of a weight is a product G = A'B', and the update reads it once. ONNX's Gemm computes
 * α A'B' + β C, so `W − ε G` and `μ v + G` need no pass of their own over the weights:
 *
 *     Mul(c, Gemm(A, B))          = Gemm(A, B; α·c)            c a constant
 *     Mul(s, Gemm(A, B))          = Gemm(Mul(s, A), B)         s a scalar, A the smaller factor
 *     Add(P, Gemm(A, B))          = Gemm(A, B, P; β = 1)
 *     Sub(P, Gemm(A, B))          = Gemm(A, B, P; −α, β = 1)
 *     Add(Mul(c, P), Gemm(A, B))  = Gemm(A, B, P; β = c)
 *
 * Each holds exactly in real numbers, and is applied only where the product has no other reader. ONNX keeps
 * α and β as float32: in float64 only constants that survive the rounding move there. A scale of the input does
 * not move into the α of the forward product: at batch size 1 that would cost the runtime its vector kernel.
 */
import { apply, nodeOf, scalarConstant, type Node, type Value } from "../graph/value.ts";
import type { Op } from "../graph/operators.ts";
import { mul } from "../graph/ops.ts";
import { rewriteGraph } from "../graph/rewrite.ts";
import { nodesOf } from "../graph/topology.ts";
import { isFloat, sameShape, type DType, type Shape } from "../graph/types.ts";

/** `outputs` with the merges above, applied until none is left. */
export function fuse(outputs: readonly Value[]): readonly Value[] {
  let current = outputs;
  for (;;) {
    const readers = countReaders(current);
    const next = rewriteGraph(current, (node, inputs) => {
      const once = (value: Value) => readers.get(value) === 1;
      const fused = merge(node, inputs, (index) => once(node.inputs[index]!));
      return fused && [fused];
    });
    if (next.every((value, index) => value === current[index])) return current;
    current = next;
  }
}

function countReaders(outputs: readonly Value[]): ReadonlyMap<Value, number> {
  const readers = new Map<Value, number>();
  const count = (value: Value) => readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const node of nodesOf(outputs)) node.inputs.forEach(count);
  outputs.forEach(count);
  return readers;
}

/** What replaces a node, or nothing. `once(i)`: it is the only reader of its operand i. */
type Merge = (
  node: Node,
  inputs: readonly [Value, Value, ...Value[]],
  once: (index: number) => boolean,
) => Value | undefined;

/** `merge` where the node is the only reader of operand `index`. */
const ifOnce = (
  once: (index: number) => boolean,
  index: number,
  merge: () => Value | undefined,
): Value | undefined => (once(index) ? merge() : undefined);

const merges: Partial<Record<Op, Merge>> = {
  Mul: (_, [a, b], once) =>
    ifOnce(once, 0, () => scaledProduct(a, b)) ?? ifOnce(once, 1, () => scaledProduct(b, a)),
  Add: (_, [a, b], once) =>
    ifOnce(once, 1, () => accumulate(b, a, 1)) ?? ifOnce(once, 0, () => accumulate(a, b, 1)),
  Sub: (_, [a, b], once) => ifOnce(once, 1, () => accumulate(b, a, -1)),
};

function merge(
  node: Node,
  inputs: readonly Value[],
  once: (index: number) => boolean,
): Value | undefined {
  const [a, b, ...rest] = inputs;
  if (a === undefined || b === undefined || !isFloat(a.dtype)) return undefined;
  return merges[node.op]?.(node, [a, b, ...rest], once);
}

/** A Gemm without C. */
function bareProduct(value: Value): Node<"Gemm"> | undefined {
  const node = nodeOf(value, "Gemm");
  return node?.inputs.length === 2 ? node : undefined;
}

/** Mul(product, s) with s a scalar. */
function scaledProduct(product: Value, s: Value): Value | undefined {
  const node = bareProduct(product);
  if (node === undefined || s.shape.length !== 0) return undefined;
  const [a, b] = node.inputs as [Value, Value];
  const c = scalarConstant(s);
  if (c !== undefined && survives(c, s.dtype))
    return apply("Gemm", { ...node.attributes, alpha: node.attributes.alpha * c }, a, b);
  return knownSize(a.shape) <= knownSize(b.shape)
    ? apply("Gemm", node.attributes, mul(a, s), b)
    : apply("Gemm", node.attributes, a, mul(b, s));
}

/** Whether an attribute of ONNX, a float32, can hold a constant of this dtype. */
const survives = (factor: number, dtype: DType): boolean =>
  dtype === "float32" || Math.fround(factor) === factor;

/** The size of a shape but for its unknown dimensions. */
const knownSize = (shape: Shape): number =>
  shape.reduce<number>((size, dim) => (typeof dim === "number" ? size * dim : size), 1);

/** P ± product, or c·P ± product. */
function accumulate(product: Value, p: Value, sign: 1 | -1): Value | undefined {
  const node = bareProduct(product);
  if (node === undefined || !sameShape(product.shape, p.shape)) return undefined;
  const scaled = constantMultiple(p);
  const [c, base] =
    scaled !== undefined && sameShape(scaled.value.shape, p.shape)
      ? [scaled.factor, scaled.value]
      : [1, p];
  const { alpha } = node.attributes;
  const [a, b] = node.inputs as [Value, Value];
  return apply("Gemm", { ...node.attributes, alpha: sign * alpha, beta: c }, a, b, base);
}

/** c and P of Mul(c, P) with c a constant. */
function constantMultiple(value: Value): { factor: number; value: Value } | undefined {
  const node = nodeOf(value, "Mul");
  if (node === undefined) return undefined;
  const [a, b] = node.inputs as [Value, Value];
  const usable = (c: Value, factor = scalarConstant(c)) =>
    factor !== undefined && c.shape.length === 0 && survives(factor, c.dtype) ? factor : undefined;
  const [first, second] = [usable(a), usable(b)];
  if (second !== undefined) return { factor: second, value: a };
  return first === undefined ? undefined : { factor: first, value: b };
}
