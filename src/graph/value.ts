/** @file Values and nodes: an immutable directed acyclic graph, its shapes known as it is built. */
import { ShapeError, text } from "../errors.ts";
import { checkNode, dtypeOf, shapeOf, tensorOf } from "./checks.ts";
import type { Op, Operators } from "./operators.ts";
import { shapeRules } from "./shape.ts";
import type { DType, Shape, Tensor, TensorType } from "./types.ts";

/** One array of the graph: fed from outside, fixed, or an output of a node. */
export interface Value extends TensorType {
  readonly source:
    | { readonly kind: "input"; readonly name: string }
    | { readonly kind: "constant"; readonly tensor: Tensor }
    | { readonly kind: "node"; readonly node: Node; readonly output: number };
}

/** One application of an operator. */
export interface Node<P extends Op = Op> {
  readonly op: P;
  readonly attributes: Operators[P];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** A value that is fed when the graph runs. @throws InputError */
export function input(name: string, dtype: DType, shape: Shape): Value {
  text("name", name);
  dtypeOf(dtype);
  return { dtype, shape: shapeOf(shape), source: { kind: "input", name } };
}

/** A value that is part of the graph. @throws InputError */
export function constant(tensor: Tensor): Value {
  tensorOf("constant", tensor);
  return { dtype: tensor.dtype, shape: tensor.shape, source: { kind: "constant", tensor } };
}

/** Applies an operator; shapes are checked here, so a mistake throws on the caller's line. @throws ShapeError */
export function applyAll<P extends Op>(
  op: P,
  attributes: Operators[P],
  inputs: readonly Value[],
): readonly Value[] {
  checkNode(op, attributes, inputs);
  const types = shapesOf(op, attributes, inputs);
  const outputs: Value[] = [];
  const node: Node<P> = { op, attributes, inputs, outputs };
  types.forEach((type, output) =>
    outputs.push({ ...type, source: { kind: "node", node: node as unknown as Node, output } }),
  );
  return outputs;
}

/** Applies an operator that has one output, or whose first output is wanted. @throws ShapeError */
export function apply<P extends Op>(
  op: P,
  attributes: Operators[P],
  ...inputs: readonly Value[]
): Value {
  const [first] = applyAll(op, attributes, inputs);
  if (first === undefined) throw new Error(`internal: ${op} has no output`);
  return first;
}

function shapesOf<P extends Op>(
  op: P,
  attributes: Operators[P],
  inputs: readonly Value[],
): readonly TensorType[] {
  try {
    return shapeRules[op](inputs, attributes);
  } catch (error) {
    if (error instanceof ShapeError && !error.message.startsWith(`${op}: `))
      throw new ShapeError(`${op}: ${error.message}`);
    throw error;
  }
}

/** The node behind a value, when it is an output of `op`. */
export function nodeOf<P extends Op>(value: Value, op: P): Node<P> | undefined {
  if (value.source.kind !== "node" || value.source.node.op !== op) return undefined;
  return value.source.node as unknown as Node<P>;
}

/** The number behind a constant with one element. */
export function scalarConstant(value: Value): number | undefined {
  if (value.source.kind !== "constant" || value.source.tensor.data.length !== 1) return undefined;
  return value.source.tensor.data[0];
}
