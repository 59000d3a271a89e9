/** @file Gradient noise at one point of parameter space. */
import { InputError } from "../../errors.ts";
import { meanOf } from "../statistics.ts";
import { addMultiple, combine, dot, type Vector } from "../vectors.ts";
import { combination, momentsOf, ratio, type Moments } from "./estimate.ts";
import { drawGroups, type Instrument } from "./instrument.ts";
import type {
  CurvatureNoise,
  NoiseMeasurement,
  NoisyExample,
  ParameterNoise,
} from "./measurement.ts";
import {
  curvatureColumns,
  gradientColumns,
  type Draw,
  type GradientColumns,
} from "./pseudo-values.ts";

/** What is to be measured at a point. */
export interface PointRequest {
  readonly parameters: Vector;
  /** Examples to look at, 2 … N. */
  readonly examples: number;
  /** Batches to cut them into, 2 … `examples`. */
  readonly batches: number;
  readonly curvature: boolean;
  /** Whether the norm of each example is measured. */
  readonly perExample: boolean;
  /** Noisiest examples to list. */
  readonly top: number;
  /** Random draws are a pure function of seed and point. */
  readonly seed: number;
  readonly point: number;
  /** About how long it may take. */
  readonly seconds: number;
  readonly signal: AbortSignal | undefined;
}

/** How far a measurement is. */
export interface PointProgress {
  readonly stage: "gradients" | "curvature";
  /** Batches of this stage. */
  readonly done: number;
  readonly total: number;
}

/** Part of the time that gradients and norms take when curvature follows: it needs two products a batch. */
const gradientShare = 0.3;

/** Measures noise at `request.parameters`. Rejects with the reason of the signal when it is stopped before two batches are done. */
export async function* measurePoint(
  instrument: Instrument,
  request: PointRequest,
): AsyncGenerator<PointProgress, NoiseMeasurement> {
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const limit = request.seconds * (request.curvature ? gradientShare : 1);
  const sample = yield* sampleGradients(instrument, request, () => elapsed() >= limit);
  const { draw, gradients, mean } = sample;
  const penalty = instrument.penalty(request.parameters);
  const aim =
    penalty === undefined
      ? mean
      : combine([
          [1, mean],
          [1, penalty],
        ]);
  const columns = instrument.names.map((_, p) => {
    const part = [mean[p]!];
    return gradientColumns(draw, {
      gradients: gradients.map((g) => [g[p]!]),
      mean: part,
      aim: aim === mean ? part : [aim[p]!],
      squaredNorms: sample.norms?.map((norms) => norms[p]!),
    });
  });
  const total = addColumns(columns);
  const curvature = request.curvature
    ? yield* sampleCurvature(instrument, request, sample, aim)
    : undefined;
  const moments = momentsOf([
    total.trace,
    total.gradientSquared,
    ...(curvature === undefined ? [] : [curvature.trace, curvature.alongGradient]),
  ]);
  const examples = draw.counts.reduce((sum, count) => sum + count, 0);
  return {
    size: draw.size,
    examples,
    batches: draw.counts.length,
    loss: sample.loss,
    trace: combination(moments, [1, 0, 0, 0]),
    gradientSquared: combination(moments, [0, 1, 0, 0]),
    simpleNoiseScale: ratio(moments, [1, 0, 0, 0], [0, 1, 0, 0]),
    curvature: curvature === undefined ? null : curvatureNoise(moments),
    parameters: columns.map((own, p) => parameterNoise(instrument.names[p]!, own)),
    top: sample.top,
    moments,
    seconds: elapsed(),
    complete: examples === request.examples && (curvature !== undefined || !request.curvature),
  };
}

/** The gradients of the batches that were drawn. */
interface GradientSample {
  readonly draw: Draw;
  readonly gradients: readonly Vector[];
  readonly mean: Vector;
  readonly loss: number;
  /** For each batch and parameter, the mean of the squared norms of its examples. */
  readonly norms: readonly (readonly number[])[] | undefined;
  readonly top: readonly NoisyExample[];
}

async function* sampleGradients(
  instrument: Instrument,
  request: PointRequest,
  late: () => boolean,
): AsyncGenerator<PointProgress, GradientSample> {
  const { parameters, perExample, signal } = request;
  const { size } = instrument;
  const groups = drawGroups({ size, ...request }, { ...request, draw: "gradients" });
  const gradients: Vector[] = [];
  const losses: number[] = [];
  const norms: (readonly Float64Array[])[] = [];
  for (const rows of groups) {
    if (gradients.length >= 2 && (late() || signal?.aborted === true)) break;
    signal?.throwIfAborted();
    const { gradients: own, loss } = await instrument.gradient(parameters, rows);
    if (perExample) norms.push(await instrument.squaredNorms(parameters, rows));
    gradients.push(own);
    losses.push(loss);
    yield { stage: "gradients", done: gradients.length, total: groups.length };
  }
  const seen = groups.slice(0, gradients.length);
  const counts = seen.map(({ length }) => length);
  const n = counts.reduce((sum, count) => sum + count, 0);
  const loss = losses.reduce((sum, value, k) => sum + (counts[k]! / n) * value, 0);
  if (!Number.isFinite(loss))
    throw new InputError(
      `noise cannot be measured where the loss is ${loss}: give parameters at which it is finite`,
    );
  return {
    draw: { size, counts },
    gradients,
    mean: combine(gradients.map((g, k) => [counts[k]! / n, g])),
    loss,
    norms: perExample ? norms.map((parts) => parts.map(meanOf)) : undefined,
    top: perExample ? noisiest(seen, norms, request.top) : [],
  };
}

/** Curvature along and across the gradients, on rows drawn for it alone; undefined when it is stopped on the way. */
async function* sampleCurvature(
  instrument: Instrument,
  { parameters, seed, point, signal }: PointRequest,
  { draw, gradients, mean }: GradientSample,
  aim: Vector,
): AsyncGenerator<PointProgress, ReturnType<typeof curvatureColumns> | undefined> {
  const batches = draw.counts.length;
  const examples = draw.counts.reduce((sum, count) => sum + count, 0);
  const groups = drawGroups(
    { size: draw.size, examples, batches },
    { seed, point, draw: "curvature" },
  );
  const [acrossBatches, alongMean]: [number[], number[]] = [[], []];
  const product = combine([[0, mean]]);
  for (const [k, rows] of groups.entries()) {
    if (signal?.aborted === true) return undefined;
    const across = combine([
      [1, gradients[k]!],
      [-1, mean],
    ]);
    acrossBatches.push(dot(across, await instrument.hessianProduct(parameters, across, rows)));
    const along = await instrument.hessianProduct(parameters, aim, rows);
    alongMean.push(dot(aim, along));
    addMultiple(product, rows.length / examples, along);
    yield { stage: "curvature", done: k + 1, total: groups.length };
  }
  const slopes = gradients.map((g) => dot(g, product));
  return curvatureColumns(draw, { acrossBatches, alongMean, slopes });
}

function curvatureNoise(moments: Moments): CurvatureNoise {
  return {
    trace: combination(moments, [0, 0, 1, 0]),
    alongGradient: combination(moments, [0, 0, 0, 1]),
    noiseScale: ratio(moments, [0, 0, 1, 0], [0, 0, 0, 1]),
    learningRate: ratio(moments, [0, 1, 0, 0], [0, 0, 0, 1]),
  };
}

function parameterNoise(name: string, columns: GradientColumns): ParameterNoise {
  const moments = momentsOf([columns.trace, columns.gradientSquared]);
  return {
    name,
    trace: combination(moments, [1, 0]),
    gradientSquared: combination(moments, [0, 1]),
    simpleNoiseScale: ratio(moments, [1, 0], [0, 1]),
  };
}

function addColumns(parts: readonly GradientColumns[]): GradientColumns {
  const added = (key: keyof GradientColumns) =>
    parts
      .map((part) => part[key])
      .reduce((sum, column) => sum.map((value, k) => value + column[k]!));
  return { trace: added("trace"), gradientSquared: added("gradientSquared") };
}

/** The examples with the largest gradients, over all parameters. */
function noisiest(
  groups: readonly Int32Array[],
  norms: readonly (readonly Float64Array[])[],
  count: number,
): readonly NoisyExample[] {
  const all = groups.flatMap((rows, k) =>
    Array.from(rows, (index, i) => ({
      index,
      squaredNorm: norms[k]!.reduce((sum, part) => sum + part[i]!, 0),
    })),
  );
  const total = all.reduce((sum, { squaredNorm }) => sum + squaredNorm, 0);
  return all
    .sort((a, b) => b.squaredNorm - a.squaredNorm)
    .slice(0, count)
    .map((example) => ({ ...example, share: example.squaredNorm / total }));
}
