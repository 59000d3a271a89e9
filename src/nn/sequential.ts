/** @file The two ways to put layers together. */
import { InputError, show } from "../errors.ts";
import type { Value } from "../graph/value.ts";
import { forwardNamed, type Layer, type Model } from "./model.ts";

/**
 * Layers one after the other. Layer i is named by its index, as in PyTorch's `Sequential`: `0.weight`, `2.bias`.
 *
 * @throws InputError when it is given no layer, or something that is not one
 * @example
 * const mlp = sequential([dense(128), relu(), dense(10)]);
 */
export function sequential(layers: readonly Layer[]): Model {
  if (!isArray(layers))
    throw new InputError(
      `sequential takes one array of layers, sequential([dense(128), relu()]), got ${show(layers)}`,
    );
  if (layers.length === 0) throw new InputError("sequential needs at least one layer, got none");
  layers.forEach((layer, index) => {
    if (typeof (layer as Partial<Layer> | undefined)?.forward !== "function")
      throw new InputError(
        `sequential: layer ${index} must be a layer such as dense(128), got ${show(layer)}` +
          (typeof layer === "function" ? "; call it: relu() rather than relu" : ""),
      );
  });
  return {
    kind: layers.map(({ kind }) => kind).join(" "),
    forward: (x, scope) =>
      layers.reduce((value, layer, index) => forwardNamed(layer, String(index), value, scope), x),
  };
}

// Array.isArray makes any[] of a readonly array.
const isArray = (value: unknown): boolean => Array.isArray(value);

/** Applies a layer to a value. Layers are numbered in the order of the calls unless they are named. */
export type ApplyLayer = (layer: Layer, x: Value, name?: string) => Value;

/**
 * A model as a function from its input to its output, for networks that are not a chain.
 * Any function of the graph (`add`, `concat`, …) can be used between layers; a name used twice shares its parameters.
 *
 * @example
 * const residual = functional((x, apply) => {
 *   const hidden = apply(relu(), apply(dense(64), x));
 *   return apply(dense(10), ops.add(hidden, apply(dense(64), hidden)));
 * });
 */
export function functional(
  build: (x: Value, apply: ApplyLayer) => Value,
  kind = "functional",
): Model {
  if (typeof build !== "function")
    throw new InputError(`functional takes a function of the input, got ${show(build)}`);
  return {
    kind,
    forward: (x, scope) => {
      let count = 0;
      return build(x, (layer, value, name = String(count++)) =>
        forwardNamed(layer, name, value, scope),
      );
    },
  };
}
