/** @file Adam and its relatives: AMSGrad, AdamW. */
import { flag, fraction, nonNegative } from "../../errors.ts";
import { add, div, max, mul, sqrt, sub } from "../../graph/ops.ts";
import type { AnyOptimizer } from "../optimizer.ts";
import { averaged, decayed, described, given, optimizer, type CommonOptions } from "./common.ts";

export interface AdamOptions extends CommonOptions {
  /** β₁: memory of the mean of the gradient, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** β₂: memory of the mean of its square, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** ε, beside the square root. Default 1e-8. */
  readonly epsilon?: number;
  /** Divide by the largest v so far. Default false. */
  readonly amsgrad?: boolean;
  /** Undo the bias of m and v towards their start at 0. Default true. */
  readonly biasCorrection?: boolean;
}

/**
 * Adam: the step of every element is scaled by the size of its own gradient.
 *
 *     g ← g + λ p                                λ `weightDecay`
 *     m ← β₁ m + (1 − β₁) g                      β₁ `beta1`
 *     v ← β₂ v + (1 − β₂) g²                     β₂ `beta2`
 *     m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)     t: number of the update, from 1
 *     p ← p − α m̂ / (√v̂ + ε)                     α `learningRate`, ε `epsilon`
 *
 * With `amsgrad` v̂ comes from the largest v so far ({@link amsgrad}); without `biasCorrection` m̂ = m and v̂ = v.
 * Defaults: learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8, weightDecay 0.
 *
 * PyTorch's definition: ε outside the root, after the correction. Keras (with 1e-7), scikit-learn and ONNX add ε
 * before the correction, √v + ε, as the short form at the end of section 2 of the paper does; ONNX corrects
 * no bias at its update 0. The weight decay is L2, inside the gradient; {@link adamW} decouples it.
 *
 * Source: Kingma, Ba (2015), "Adam: a method for stochastic optimization", algorithm 1.
 * @throws InputError for options out of range
 * @example adam({ learningRate: 0.01 })
 */
export function adam(options: AdamOptions = {}): AnyOptimizer {
  return adamRule("adam", options);
}

/**
 * Adam that divides by the largest v so far, so that no step size ever grows: `adam({ amsgrad: true })`.
 *
 *     vMax ← max(vMax, v),   p ← p − α m̂ / (√(vMax / (1 − β₂ᵗ)) + ε)
 *
 * PyTorch corrects the bias of the maximum; the paper's algorithm corrects none.
 *
 * Source: Reddi, Kale, Kumar (2018), "On the convergence of Adam and beyond", algorithm 2.
 */
export function amsgrad(options: Omit<AdamOptions, "amsgrad"> = {}): AnyOptimizer {
  return adamRule("amsgrad", { ...given("amsgrad", options), amsgrad: true });
}

/**
 * Adam with decoupled weight decay: p ← (1 − α λ) p before the update of {@link adam}, whose gradient stays as it is.
 * λ is `weightDecay`, 0.01 by default; the other defaults are Adam's.
 *
 * α λ as in PyTorch; in the paper λ is scaled by the schedule's multiplier alone, not by the learning rate.
 *
 * Source: Loshchilov, Hutter (2019), "Decoupled weight decay regularization", algorithm 2.
 * @throws InputError for options out of range
 */
export function adamW(options: AdamOptions = {}): AnyOptimizer {
  const { weightDecay = 0.01 } = given("adamW", options);
  return adamRule("adamW", { ...options, weightDecay });
}

function adamRule(name: "adam" | "amsgrad" | "adamW", options: AdamOptions): AnyOptimizer {
  const {
    learningRate: rate = 1e-3,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
  } = given(name, options);
  const { weightDecay = 0, amsgrad: largest = false, biasCorrection = true } = options;
  fraction("beta1", beta1);
  fraction("beta2", beta2);
  nonNegative("epsilon", epsilon);
  flag("amsgrad", largest);
  flag("biasCorrection", biasCorrection);
  const recorded = { beta1, beta2, epsilon, weightDecay, amsgrad: largest, biasCorrection };
  const decoupled = name === "adamW" && weightDecay !== 0;

  return optimizer<"m" | "v" | "vMax", "stepSize" | "epsilon" | "keep">({
    ...described(name, options, rate, recorded),
    slots: largest ? { m: 0, v: 0, vMax: 0 } : { m: 0, v: 0 },
    // α m̂ / (√v̂ + ε) = stepSize · m / (√v + ε′), ε′ = ε √(1 − β₂ᵗ): one pass over the parameters less.
    coefficients: ({ update, learningRate }) => {
      const [correction1, correction2] = biasCorrection
        ? [1 - beta1 ** update, Math.sqrt(1 - beta2 ** update)]
        : [1, 1];
      return {
        stepSize: (learningRate * correction2) / correction1,
        epsilon: epsilon * correction2,
        ...(decoupled && { keep: 1 - learningRate * weightDecay }),
      };
    },
    update: ({ parameter, gradient, slots, coefficients: { stepSize, epsilon, keep } }) => {
      const p = decoupled ? mul(parameter, keep) : parameter;
      const g = decoupled ? gradient : decayed(gradient, parameter, weightDecay);
      const m = averaged(slots.m, g, beta1);
      const v = averaged(slots.v, mul(g, g), beta2);
      const vMax = largest ? max(slots.vMax, v) : v;
      return {
        parameter: sub(p, mul(stepSize, div(m, add(sqrt(vMax), epsilon)))),
        slots: largest ? { m, v, vMax } : { m, v },
      };
    },
  });
}
