/** @file The order of a graph. */
import type { Node, Value } from "./value.ts";

/** The nodes that `outputs` need, each after the nodes it reads; the order of construction decides ties. */
export function nodesOf(outputs: readonly Value[]): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: graphs are deeper than the call stack is.
  const stack: { readonly node: Node; next: number }[] = [];
  const visit = (value: Value) => {
    if (value.source.kind !== "node" || seen.has(value.source.node)) return;
    seen.add(value.source.node);
    stack.push({ node: value.source.node, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const operand = top.node.inputs[top.next++];
      if (operand !== undefined) visit(operand);
      else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}

/** The values that `outputs` need and no node produces, in the order they are first read. */
export function leavesOf(outputs: readonly Value[]): readonly Value[] {
  const leaves = new Set<Value>();
  const add = (value: Value) => value.source.kind !== "node" && leaves.add(value);
  for (const node of nodesOf(outputs)) node.inputs.forEach(add);
  outputs.forEach(add);
  return [...leaves];
}
