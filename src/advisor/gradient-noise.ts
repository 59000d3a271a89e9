/** @file The noise of mini-batch gradients at fixed parameters. */
import { generator, stream } from "../data/rng.ts";
import { range, shuffleInPlace } from "../data/sampler.ts";
import type { Engine } from "../runtime/engine.ts";
import { visitKeys } from "../train/cursor.ts";
import { dot, norm, squaredDistance, type Vector } from "./vectors.ts";

/** Noise at one point of parameter space. */
export interface NoisePoint {
  /** √(E|g − G|²) / |G| */
  readonly relativeError: number;
  /** E cos∠(g, G) */
  readonly cosine: number;
  /** |G| */
  readonly fullNorm: number;
}

/** The full gradient G at `parameters`: the mean over all `size` examples. */
export async function fullGradient(
  engine: Engine,
  parameters: Vector,
  size: number,
  seed: number,
): Promise<Vector> {
  const { gradients } = await engine.gradient(parameters, range(size), visitKeys(seed, 0, size));
  return gradients;
}

/** Mini-batches drawn at a point: more where they are small, and their gradients noisy. */
export function batchesFor(batchSize: number, size: number): number {
  if (batchSize >= size) return 1;
  return Math.max(4, Math.min(64, Math.floor(8192 / batchSize), Math.floor(size / batchSize)));
}

/**
 * Compares gradients of random mini-batches with the full gradient at the same parameters.
 * Batches are drawn without replacement, so at batch size N the error is 0 and the cosine 1.
 */
export async function gradientNoise(
  engine: Engine,
  parameters: Vector,
  full: Vector,
  at: {
    readonly batchSize: number;
    readonly size: number;
    readonly seed: number;
    readonly point: number;
  },
): Promise<NoisePoint> {
  const { batchSize, size, seed, point } = at;
  const fullNorm = norm(full);
  if (batchSize >= size) return { relativeError: 0, cosine: 1, fullNorm };
  const { integer } = generator(seed, stream.probe, point);
  const order = range(size);
  const batchesPerOrder = Math.floor(size / batchSize);
  const batches = batchesFor(batchSize, size);
  let squares = 0;
  let cosines = 0;
  for (let k = 0; k < batches; k++) {
    const place = k % batchesPerOrder;
    if (place === 0) shuffleInPlace(order, integer);
    const indices = order.slice(place * batchSize, (place + 1) * batchSize);
    const keys = visitKeys(seed, k * batchSize, batchSize);
    const { gradients } = await engine.gradient(parameters, indices, keys);
    squares += squaredDistance(gradients, full);
    cosines += dot(gradients, full) / (norm(gradients) * fullNorm || 1);
  }
  return {
    relativeError: Math.sqrt(squares / batches) / fullNorm,
    cosine: cosines / batches,
    fullNorm,
  };
}
