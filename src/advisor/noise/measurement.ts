/** @file What a measurement of gradient noise yields: plain data. */
import { object, positive } from "../../errors.ts";
import { ratio, type Estimate, type Moments } from "./estimate.ts";

/**
 * Gradient noise at fixed parameters. With gᵢ the gradient of example i (of its weighted loss), G = Σ gᵢ / N (with the gradient of
 * the penalty, where there is one), Σ = Σ (gᵢ − ḡ)(gᵢ − ḡ)ᵀ / N the covariance of the gᵢ, and H the Hessian of the loss. The gradient
 * of a mini-batch of B examples drawn without replacement has the variance tr(Σ) / B · (N − B) / (N − 1).
 */
export interface NoiseMeasurement {
  /** Number of examples in the data, N. */
  readonly size: number;
  /** Examples that were looked at: G is exact when it is N, and so is Σ where the norm of every example is known. */
  readonly examples: number;
  /** Batches they came in; the intervals rest on how these differ. */
  readonly batches: number;
  /** Mean loss of the examples, without penalty. */
  readonly loss: number;
  /** tr(Σ) */
  readonly trace: Estimate;
  /** |G|²; an unbiased estimate can fall below 0 where noise drowns it. */
  readonly gradientSquared: Estimate;
  /** B_simple = tr(Σ) / |G|²: the batch size at which noise and gradient are equally long. */
  readonly simpleNoiseScale: Estimate;
  /** Null when it was not asked for, or not reached in time. */
  readonly curvature: CurvatureNoise | null;
  /** The same for each array of parameters. */
  readonly parameters: readonly ParameterNoise[];
  /** The examples with the largest gradients, largest first; empty when single examples were not looked at. */
  readonly top: readonly NoisyExample[];
  /** Means and covariance of tr(Σ), |G|² and, with curvature, tr(HΣ), GᵀHG: what all intervals are made from. */
  readonly moments: Moments;
  /** Wall-clock time, compilation included. */
  readonly seconds: number;
  /** False when time was up, or it was stopped, before all batches were measured. */
  readonly complete: boolean;
}

/** Noise weighted by curvature. */
export interface CurvatureNoise {
  /** tr(HΣ) */
  readonly trace: Estimate;
  /** GᵀHG */
  readonly alongGradient: Estimate;
  /** B_noise = tr(HΣ) / GᵀHG: the batch size at which noise costs as much of a step as the curvature along the gradient. */
  readonly noiseScale: Estimate;
  /** |G|² / GᵀHG: the learning rate of the best step along the full gradient. */
  readonly learningRate: Estimate;
}

/** Noise in one array of parameters. */
export interface ParameterNoise {
  /** `0.weight` */
  readonly name: string;
  readonly trace: Estimate;
  readonly gradientSquared: Estimate;
  readonly simpleNoiseScale: Estimate;
}

/** One example that makes noise. */
export interface NoisyExample {
  /** Row in the data. */
  readonly index: number;
  /** |gᵢ|² */
  readonly squaredNorm: number;
  /** |gᵢ|² / Σ |gⱼ|² over the examples that were looked at. */
  readonly share: number;
}

/**
 * The learning rate that lowers the loss most in one step of batch size B, from a measurement with curvature:
 *
 *     ε_opt(B) = |G|² / (GᵀHG + tr(HΣ) / B) = (|G|² / GᵀHG) / (1 + B_noise / B)
 *
 * Plain gradient descent, in the same units as the learning rate of `sgd`. Null without curvature.
 *
 * Source: McCandlish et al. (2018), arXiv 1812.06162, section 2.2, equations 2.7 and 2.8.
 * @throws InputError when `batchSize` is not a positive number
 * @example optimalLearningRate(await measureNoise(model, data).result, 64)?.value
 */
export function optimalLearningRate(
  measurement: Pick<NoiseMeasurement, "moments" | "curvature">,
  batchSize: number,
): Estimate | null {
  const { moments, curvature } = object("measurement", measurement, measured);
  object("moments", moments, "those of measureNoise");
  positive("batchSize", batchSize);
  return curvature === null ? null : ratio(moments, [0, 1, 0, 0], [0, 0, 1 / batchSize, 1]);
}

/**
 * Relative error of a mini-batch gradient, √(E|g − G|²) / |G| = √(B_simple / B · (N − B) / (N − 1)), for batches drawn without
 * replacement: 0 at the full batch.
 *
 * @throws InputError when `batchSize` is not a positive number
 */
export function relativeGradientError(
  measurement: Pick<NoiseMeasurement, "simpleNoiseScale" | "size">,
  batchSize: number,
): number {
  const { simpleNoiseScale, size } = object("measurement", measurement, measured);
  object("simpleNoiseScale", simpleNoiseScale, "that of measureNoise");
  positive("batchSize", batchSize);
  const remaining = Math.max(0, size - batchSize) / Math.max(1, size - 1);
  return Math.sqrt((simpleNoiseScale.value / batchSize) * remaining);
}

const measured = "what measureNoise returned";
