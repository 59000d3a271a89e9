/** @file Reverse-mode differentiation: one walk from the output back to the inputs. */
import { InputError, ShapeError } from "../errors.ts";
import { valueOf, valuesOf } from "./checks.ts";
import { add, scalar } from "./ops.ts";
import { nodesOf } from "./topology.ts";
import { isFloat, showShape } from "./types.ts";
import type { Node, Value } from "./value.ts";
import { fill, unbroadcast } from "./vjp/common.ts";
import { vjpRules } from "./vjp.ts";
import type { Backward, VjpRule } from "./vjp/common.ts";
import type { Op } from "./operators.ts";

/**
 * Gradients of the scalar `y` with respect to each of `wrt`, as new values of the same graph.
 *
 * v̄ = Σ over readers of v of (∂reader/∂v)ᵀ · reader̄, walked from ȳ = `seed` (1 by default).
 * A value that `y` does not depend on gets zeros.
 *
 * @throws ShapeError when `y` is not a floating-point scalar; InputError when `y` depends on a second output of an operator
 * @example
 * const [dw] = gradients(ops.reduceSum(ops.mul(w, w)), [w]); // 2w
 */
export function gradients(y: Value, wrt: readonly Value[], seed?: Value): readonly Value[] {
  valueOf("gradients: y", y);
  valuesOf("gradients: wrt", wrt);
  if (seed !== undefined) valueOf("gradients: seed", seed);
  if (y.shape.length !== 0 || !isFloat(y.dtype))
    throw new ShapeError(
      `gradients: y must be a float scalar, got ${y.dtype}${showShape(y.shape)}`,
    );
  const nodes = nodesOf([y]);
  const active = dependents(nodes, wrt);
  const cotangents = new Map<Value, Value>([[y, seed ?? scalar(1, y)]]);
  for (const node of nodes.toReversed()) pullBack(node, active, cotangents);
  return wrt.map((value) => fill(cotangents.get(value) ?? scalar(0, value), value));
}

/** The values that depend on one of `wrt`, and these themselves. */
function dependents(nodes: readonly Node[], wrt: readonly Value[]): ReadonlySet<Value> {
  const active = new Set<Value>(wrt);
  for (const node of nodes)
    if (node.inputs.some((value) => active.has(value)))
      for (const output of node.outputs) active.add(output);
  return active;
}

function pullBack(node: Node, active: ReadonlySet<Value>, cotangents: Map<Value, Value>): void {
  const [y, ...others] = node.outputs;
  if (others.some((value) => active.has(value) && cotangents.has(value)))
    throw new InputError(
      `gradients: ${node.op} has a gradient through its first output only, and y depends on another one: compute that by an operator of its own`,
    );
  const dy = y && active.has(y) ? cotangents.get(y) : undefined;
  if (y === undefined || dy === undefined) return;
  const backward: Backward<Op> = {
    inputs: node.inputs as unknown as Backward<Op>["inputs"],
    outputs: node.outputs,
    attributes: node.attributes,
    y,
    dy,
    full: once(() => fill(dy, y)),
  };
  const rules = (vjpRules[node.op] as VjpRule<Op>)(backward);
  node.inputs.forEach((value, index) => {
    const rule = rules[index];
    if (rule === undefined || !active.has(value)) return;
    const part = undoBroadcast(node, index, rule(), y);
    const sum = cotangents.get(value);
    cotangents.set(value, sum === undefined ? part : add(sum, part));
  });
}

/** Undoes what the operator did to the shape of input `index`, and nothing where it did nothing. */
function undoBroadcast(node: Node, index: number, g: Value, y: Value): Value {
  const { shape } = node.inputs[index] ?? y;
  if (repeatsInputs.has(node.op) || (node.op === "Gemm" && index === 2))
    return unbroadcast(g, y, shape);
  return node.op === "MatMul" ? unbroadcast(g, g, shape) : g;
}

/** The operators that repeat any input to the shape of their output. */
const repeatsInputs: ReadonlySet<Op> = new Set<Op>([
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Pow",
  "Max",
  "Min",
  "Where",
  "Expand",
]);

function once(build: () => Value): () => Value {
  let built: Value | undefined;
  return () => (built ??= build());
}
