/** @file What a layer is, and how a model becomes a graph: a model is a layer made of layers. */
import { generator, stream } from "../data/rng.ts";
import { isArrayLike } from "../data/table.ts";
import { InputError, ShapeError, show } from "../errors.ts";
import { sizeOf, tensor, type FloatType, type Tensor } from "../graph/types.ts";
import { input, type Value } from "../graph/value.ts";
import type { Fans, Initializer } from "./initializer.ts";

/** A part of a model: builds its graph from its input, asking the scope for what it learns. */
export interface Layer {
  /** `"dense(128)"`: for names, errors and reports. */
  readonly kind: string;
  /** `x` is [batch, ...shape of one example]. */
  readonly forward: (x: Value, scope: Scope) => Value;
}

/** A whole network; `sequential([...])` and `functional(...)` make one. */
export type Model = Layer;

/** What a layer may ask for while it builds its graph. */
export interface Scope {
  /** True when the graph is built to train: dropout drops. */
  readonly training: boolean;
  /** A learned array, named below this scope: `weight` in layer `0` is `0.weight`. */
  readonly parameter: (
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    fans: Fans,
  ) => Value;
  /** The scope of a part named `name`. */
  readonly child: (name: string) => Scope;
  /** Two random words for every visit of an example, int32 [batch, 2]: pure in (seed, visit). */
  readonly visitKeys: () => Value;
  /** The number of this call among all of one build: tells one random layer from the next. */
  readonly nextRandomLayer: () => number;
}

/** A learned array of a model. */
export interface Parameter {
  /** As PyTorch names it: `0.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  readonly fans: Fans;
  readonly value: Value;
}

/** A model as a graph. */
export interface ModelGraph {
  readonly output: Value;
  readonly parameters: readonly Parameter[];
  /** The input of `Scope.visitKeys`, when a layer asked for it. */
  readonly visitKeys: Value | undefined;
}

/** Builds the graph of `model` on `x` [batch, ...]. @throws ShapeError naming the layer */
export function buildModel(model: Model, x: Value, training: boolean): ModelGraph {
  const parameters = new Map<string, Parameter>();
  let visitKeys: Value | undefined;
  let randomLayers = 0;
  const scope = (path: string): Scope => ({
    training,
    child: (name) => scope(`${path}${name}.`),
    nextRandomLayer: () => randomLayers++,
    visitKeys: () => (visitKeys ??= input("visitKeys", "int32", ["batch", 2])),
    parameter: (name, shape, initializer, fans) => {
      const full = path + name;
      const known = parameters.get(full);
      if (known !== undefined) return known.value;
      const value = input(full, x.dtype, shape);
      parameters.set(full, { name: full, shape, initializer, fans, value });
      return value;
    },
  });
  const output = model.forward(x, scope(""));
  return { output, parameters: [...parameters.values()], visitKeys };
}

/** Runs a layer, and names it in the error when its shapes do not fit. */
export function forwardNamed(layer: Layer, name: string, x: Value, scope: Scope): Value {
  try {
    return layer.forward(x, scope.child(name));
  } catch (error) {
    if (!(error instanceof ShapeError) || error.message.endsWith(")")) throw error;
    throw new ShapeError(`${error.message} (layer ${name}: ${layer.kind})`);
  }
}

/** Initial values of all parameters: pure in (seed, order of the parameters). */
export function initialize(
  parameters: readonly Parameter[],
  seed: number,
  dtype: FloatType,
): readonly Tensor[] {
  return parameters.map(({ shape, initializer, fans }, index) => {
    const random = generator(seed, stream.init, index);
    return tensor(dtype, shape, initializer.fill(random, sizeOf(shape), fans));
  });
}

/** Values of a parameter: numbers, or a tensor (of a trained model, of a safetensors file). */
type GivenValues = ArrayLike<number> | { readonly data: ArrayLike<number | bigint> };

/** Values of all parameters by name, as a record or a map. */
export type GivenParameters =
  Readonly<Record<string, GivenValues>> | ReadonlyMap<string, GivenValues>;

/** @throws InputError for what holds no numbers */
function numbersOf(name: string, found: GivenValues): ArrayLike<number> {
  const numbers: unknown = Object.hasOwn(Object(found) as object, "data") ? (found as { data: unknown }).data : found; // prettier-ignore
  if (isArrayLike(numbers)) return numbers as ArrayLike<number>;
  throw new InputError(
    `initialParameters: "${name}" must be an array or a tensor, got ${show(found)}`,
  );
}

/** Given values of all parameters, by name. @throws InputError for a missing, unknown or misshapen one */
export function givenParameters(
  parameters: readonly Parameter[],
  given: GivenParameters,
  dtype: FloatType,
): readonly Tensor[] {
  if (typeof given !== "object" || (given as object | null) === null)
    throw new InputError(
      `initialParameters must be a record or a map of arrays by name, got ${show(given)}`,
    );
  const values = new Map(given instanceof Map ? given : Object.entries(given)) as ReadonlyMap<
    string,
    GivenValues
  >;
  const names = parameters.map(({ name }) => name);
  const unknown = [...values.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new InputError(
      `initialParameters: the model has no parameter "${unknown}"; it has ${names.join(", ")}`,
    );
  return parameters.map(({ name, shape }) => {
    const found = values.get(name);
    if (found === undefined)
      throw new InputError(`initialParameters: "${name}" [${shape.join(", ")}] is missing`);
    const numbers = numbersOf(name, found);
    if (numbers.length !== sizeOf(shape))
      throw new InputError(
        `initialParameters: "${name}" must hold ${sizeOf(shape)} numbers for shape [${shape.join(", ")}], got ${numbers.length}`,
      );
    const bad = Array.prototype.findIndex.call(numbers, (value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new InputError(
        `initialParameters: "${name}" holds ${show(numbers[bad])} at position ${bad}; every value must be a finite number`,
      );
    return tensor(dtype, shape, numbers);
  });
}
