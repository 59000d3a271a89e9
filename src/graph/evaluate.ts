/**
 * @file The interpreter: every operator as explicit for-loops in float64. It is the reference
 * semantics of the graph, the oracle of the tests, and the arithmetic of the "loops" engine.
 */
import { InputError, invariant, show } from "../errors.ts";
import type { EvaluateRule, EvaluateRules } from "./evaluate/common.ts";
import { elementwiseLoops } from "./evaluate/elementwise.ts";
import { linearLoops } from "./evaluate/linear.ts";
import { placeLoops } from "./evaluate/places.ts";
import { reductionLoops } from "./evaluate/reductions.ts";
import { lossLoops } from "./evaluate/losses.ts";
import { windowLoops } from "./evaluate/windows.ts";
import { valuesOf } from "./checks.ts";
import type { Op } from "./operators.ts";
import { nodesOf } from "./topology.ts";
import type { Tensor } from "./types.ts";
import type { Value } from "./value.ts";

export const evaluateRules: EvaluateRules = {
  ...elementwiseLoops,
  ...linearLoops,
  ...reductionLoops,
  ...placeLoops,
  ...windowLoops,
  ...lossLoops,
};

/** A graph whose order is fixed, to be evaluated many times. @throws InputError for an input that nothing is fed for */
export function interpreter(
  outputs: readonly Value[],
): (feeds: ReadonlyMap<Value, Tensor>) => readonly Tensor[] {
  const nodes = nodesOf(valuesOf("outputs", outputs));
  return (feeds) => {
    if (!(feeds instanceof Map))
      throw new InputError(`feeds must be a Map of values and their tensors, got ${show(feeds)}`);
    const known = new Map<Value, Tensor>(feeds);
    const read = (value: Value): Tensor => {
      if (value.source.kind === "constant") return value.source.tensor;
      const found = known.get(value);
      if (found !== undefined) return found;
      throw new InputError(
        `nothing was fed for ${describe(value)}; feeds must have a tensor for it`,
      );
    };
    for (const node of nodes) {
      const inputs = node.inputs.map(read) as unknown as Parameters<EvaluateRule<Op>>[0];
      const results = (evaluateRules[node.op] as EvaluateRule<Op>)(
        inputs,
        node.attributes,
        node.inputs.length,
      );
      node.outputs.forEach((output, index) => {
        const result = results[index];
        invariant(result, `${node.op} gave no output ${index}`);
        known.set(output, result);
      });
    }
    return outputs.map(read);
  };
}

/** Evaluates `outputs` once. */
export function evaluate(
  outputs: readonly Value[],
  feeds: ReadonlyMap<Value, Tensor>,
): readonly Tensor[] {
  return interpreter(outputs)(feeds);
}

function describe(value: Value): string {
  return value.source.kind === "input" ? `input "${value.source.name}"` : value.source.kind;
}
