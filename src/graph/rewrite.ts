/** @file Rebuilding a graph from the inputs up, with some nodes replaced. */
import type { Op } from "./operators.ts";
import { nodesOf } from "./topology.ts";
import { applyAll, type Node, type Value } from "./value.ts";

/** The outputs that replace those of `node`, whose inputs are already rebuilt; nothing to keep it. */
export type Rewrite = (node: Node, inputs: readonly Value[]) => readonly Value[] | undefined;

/**
 * `outputs` with `rewrite` applied to every node once, operands before the nodes that read them.
 * Nodes that nothing changes are kept as they are, so a rewrite that does nothing returns `outputs`.
 */
export function rewriteGraph(outputs: readonly Value[], rewrite: Rewrite): readonly Value[] {
  const replaced = new Map<Value, Value>();
  const current = (value: Value) => replaced.get(value) ?? value;
  for (const node of nodesOf(outputs)) {
    const inputs = node.inputs.map(current);
    const changed = inputs.some((value, index) => value !== node.inputs[index]);
    const results =
      rewrite(node, inputs) ??
      (changed ? applyAll<Op>(node.op, node.attributes, inputs) : node.outputs);
    node.outputs.forEach((output, index) => replaced.set(output, results[index] ?? output));
  }
  return outputs.map(current);
}
