/**
 * @file The plane that the paths of several runs span best, and the true loss on it.
 *
 * The recorded parameters θᵢ of all runs are centred, X = (θᵢ − θ̄), and their two principal axes taken from
 * the Gram matrix X Xᵀ = V Λ Vᵀ: axis k is Xᵀ vₖ / √λₖ, the coordinates of the points are √λₖ vₖ.
 * Source: Li et al. (2018), "Visualizing the loss landscape of neural nets", section 7.2.
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { generator, stream } from "../data/rng.ts";
import { range, shuffleInPlace } from "../data/sampler.ts";
import { isStored, type Dataset, type StoredDataset } from "../data/dataset.ts";
import { mostInMemory, rowsInMemory } from "../data/sample.ts";
import type { Engine } from "../runtime/engine.ts";
import type { LossPlane, PlanePath } from "./race.ts";
import type { Trajectory } from "./trajectory.ts";
import { centredDot, combine, type Vector } from "./vectors.ts";

export interface PlaneOptions {
  readonly training: Dataset | StoredDataset;
  readonly seed: number;
  /** Points of the grid along each axis; 25 by default. */
  readonly grid?: number;
  /** Training examples the loss is computed on: all of them, or this many drawn at random, or of stored data as many as fit; 4096 by default. */
  readonly examples?: number;
}

/** Share of the extent of the paths that the grid shows around them. */
const margin = 0.15;

/** How many of the losses on the plane are computed. */
export interface PlaneProgress {
  readonly done: number;
  readonly total: number;
}

/** The loss on the plane of `trajectories`, with its progress on the way; undefined when their points do not span one. */
export async function* lossPlane(
  engine: Engine,
  trajectories: readonly (Trajectory | undefined)[],
  { training, seed, grid = 25, examples = 4096 }: PlaneOptions,
): AsyncGenerator<PlaneProgress, LossPlane | undefined> {
  const points = trajectories.flatMap((trajectory) => trajectory?.points ?? []);
  const axes = points.length < 3 ? undefined : principalAxes(points);
  if (axes === undefined) return undefined;
  const sample = await randomPart(training, examples, seed);
  const lossAt = async (at: Vector) => (await engine.evaluate(at, sample)).loss / sample.size;
  const onPlane = (a: number, b: number) =>
    combine([
      [1, axes.mean],
      [a, axes.first],
      [b, axes.second],
    ]);

  const [as, bs] = squareGrid(axes.coordinates, grid);
  const loss: (number | null)[][] = [];
  for (const b of bs) {
    const row: (number | null)[] = [];
    for (const a of as) row.push(finite(await lossAt(onPlane(a, b))));
    loss.push(row);
    yield { done: loss.length, total: grid + trajectories.length };
  }

  let start = 0;
  const paths: (PlanePath | null)[] = [];
  for (const trajectory of trajectories) {
    if (trajectory === undefined) {
      paths.push(null);
      continue;
    }
    const own = axes.coordinates.slice(start, start + trajectory.points.length);
    start += trajectory.points.length;
    const [trueLoss, planeLoss]: [number[], number[]] = [[], []];
    for (const [i, point] of trajectory.points.entries()) {
      trueLoss.push(await lossAt(point));
      planeLoss.push(await lossAt(onPlane(own[i]!.a, own[i]!.b)));
    }
    paths.push({
      updates: trajectory.updates,
      a: own.map(({ a }) => a),
      b: own.map(({ b }) => b),
      loss: trueLoss,
      planeLoss,
      distance: own.map(({ distance }) => distance),
    });
    yield { done: grid + paths.length, total: grid + trajectories.length };
  }
  return {
    explained: axes.explained,
    a: as,
    b: bs,
    loss,
    examples: sample.size,
    allExamples: sample.size === training.size,
    gap: rmsLogGap(paths),
    paths,
  };
}

interface PlanePoint {
  readonly a: number;
  readonly b: number;
  /** Distance from the plane. */
  readonly distance: number;
}

interface Axes {
  readonly mean: Vector;
  readonly first: Vector;
  readonly second: Vector;
  readonly explained: readonly [number, number];
  readonly coordinates: readonly PlanePoint[];
}

/** Mean, two principal axes of unit length and the coordinates of `points`; undefined when they lie on a line. */
export function principalAxes(points: readonly Vector[]): Axes | undefined {
  const mean = combine(points.map((point) => [1 / points.length, point]));
  const gram = Matrix.zeros(points.length, points.length);
  for (let i = 0; i < points.length; i++)
    for (let j = 0; j <= i; j++) {
      const product = centredDot(points[i]!, points[j]!, mean);
      gram.set(i, j, product);
      gram.set(j, i, product);
    }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, k) => k)
    .sort((p, q) => realEigenvalues[q]! - realEigenvalues[p]!);
  const total = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const axis = (k: number) => {
    const lambda = realEigenvalues[order[k]!]!;
    const v = eigenvectorMatrix.getColumn(order[k]!);
    return { lambda, v, scale: Math.sqrt(Math.max(lambda, 0)) };
  };
  const [p, q] = [axis(0), axis(1)];
  if (!(q.lambda > total * 1e-12)) return undefined;
  // Xᵀ v = Σ vᵢ (θᵢ − θ̄) = Σ vᵢ θᵢ, as Σ vᵢ = 0: centred copies of all points are not needed.
  const direction = ({ v, scale }: typeof p) =>
    combine(points.map((point, i) => [v[i]! / scale, point]));
  return {
    mean,
    first: direction(p),
    second: direction(q),
    explained: [p.lambda / total, q.lambda / total],
    coordinates: points.map((_, i) => {
      const [a, b] = [p.v[i]! * p.scale, q.v[i]! * q.scale];
      return { a, b, distance: Math.sqrt(Math.max(0, gram.get(i, i) - a * a - b * b)) };
    }),
  };
}

/** Coordinates of a grid that holds all points with a margin around them. */
function squareGrid(points: readonly PlanePoint[], count: number): readonly [number[], number[]] {
  const spread = (values: readonly number[]) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const pad = margin * (high - low || 1);
    return Array.from(
      { length: count },
      (_, i) => low - pad + ((high - low + 2 * pad) * i) / (count - 1),
    );
  };
  return [spread(points.map(({ a }) => a)), spread(points.map(({ b }) => b))];
}

async function randomPart(
  data: Dataset | StoredDataset,
  examples: number,
  seed: number,
): Promise<Dataset> {
  const most = Math.min(examples, mostInMemory(data));
  if (data.size <= most) return isStored(data) ? rowsInMemory(data, range(data.size)) : data;
  const order = shuffleInPlace(range(data.size), generator(seed, stream.plot).integer);
  return rowsInMemory(data, order.subarray(0, most));
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** √ mean (log₁₀ true − log₁₀ plane)² */
function rmsLogGap(paths: readonly (PlanePath | null)[]): number {
  const squares = paths.flatMap((path) =>
    (path?.loss ?? []).map((loss, i) => Math.log10(loss / path!.planeLoss[i]!) ** 2),
  );
  const usable = squares.filter(Number.isFinite);
  return Math.sqrt(usable.reduce((sum, square) => sum + square, 0) / usable.length);
}
