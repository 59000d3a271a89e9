import { expect, it } from "vitest";
import { add, mul, neg, topK } from "./ops.ts";
import { rewriteGraph } from "./rewrite.ts";
import { leavesOf, nodesOf } from "./topology.ts";
import { input, nodeOf, type Value } from "./value.ts";

const x = input("x", "float32", [3]);
const y = input("y", "float32", [3]);

/** Operators in order. */
const order = (outputs: readonly Value[]) => nodesOf(outputs).map(({ op }) => op);

it("orders nodes after what they read, and each one once", () => {
  const shared = neg(x);
  expect(order([add(mul(shared, shared), shared), shared])).toEqual(["Neg", "Mul", "Add"]);
  expect(order([x])).toEqual([]);
});

it("finds leaves in the order they are read", () => {
  const sum = add(mul(y, 2), x);
  const names = leavesOf([sum, x]).map(({ source }) =>
    source.kind === "input" ? source.name : source.kind,
  );
  expect(names).toEqual(["y", "constant", "x"]);
});

it("counts a node with two outputs once", () => {
  const [values, indices] = topK(x, 2);
  expect(order([indices, values])).toEqual(["TopK"]);
});

it("returns the outputs themselves when nothing is rewritten", () => {
  const outputs = [add(mul(x, y), x), x];
  expect(rewriteGraph(outputs, () => undefined)).toEqual(outputs);
  rewriteGraph(outputs, () => undefined).forEach((value, index) => {
    expect(value).toBe(outputs[index]);
  });
});

it("replaces nodes and rebuilds only what reads them", () => {
  const kept = mul(y, y);
  const sum = add(neg(neg(x)), kept);
  // -(-x) = x
  const [result] = rewriteGraph([sum], (node, [operand]) => {
    const inner = operand && nodeOf(operand, "Neg");
    return node.op === "Neg" && inner ? inner.inputs : undefined;
  });
  expect(order([result!])).toEqual(["Mul", "Add"]);
  expect(nodeOf(result!, "Add")!.inputs[0]).toBe(x);
  expect(nodeOf(result!, "Add")!.inputs[1]).toBe(kept);
});

it("shows a rewrite the operands that were already replaced", () => {
  const seen: string[] = [];
  rewriteGraph([neg(mul(x, y))], (node, inputs) => {
    seen.push(`${node.op}(${inputs.map((value) => (value === x ? "x" : "?")).join()})`);
    return node.op === "Mul" ? [x] : undefined;
  });
  expect(seen).toEqual(["Mul(x,?)", "Neg(x)"]);
});

it("walks a chain of 20,000 nodes", () => {
  let value: Value = x;
  for (let i = 0; i < 20_000; i++) value = neg(value);
  expect(nodesOf([value])).toHaveLength(20_000);
  expect(order(rewriteGraph([value], (_, inputs) => inputs))).toEqual([]);
});
