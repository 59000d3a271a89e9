/** @file How the learning rate follows the batch size. */
import { nonNegative, object, oneOf, positive } from "../../errors.ts";

/** Rules for the learning rate at another batch size. */
export const rateRules = ["noise", "adaScale", "squareRoot", "linear", "none"] as const;
export type RateRule = (typeof rateRules)[number];

/** Noise scales, as far as a rule needs them. */
export interface NoiseScales {
  /** B_noise = tr(HΣ) / GᵀHG, for `"noise"`. */
  readonly noiseScale?: number;
  /** B_simple = tr(Σ) / |G|², for `"adaScale"`. */
  readonly simpleNoiseScale?: number;
}

/**
 * The learning rate at batch size `to` as a multiple of that at `from`:
 *
 *     "noise"        (1 + b / B) / (1 + b / B′)   with b = B_noise: the best step of plain gradient descent
 *     "adaScale"     the same with b = B_simple: AdaScale's gain (σ² + μ²) / (σ² B / B′ + μ²), σ² = tr(Σ) / B, μ² = |G|²
 *     "squareRoot"   √(B′ / B)                    keeps the variance of a step; the custom with Adam
 *     "linear"       B′ / B                       keeps the distance gone in an epoch
 *     "none"         1
 *
 * Sources: McCandlish et al. (2018), arXiv 1812.06162, equation 2.6; Johnson et al. (2020), "AdaScale SGD", ICML, section 3; Krizhevsky
 * (2014), arXiv 1404.5997, section 5; Goyal et al. (2017), arXiv 1706.02677, section 2.1.
 * @throws InputError for batch sizes that are not positive, a rule that does not exist, and a noise scale that the rule needs and does not have
 * @example scaleLearningRate("linear", 32, 128) // 4
 */
export function scaleLearningRate(
  rule: RateRule,
  from: number,
  to: number,
  scales: NoiseScales = {},
): number {
  const { noiseScale, simpleNoiseScale } = object("noise scales", scales);
  positive("from", from);
  positive("to", to);
  switch (oneOf("rule", rule, rateRules)) {
    case "noise":
      return gain(nonNegative("noiseScale", noiseScale ?? NaN), from, to);
    case "adaScale":
      return gain(nonNegative("simpleNoiseScale", simpleNoiseScale ?? NaN), from, to);
    case "squareRoot":
      return Math.sqrt(to / from);
    case "linear":
      return to / from;
    case "none":
      return 1;
  }
}

/** (1 + b / B) / (1 + b / B′) */
const gain = (b: number, from: number, to: number): number => (1 + b / from) / (1 + b / to);
