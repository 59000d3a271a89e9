/** @file Gradient clipping, on the values of the graph. */
import { positive } from "../errors.ts";
import { add, div, max, min, mul, reduceSumSquare, sqrt } from "../graph/ops.ts";
import type { Value } from "../graph/value.ts";

/**
 * Gradients scaled together so that their common norm is at most `maxNorm`:
 *
 *     norm = √(Σ over all gradients of Σ g²),   g ← g · min(1, maxNorm / (norm + 10⁻⁶))
 *
 * The direction stays. PyTorch's `clip_grad_norm_`; TensorFlow's `clip_by_global_norm` adds no 10⁻⁶.
 *
 * Source: Pascanu, Mikolov, Bengio (2013), "On the difficulty of training recurrent neural networks", algorithm 1.
 * @returns the scaled gradients, and the norm before
 * @throws InputError when maxNorm is not positive
 */
export function clipByNorm(
  gradients: readonly Value[],
  maxNorm: number,
): { readonly gradients: readonly Value[]; readonly norm: Value } {
  positive("clipNorm", maxNorm);
  const norm = sqrt(gradients.map((gradient) => reduceSumSquare(gradient)).reduce(add));
  const scale = min(div(maxNorm, add(norm, 1e-6)), 1);
  return { gradients: gradients.map((gradient) => mul(gradient, scale)), norm };
}

/**
 * Each element of the gradients cut to [−value, value]; the direction changes. PyTorch's `clip_grad_value_`.
 *
 * @throws InputError when value is not positive
 */
export function clipByValue(gradients: readonly Value[], value: number): readonly Value[] {
  positive("clipValue", value);
  return gradients.map((gradient) => max(min(gradient, value), -value));
}
