/** @file The noise of mini-batch gradients of one batch size, by comparing some with the full gradient: for the race. */
import { range } from "../../data/sampler.ts";
import { dot, norm, squaredDistance, type Vector } from "../vectors.ts";
import { drawGroups, type Instrument } from "./instrument.ts";

/** Noise of one batch size at one point of parameter space. */
export interface BatchNoise {
  /** √(E|g − G|²) / |G| */
  readonly relativeError: number;
  /** E cos∠(g, G) */
  readonly cosine: number;
  /** |G| */
  readonly fullNorm: number;
}

/** The full gradient G at `parameters`: the mean over all examples. */
export async function fullGradient(instrument: Instrument, parameters: Vector): Promise<Vector> {
  const { gradients } = await instrument.gradient(parameters, range(instrument.size));
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
export async function batchNoise(
  instrument: Instrument,
  parameters: Vector,
  full: Vector,
  at: { readonly batchSize: number; readonly seed: number; readonly point: number },
): Promise<BatchNoise> {
  const { size } = instrument;
  const fullNorm = norm(full);
  if (at.batchSize >= size) return { relativeError: 0, cosine: 1, fullNorm };
  const batches = batchesFor(at.batchSize, size);
  let squares = 0;
  let cosines = 0;
  for (const rows of drawBatches(size, batches, at)) {
    const { gradients } = await instrument.gradient(parameters, rows);
    squares += squaredDistance(gradients, full);
    cosines += dot(gradients, full) / (norm(gradients) * fullNorm || 1);
  }
  return {
    relativeError: Math.sqrt(squares / batches) / fullNorm,
    cosine: cosines / batches,
    fullNorm,
  };
}

/** `batches` mini-batches: as many as fit from one order of the examples, the rest from further orders. */
function drawBatches(
  size: number,
  batches: number,
  { batchSize, seed, point }: Parameters<typeof batchNoise>[3],
): readonly Int32Array[] {
  const fitting = Math.floor(size / batchSize);
  return Array.from({ length: Math.ceil(batches / fitting) }, (_, round) =>
    drawGroups(
      { size, examples: fitting * batchSize, batches: fitting },
      { seed, point, draw: "batches", round },
    ),
  )
    .flat()
    .slice(0, batches);
}
