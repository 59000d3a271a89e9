/** @file Noise in closed form, for losses whose gradients and Hessians can be written down, and measuring it many times. */
import type { Instrument } from "../../src/advisor/noise/instrument.ts";
import { measurePoint, type PointRequest } from "../../src/advisor/noise/point.ts";
import { sequential, type Dataset, type Model, type NoiseMeasurement } from "../../src/index.ts";
import { constant, initializers, ops, tensor, type Layer } from "../../src/index.ts";

type Row = readonly number[];

/** What noise is, in numbers. */
export interface NoiseTruth {
  readonly trace: number;
  readonly gradientSquared: number;
  readonly simpleNoiseScale: number;
  readonly curvatureTrace: number;
  readonly alongGradient: number;
  readonly noiseScale: number;
  /** ε_opt(32) */
  readonly learningRate: number;
}

const dot = (a: Row, b: Row) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const times = (m: readonly Row[], v: Row) => m.map((row) => dot(row, v));
const meanRow = (rows: readonly Row[]) =>
  rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]! / rows.length, 0));

/** From the gradient of every example and the Hessian of the mean loss. */
export function noiseTruth(gradients: readonly Row[], hessian: readonly Row[]): NoiseTruth {
  const full = meanRow(gradients);
  const deviations = gradients.map((g) => g.map((value, j) => value - full[j]!));
  const mean = (of: (d: Row) => number) =>
    deviations.reduce((sum, d) => sum + of(d) / deviations.length, 0);
  const trace = mean((d) => dot(d, d));
  const gradientSquared = dot(full, full);
  const curvatureTrace = mean((d) => dot(d, times(hessian, d)));
  const alongGradient = dot(full, times(hessian, full));
  return {
    trace,
    gradientSquared,
    simpleNoiseScale: trace / gradientSquared,
    curvatureTrace,
    alongGradient,
    noiseScale: curvatureTrace / alongGradient,
    learningRate: gradientSquared / alongGradient / (1 + curvatureTrace / alongGradient / 32),
  };
}

/** Linear regression with squared errors at (w, b): gᵢ = 2 rᵢ (xᵢ, 1), H = 2/N Σ (xᵢ, 1)(xᵢ, 1)ᵀ. */
export function linearTruth({ x, y, size }: Dataset, parameters: Row): NoiseTruth {
  const features = x.shape[0]!;
  const rows = Array.from({ length: size }, (_, i) => [
    ...x.data.subarray(i * features, (i + 1) * features),
    1,
  ]);
  const gradients = rows.map((row, i) => {
    const residual = dot(row, parameters) - y.data[i]!;
    return row.map((value) => 2 * residual * value);
  });
  const hessian = parameters.map((_, j) =>
    meanRow(rows.map((row) => row.map((value) => 2 * row[j]! * value))),
  );
  return noiseTruth(gradients, hessian);
}

/** The output s ∘ (x − θ) for examples x [d]: with squared errors against 0 a quadratic of Hessian diag(2 s² / d). */
export function quadraticModel(scales: Row): Model {
  const layer: Layer = {
    kind: "quadratic",
    forward: (x, scope) => {
      const fans = { fanIn: 1, fanOut: 1 };
      const theta = scope.parameter("theta", [scales.length], initializers.zeros(), fans);
      return ops.mul(ops.sub(x, theta), constant(tensor("float64", [scales.length], scales)));
    },
  };
  return sequential([layer]);
}

/** The noise of {@link quadraticModel}: gᵢ = −2/d s² ∘ (xᵢ − θ). */
export function quadraticTruth({ x, size }: Dataset, scales: Row, theta: Row): NoiseTruth {
  const d = scales.length;
  const gradients = Array.from({ length: size }, (_, i) =>
    scales.map((s, j) => (-2 / d) * s * s * (x.data[i * d + j]! - theta[j]!)),
  );
  const hessian = scales.map((s, j) => scales.map((_, k) => (j === k ? (2 / d) * s * s : 0)));
  return noiseTruth(gradients, hessian);
}

/** One measurement at one point. */
export async function measureAt(
  instrument: Instrument,
  request: Partial<PointRequest> & Pick<PointRequest, "parameters" | "examples" | "batches">,
): Promise<NoiseMeasurement> {
  const work = measurePoint(instrument, {
    ...{ curvature: true, perExample: instrument.cheapNorms, top: 0, seed: 1, point: 0 },
    ...{ seconds: Infinity, signal: undefined },
    ...request,
  });
  let step = await work.next();
  while (step.done !== true) step = await work.next();
  return step.value;
}
