/** @file Adagrad. */
import { nonNegative } from "../../errors.ts";
import { add, div, mul, sqrt, sub } from "../../graph/ops.ts";
import type { AnyOptimizer } from "../optimizer.ts";
import { decayed, described, given, optimizer, type CommonOptions } from "./common.ts";

export interface AdagradOptions extends CommonOptions {
  /** κ: the rate at update t is α / (1 + (t − 1) κ). Default 0. */
  readonly learningRateDecay?: number;
  /** What the sum of squares starts from. Default 0. */
  readonly initialAccumulator?: number;
  /** ε, beside the square root. Default 1e-10. */
  readonly epsilon?: number;
}

/**
 * Adagrad: the gradient of every element divided by the root of the sum of its squares so far.
 *
 *     g ← g + λ p                              λ `weightDecay`
 *     s ← s + g²                               s starts from `initialAccumulator`
 *     p ← p − α / (1 + (t − 1) κ) · g / (√s + ε)
 *
 * α `learningRate`, κ `learningRateDecay`, ε `epsilon`, t the number of the update, from 1.
 * Defaults: learningRate 0.01, epsilon 1e-10, all else 0.
 *
 * PyTorch's definition, and ONNX's. TensorFlow.js and Keras start s from 0.1; Keras has ε inside the root.
 *
 * Source: Duchi, Hazan, Singer (2011), "Adaptive subgradient methods for online learning and stochastic optimization".
 * @throws InputError for options out of range
 * @example adagrad({ learningRate: 0.1 })
 */
export function adagrad(options: AdagradOptions = {}): AnyOptimizer {
  const {
    learningRate: rate = 0.01,
    learningRateDecay = 0,
    initialAccumulator = 0,
  } = given("adagrad", options);
  const { epsilon = 1e-10, weightDecay = 0 } = options;
  nonNegative("learningRateDecay", learningRateDecay);
  nonNegative("initialAccumulator", initialAccumulator);
  nonNegative("epsilon", epsilon);

  return optimizer<"s", "learningRate">({
    ...described("adagrad", options, rate, {
      learningRateDecay,
      initialAccumulator,
      epsilon,
      weightDecay,
    }),
    slots: { s: initialAccumulator },
    coefficients: ({ update, learningRate }) => ({
      learningRate: learningRate / (1 + (update - 1) * learningRateDecay),
    }),
    update: ({ parameter, gradient, slots, coefficients: { learningRate } }) => {
      const g = decayed(gradient, parameter, weightDecay);
      const s = add(slots.s, mul(g, g));
      return {
        parameter: sub(parameter, mul(learningRate, div(g, add(sqrt(s), epsilon)))),
        slots: { s },
      };
    },
  });
}
