/** @file Layers: dense, flatten, dropout and the activations. */
import {
  finite,
  flag,
  fraction,
  knownOptions,
  list,
  oneOf,
  ShapeError,
  wholeNumber,
} from "../errors.ts";
import * as op from "../graph/ops.ts";
import { showShape } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";
import { dropoutMask } from "./dropout.ts";
import type { Initializer } from "./initializer.ts";
import { checkInitializer, heNormal, zeros } from "./initializers.ts";
import type { Layer } from "./model.ts";

/** Options of `dense`. */
export interface DenseOptions {
  /** Whether it adds a bias; true by default. */
  readonly bias?: boolean;
  /** Of the weight; `heNormal()` by default, which suits ReLU. */
  readonly initializer?: Initializer;
  /** Of the bias; zeros by default. */
  readonly biasInitializer?: Initializer;
}

/**
 * A fully connected layer, y = x Wᵀ + b.
 *
 * x [batch, in] -> y [batch, units]; `weight` [units, in] and `bias` [units], laid out as in PyTorch.
 * An input of more axes is flattened to [batch, in] first.
 *
 * @throws InputError when `units` is not a whole number of at least 1
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  wholeNumber("dense: units", units);
  knownOptions("dense", options, ["bias", "initializer", "biasInitializer"]);
  const { bias = true, initializer = heNormal(), biasInitializer = zeros() } = options;
  flag("dense: bias", bias);
  checkInitializer("dense: initializer", initializer);
  checkInitializer("dense: biasInitializer", biasInitializer);
  return {
    kind: `dense(${units})`,
    forward: (input, scope) => {
      const x = flattened(input); // [batch, in]
      const fans = { fanIn: x.shape[1] as number, fanOut: units };
      const weight = scope.parameter("weight", [units, fans.fanIn], initializer, fans);
      const b = bias ? scope.parameter("bias", [units], biasInitializer, fans) : undefined;
      return op.gemm(x, weight, b, { transB: true }); // [batch, units]
    },
  };
}

/** [batch, ...] -> [batch, product of the rest] */
export function flatten(): Layer {
  return { kind: "flatten", forward: flattened };
}

function flattened(x: Value): Value {
  if (x.shape.length === 2) return x;
  const [batch, ...rest] = x.shape;
  if (batch === undefined || rest.some((dim) => typeof dim !== "number"))
    throw new ShapeError(`expected [batch, ...], got ${showShape(x.shape)}`);
  return op.reshape(x, [batch, (rest as number[]).reduce((a, b) => a * b, 1)]);
}

/**
 * Sets each element to 0 with probability `rate` while training, and scales the others by 1 / (1 − rate).
 *
 * The mask of an example is a pure function of (seed, visit, element): it does not depend on the batch
 * size, the engine or the threads. Source: Srivastava et al. (2014), JMLR 15.
 *
 * @throws InputError when `rate` is not in [0, 1)
 */
export function dropout(rate = 0.5): Layer {
  fraction("dropout: rate", rate);
  return {
    kind: `dropout(${rate})`,
    forward: (x, scope) =>
      scope.training && rate > 0 ? op.mul(x, dropoutMask(x, rate, scope)) : x,
  };
}

const activation = (kind: string, f: (x: Value) => Value): Layer => ({ kind, forward: f });

/** max(0, x) */
export function relu(): Layer {
  return activation("relu", op.relu);
}

/** x where x > 0, αx elsewhere; α = 0.01 as in PyTorch. */
export function leakyRelu(alpha = 0.01): Layer {
  finite("leakyRelu: alpha", alpha);
  return activation(`leakyRelu(${alpha})`, (x) => op.leakyRelu(x, alpha));
}

/** x where x > 0, α (eˣ − 1) elsewhere. */
export function elu(alpha = 1): Layer {
  finite("elu: alpha", alpha);
  return activation(`elu(${alpha})`, (x) => op.elu(x, alpha));
}

/**
 * x Φ(x), with Φ the normal distribution function: ½ x (1 + erf(x / √2)) exactly, or by PyTorch's
 * `approximate="tanh"`, which also has a float64 kernel. Source: Hendrycks & Gimpel (2016), arXiv 1606.08415.
 */
export function gelu(form: "exact" | "tanh" = "exact"): Layer {
  oneOf("gelu: form", form, ["exact", "tanh"]);
  const phi = (x: Value) =>
    form === "exact"
      ? op.erf(op.mul(x, Math.SQRT1_2))
      : op.tanh(
          op.mul(op.mul(x, op.add(op.mul(op.mul(x, x), 0.044715), 1)), Math.sqrt(2 / Math.PI)),
        );
  return activation("gelu", (x) => op.mul(op.mul(x, 0.5), op.add(phi(x), 1)));
}

/** 1 / (1 + e⁻ˣ) */
export function sigmoid(): Layer {
  return activation("sigmoid", op.sigmoid);
}

export function tanh(): Layer {
  return activation("tanh", op.tanh);
}

/** log(1 + eˣ) */
export function softplus(): Layer {
  return activation("softplus", op.softplus);
}

/** eˣ / Σ eˣ over the last axis. Losses take logits: a model for `crossEntropy` ends without it. */
export function softmax(): Layer {
  return activation("softmax", (x) => op.softmax(x));
}

/** ReLU networks: `mlp([128, 64], 10)` is dense(128) relu dense(64) relu dense(10). */
export function mlpLayers(hidden: readonly number[], outputs: number): readonly Layer[] {
  const units = list("mlpLayers: hidden", hidden, "[128, 64]");
  return [...units.flatMap((count) => [dense(count), relu()]), dense(outputs)];
}
