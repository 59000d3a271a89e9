/** @file Adadelta. */
import { fraction, positive } from "../../errors.ts";
import { add, div, mul, sqrt, sub } from "../../graph/ops.ts";
import type { AnyOptimizer } from "../optimizer.ts";
import { averaged, decayed, described, given, optimizer, type CommonOptions } from "./common.ts";

export interface AdadeltaOptions extends CommonOptions {
  /** ρ: memory of both mean squares, in [0, 1). Default 0.9. */
  readonly rho?: number;
  /** ε, inside both roots; its root is the size of the first step, so it must be positive. Default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Adadelta: steps in the units of the parameter, from the ratio of two running sizes.
 *
 *     g ← g + λ p                          λ `weightDecay`
 *     s ← ρ s + (1 − ρ) g²                 ρ `rho`
 *     d = √(u + ε) / √(s + ε) · g          ε `epsilon`
 *     u ← ρ u + (1 − ρ) d²
 *     p ← p − α d                          α `learningRate`
 *
 * Defaults: learningRate 1, rho 0.9, epsilon 1e-6, weightDecay 0.
 *
 * PyTorch's definition: the paper's with α in front. TensorFlow.js divides by s from before the update, so that its first
 * steps are plain gradient descent; Keras has learningRate 0.001 and rho 0.95, a thousandth of these steps.
 *
 * Source: Zeiler (2012), "ADADELTA: an adaptive learning rate method", algorithm 1.
 * @throws InputError for options out of range
 * @example adadelta({ rho: 0.95 })
 */
export function adadelta(options: AdadeltaOptions = {}): AnyOptimizer {
  const {
    learningRate: rate = 1,
    rho = 0.9,
    epsilon = 1e-6,
    weightDecay = 0,
  } = given("adadelta", options);
  fraction("rho", rho);
  positive("epsilon", epsilon);

  return optimizer<"s" | "u", "learningRate">({
    ...described("adadelta", options, rate, { rho, epsilon, weightDecay }),
    slots: { s: 0, u: 0 },
    coefficients: ({ learningRate }) => ({ learningRate }),
    update: ({ parameter, gradient, slots, coefficients: { learningRate } }) => {
      const g = decayed(gradient, parameter, weightDecay);
      const s = averaged(slots.s, mul(g, g), rho);
      const d = mul(sqrt(div(add(slots.u, epsilon), add(s, epsilon))), g);
      const u = averaged(slots.u, mul(d, d), rho);
      return { parameter: sub(parameter, mul(learningRate, d)), slots: { s, u } };
    },
  });
}
