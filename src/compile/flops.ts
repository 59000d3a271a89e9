/** @file Floating-point operations of an update, counted on its graph. */
import { buildObjective } from "./objective.ts";
import { optimize } from "./optimize.ts";
import type { StepSpec } from "./spec.ts";
import { nodesOf } from "../graph/topology.ts";
import type { Shape } from "../graph/types.ts";
import type { Node } from "../graph/value.ts";

/**
 * Multiplications and additions of the matrix products and convolutions of a gradient, for each example of the batch: 2 for each
 * product of two numbers. What is done element by element is not counted, nor is what does not depend on the batch.
 *
 * @example flopsPerExample(spec); // 784–128–10: 2 · (784·128 + 128·10) forward, the same for weights, 2 · 128·10 for inputs
 */
export function flopsPerExample(spec: StepSpec): number {
  const { loss, gradients } = buildObjective(spec);
  return nodesOf(optimize([loss, ...gradients])).reduce((sum, node) => sum + flopsOf(node), 0);
}

function flopsOf(node: Node): number {
  const shapes = node.inputs.map(({ shape }) => shape);
  const out = node.outputs[0]?.shape ?? [];
  const [a = [], b = []] = shapes;
  if (!shapes.flat().includes("batch")) return 0;
  if (node.op === "MatMul") return 2 * product(out) * product(a.slice(-1));
  if (node.op === "Gemm") {
    const { transA } = (node as unknown as Node<"Gemm">).attributes;
    return 2 * product(out) * product(transA ? a.slice(0, 1) : a.slice(1));
  }
  if (node.op === "Conv") return 2 * product(out) * product(b.slice(1));
  if (node.op === "ConvTranspose") return 2 * product(a) * product(b.slice(1));
  return 0;
}

/** Elements, the batch counted as one example. */
function product(shape: Shape): number {
  return shape.reduce<number>((all, dim) => all * (typeof dim === "number" ? dim : 1), 1);
}
