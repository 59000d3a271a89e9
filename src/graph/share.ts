/** @file Computing equal things once. */
import type { Op } from "./operators.ts";
import { rewriteGraph } from "./rewrite.ts";
import type { Tensor } from "./types.ts";
import { applyAll, type Value } from "./value.ts";

/** Constants up to this many elements are compared by value; larger ones are equal only to themselves. */
const comparedElements = 65_536;

/** `outputs` with nodes of the same operator, attributes and operands merged into one. */
export function shareCommon(outputs: readonly Value[]): readonly Value[] {
  const numbers = new Map<Value | string, number>();
  const numberOf = (key: Value | string): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  const identify = (value: Value): number => {
    const { source } = value;
    return numberOf(source.kind === "constant" ? (textOf(source.tensor) ?? value) : value);
  };
  const known = new Map<string, readonly Value[]>();
  return rewriteGraph(outputs, (node, inputs) => {
    const key = `${node.op} ${JSON.stringify(node.attributes)} ${inputs.map(identify).join(" ")}`;
    const same = known.get(key);
    if (same !== undefined) return same;
    const changed = inputs.some((value, index) => value !== node.inputs[index]);
    const results = changed ? applyAll<Op>(node.op, node.attributes, inputs) : node.outputs;
    known.set(key, results);
    return results;
  });
}

function textOf({ dtype, shape, data }: Tensor): string | undefined {
  if (data.length > comparedElements) return undefined;
  const values = Array.from(data, (value) => (Object.is(value, -0) ? "-0" : String(value)));
  return `${dtype}[${shape.join()}]${values.join()}`;
}
