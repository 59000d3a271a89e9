/** @file The graph as text, one node a line. */
import { valuesOf } from "./checks.ts";
import { leavesOf, nodesOf } from "./topology.ts";
import { showShape, type TensorType } from "./types.ts";
import type { Node, Value } from "./value.ts";

/**
 * Prints what `outputs` need, in the order it is computed.
 *
 * @example
 * print([ops.relu(ops.matMul(x, w))]);
 * // x: float32[batch, 4]
 * // w: float32[4, 2]
 * // a = MatMul(x, w): float32[batch, 2]
 * // b = Relu(a): float32[batch, 2]
 * // return b
 */
export function print(outputs: readonly Value[]): string {
  const names = nameValues(valuesOf("outputs", outputs));
  const name = (value: Value) => names.get(value) ?? "?";
  const lines = leavesOf(outputs).flatMap((leaf) =>
    leaf.source.kind === "input" ? [`${leaf.source.name}: ${showType(leaf)}`] : [],
  );
  for (const node of nodesOf(outputs)) {
    const results = node.outputs.map(name).join(", ");
    const types = node.outputs.map(showType).join(", ");
    lines.push(`${results} = ${node.op}(${operands(node, name)}): ${types}`);
  }
  lines.push(`return ${outputs.map(name).join(", ")}`);
  return lines.join("\n");
}

function operands(node: Node, name: (value: Value) => string): string {
  const attributes = Object.entries(node.attributes).map(
    ([key, value]) => `${key}=${Array.isArray(value) ? `[${value.join(", ")}]` : String(value)}`,
  );
  return [...node.inputs.map(name), ...attributes].join(", ");
}

const showType = ({ dtype, shape }: TensorType): string => `${dtype}${showShape(shape)}`;

/** Inputs keep their names, small constants show their value, nodes are lettered a, b, …, z, a1, … */
function nameValues(outputs: readonly Value[]): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  for (const leaf of leavesOf(outputs)) {
    if (leaf.source.kind === "input") names.set(leaf, leaf.source.name);
    if (leaf.source.kind === "constant") {
      const { data } = leaf.source.tensor;
      names.set(leaf, data.length === 1 ? String(data[0]) : `const${showShape(leaf.shape)}`);
    }
  }
  const taken = new Set(names.values());
  let count = 0;
  const next = (): string => {
    const name = letter(count++);
    return taken.has(name) ? next() : name;
  };
  for (const node of nodesOf(outputs)) for (const output of node.outputs) names.set(output, next());
  return names;
}

function letter(index: number): string {
  const round = Math.floor(index / 26);
  return String.fromCharCode(97 + (index % 26)) + (round === 0 ? "" : String(round));
}
