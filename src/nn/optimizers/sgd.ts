/** @file Gradient descent, with momentum. */
import { flag, fraction, InputError } from "../../errors.ts";
import { add, mul, sub } from "../../graph/ops.ts";
import type { AnyOptimizer } from "../optimizer.ts";
import { decayed, described, given, optimizer, type CommonOptions } from "./common.ts";

export interface SgdOptions extends CommonOptions {
  /** μ, in [0, 1). Default 0. */
  readonly momentum?: number;
  /** Nesterov's form of momentum. Default false. */
  readonly nesterov?: boolean;
  /** τ: the velocity takes (1 − τ) g. Default 0. */
  readonly dampening?: number;
}

/**
 * Gradient descent: `batchSize` decides whether it is stochastic, mini-batch or full-batch.
 *
 *     g ← g + λ p                    λ `weightDecay`
 *     v ← μ v + (1 − τ) g            μ `momentum`, τ `dampening`; v = g at the first update
 *     p ← p − α v                    α `learningRate`
 *     p ← p − α (g + μ v)            in its place with `nesterov`
 *
 * Without momentum p ← p − α g, and there is no state. Defaults: learningRate 0.01, all else 0 or false.
 *
 * PyTorch's definition. Others differ: momentum as an average, v ← μ v + (1 − μ) g, learns 1 / (1 − μ) times
 * slower at the same rate (dampening = μ gives it, but for the first update); Sutskever et al. (2013) and
 * Keras keep α inside v, which differs where α changes; scikit-learn's Nesterov form is the same for a constant α.
 *
 * Source: Polyak (1964); Nesterov (1983); Sutskever, Martens, Dahl, Hinton (2013), "On the importance of
 * initialization and momentum in deep learning".
 * @throws InputError for options out of range; `nesterov` needs a momentum and no dampening
 * @example sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true })
 */
export function sgd(options: SgdOptions = {}): AnyOptimizer {
  const { learningRate: rate = 0.01, momentum = 0, nesterov = false } = given("sgd", options);
  const { dampening = 0, weightDecay = 0 } = options;
  const damped = momentum !== 0 && dampening !== 0;
  fraction("momentum", momentum);
  fraction("dampening", dampening);
  if (flag("nesterov", nesterov)) requireNesterov(momentum, dampening);

  return optimizer<"velocity", "learningRate" | "gain">({
    ...described("sgd", options, rate, { momentum, nesterov, dampening, weightDecay }),
    linear: momentum === 0 && weightDecay === 0,
    slots: momentum === 0 ? {} : { velocity: 0 },
    coefficients: ({ update, learningRate }) =>
      damped ? { learningRate, gain: update === 1 ? 1 : 1 - dampening } : { learningRate },
    update: ({ parameter, gradient, slots, coefficients: { learningRate, gain } }) => {
      const g = decayed(gradient, parameter, weightDecay);
      if (momentum === 0) return { parameter: sub(parameter, mul(learningRate, g)), slots: {} };
      const velocity = add(mul(slots.velocity, momentum), damped ? mul(gain, g) : g);
      const direction = nesterov ? add(g, mul(velocity, momentum)) : velocity;
      return { parameter: sub(parameter, mul(learningRate, direction)), slots: { velocity } };
    },
  });
}

function requireNesterov(momentum: number, dampening: number): void {
  if (momentum === 0 || dampening !== 0)
    throw new InputError(
      `nesterov needs a momentum above 0 and dampening 0, got momentum ${momentum} and dampening ${dampening}`,
    );
}
