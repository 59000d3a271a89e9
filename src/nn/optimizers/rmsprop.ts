/** @file RMSprop. */
import { flag, fraction, nonNegative } from "../../errors.ts";
import { add, div, mul, relu, sqrt, sub } from "../../graph/ops.ts";
import type { AnyOptimizer } from "../optimizer.ts";
import { averaged, decayed, described, given, optimizer, type CommonOptions } from "./common.ts";

export interface RmspropOptions extends CommonOptions {
  /** ρ: memory of the mean square of the gradient, in [0, 1). Default 0.99. */
  readonly alpha?: number;
  /** ε, beside the square root. Default 1e-8. */
  readonly epsilon?: number;
  /** μ, in [0, 1). Default 0. */
  readonly momentum?: number;
  /** Divide by the standard deviation of the gradient in place of its root mean square. Default false. */
  readonly centered?: boolean;
}

/**
 * RMSprop: the gradient of every element divided by its own running size.
 *
 *     g ← g + λ p                       λ `weightDecay`
 *     s ← ρ s + (1 − ρ) g²              ρ `alpha`
 *     a ← ρ a + (1 − ρ) g               with `centered` only; a = 0 otherwise
 *     d = g / (√(s − a²) + ε)           ε `epsilon`
 *     v ← μ v + d,  p ← p − α v         μ `momentum`; v = d without it
 *
 * Defaults: learningRate 0.01, alpha 0.99, epsilon 1e-8, all else 0 or false.
 *
 * PyTorch's definition: ε outside the root. TensorFlow.js and Keras have it inside, √(s − a² + ε), keep the
 * learning rate inside v, and forget faster (0.9). s − a² is at least 0; what rounding puts below is cut off.
 *
 * Source: Tieleman, Hinton (2012), "Neural networks for machine learning", lecture 6.5; centred: Graves (2013),
 * "Generating sequences with recurrent neural networks", eq. 38–45.
 * @throws InputError for options out of range
 * @example rmsprop({ learningRate: 0.001, alpha: 0.9 })
 */
export function rmsprop(options: RmspropOptions = {}): AnyOptimizer {
  const { learningRate: rate = 0.01, alpha = 0.99, epsilon = 1e-8 } = given("rmsprop", options);
  const { momentum = 0, centered = false, weightDecay = 0 } = options;
  fraction("alpha", alpha);
  nonNegative("epsilon", epsilon);
  fraction("momentum", momentum);
  flag("centered", centered);

  return optimizer<"s" | "a" | "v", "learningRate">({
    ...described("rmsprop", options, rate, { alpha, epsilon, momentum, centered, weightDecay }),
    slots: { s: 0, ...(centered && { a: 0 }), ...(momentum !== 0 && { v: 0 }) },
    coefficients: ({ learningRate }) => ({ learningRate }),
    update: ({ parameter, gradient, slots, coefficients: { learningRate } }) => {
      const g = decayed(gradient, parameter, weightDecay);
      const s = averaged(slots.s, mul(g, g), alpha);
      const a = centered ? averaged(slots.a, g, alpha) : undefined;
      const spread = a === undefined ? s : relu(sub(s, mul(a, a)));
      const d = div(g, add(sqrt(spread), epsilon));
      const v = momentum === 0 ? d : add(mul(slots.v, momentum), d);
      return {
        parameter: sub(parameter, mul(learningRate, v)),
        slots: { s, ...(a && { a }), ...(momentum !== 0 && { v }) },
      };
    },
  });
}
