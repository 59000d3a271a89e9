/**
 * @file Float64 operators that ONNX Runtime has no kernels for, composed from those that it has.
 *
 * Measured on ONNX Runtime 1.30, Node and WebAssembly alike: every other operator of the graph has a
 * float64 kernel. Derivatives are built before this, so only values matter here.
 */
import { InputError } from "../errors.ts";
import {
  averageByTaps,
  convByTaps,
  convTransposeByTaps,
  upsampleByGather,
} from "./lower/windows.ts";
import type { Op, Operators } from "./operators.ts";
import { abs, add, exp, gemm, log, max, min, mul, neg, sub } from "./ops.ts";
import { rewriteGraph } from "./rewrite.ts";
import type { Value } from "./value.ts";

/** The value to use in place of a node's output; nothing where the node may stay. */
type Lowering<P extends Op> = (
  inputs: readonly [Value, Value, Value?],
  attributes: Operators[P],
) => Value | undefined;

const lowerings: { readonly [P in Op]?: Lowering<P> } = {
  // log(1 + eˣ) = max(x, 0) + log(1 + e^-|x|)
  Softplus: ([x]) => add(max(x, 0), log(add(1, exp(neg(abs(x)))))),
  // max(x, 0) + α min(x, 0)
  LeakyRelu: ([x], { alpha }) => add(max(x, 0), mul(min(x, 0), alpha)),
  // max(x, 0) + α (e^min(x, 0) - 1): the exponential cannot overflow where it does not count
  Elu: ([x], { alpha }) => add(max(x, 0), mul(sub(exp(min(x, 0)), 1), alpha)),
  // max(0, min(1, α x + β))
  HardSigmoid: ([x], { alpha, beta }) => max(min(affine(x, alpha, beta), 1), 0),
  // attributes are float32 in ONNX: factors that it cannot hold multiply apart
  Gemm: ([a, b, c], { alpha, beta, ...transposes }) => {
    if (Math.fround(alpha) === alpha && (c === undefined || Math.fround(beta) === beta))
      return undefined;
    const product = mul(gemm(a, b, undefined, transposes), alpha);
    return c === undefined ? product : add(product, mul(c, beta));
  },
  Conv: ([x, w, b], attributes) => convByTaps(x, w, b, attributes),
  ConvTranspose: ([x, w, b], attributes) => convTransposeByTaps(x, w, b, attributes),
  AveragePool: ([x], attributes) => averageByTaps(x, attributes),
  Resize: ([x], attributes) => upsampleByGather(x, attributes),
  Erf: () => {
    throw new InputError(
      'Erf: ONNX Runtime has no float64 kernel for it; use dtype "float32", gelu("tanh") in place of gelu(), or engine "loops"',
    );
  },
};

/**
 * `outputs` with every float64 node that ONNX Runtime cannot run replaced by nodes that it can.
 *
 * @throws InputError for an operator that cannot be replaced (Erf)
 */
export function lower(outputs: readonly Value[]): readonly Value[] {
  return rewriteGraph(outputs, (node, inputs) => {
    if (node.outputs[0]?.dtype !== "float64") return undefined;
    const lowering = lowerings[node.op] as Lowering<Op> | undefined;
    const value = lowering?.(inputs as unknown as Parameters<Lowering<Op>>[0], node.attributes);
    return value && [value];
  });
}

function affine(x: Value, alpha: number, beta: number): Value {
  const scaled = mul(x, alpha);
  return beta === 0 ? scaled : add(scaled, beta);
}
