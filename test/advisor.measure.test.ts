/** @file What the advisor measures: gradient noise against all batches there are, the plane of paths against known planes. */
import { Matrix, SVD } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { dense, sequential, tanh, tensor, type Tensor } from "../src/index.ts";
import { linear } from "../src/datasets.ts";
import { batchesFor, batchNoise, fullGradient } from "../src/advisor/noise/batch-noise.ts";
import { openInstrument } from "../src/advisor/noise/instrument.ts";
import { lossPlane, principalAxes } from "../src/advisor/loss-plane.ts";
import { thinned, type Trajectory } from "../src/advisor/trajectory.ts";
import { configure } from "../src/train/config.ts";
import { openEngine } from "../src/train/engines.ts";
import { gap } from "./support/close.ts";
import { threeClasses } from "./support/runs.ts";

const flat = (vector: readonly Tensor[]) => vector.flatMap(({ data }) => Array.from(data));
const squared = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
const minus = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - b[i]!);

/** All choices of `count` of 0 … size − 1. */
function* choices(size: number, count: number, first = 0): Generator<number[]> {
  if (count === 0) yield [];
  for (let i = first; count > 0 && i <= size - count; i++)
    for (const rest of choices(size, count - 1, i + 1)) yield [i, ...rest];
}

describe("gradient noise", async () => {
  const size = 12;
  const data = threeClasses(size);
  const model = sequential([dense(4), tanh(), dense(3)]);
  const config = configure(model, data, { dtype: "float64", engine: "loops", seed: 1 });
  const instrument = await openInstrument(config);
  const { initial } = config;
  const gradientAt = async (rows: readonly number[]) =>
    flat((await instrument.gradient(initial, Int32Array.from(rows))).gradients);
  const full = await fullGradient(instrument, initial);
  const each = await Promise.all(Array.from({ length: size }, (_, i) => gradientAt([i])));
  /** tr Σ, with Σ the covariance of the gradients of the examples. */
  const trace = each.reduce((sum, g) => sum + squared(minus(g, flat(full))) / size, 0);

  it("of all batches is E|g − G|² = tr Σ / B · (N − B) / (N − 1)", async () => {
    for (const batchSize of [1, 2, 4]) {
      const errors: number[] = [];
      for (const rows of choices(size, batchSize))
        errors.push(squared(minus(await gradientAt(rows), flat(full))));
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const formula = ((trace / batchSize) * (size - batchSize)) / (size - 1);
      expect(mean).toBeCloseTo(formula, 14);
    }
  });

  // 7 of 12 and 10 of 12: no two whole batches fit into one order.
  it.each([1, 3, 4, 7, 10])("is estimated without bias at batch size %i", async (batchSize) => {
    const expected = ((trace / batchSize) * (size - batchSize)) / (size - 1);
    const estimates: number[] = [];
    for (let point = 0; point < 100; point++) {
      const at = { batchSize, seed: 5, point };
      const { relativeError, fullNorm, cosine } = await batchNoise(instrument, initial, full, at);
      expect(fullNorm).toBeCloseTo(Math.sqrt(squared(flat(full))), 12);
      expect(Math.abs(cosine)).toBeLessThanOrEqual(1 + 1e-12);
      estimates.push((relativeError * fullNorm) ** 2);
    }
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
    const spread = Math.sqrt(squared(estimates.map((value) => value - mean))) / estimates.length;
    // five standard errors: a false alarm in about two million; all orders of batch size 1 hold all batches
    expect(Math.abs(mean - expected)).toBeLessThan(5 * spread + 1e-12);
    expect(mean).toBeGreaterThan(expected / 2);
  });

  it("is none at batch size N", async () => {
    const at = { batchSize: size, seed: 5, point: 0 };
    expect(await batchNoise(instrument, initial, full, at)).toMatchObject({
      relativeError: 0,
      cosine: 1,
    });
    expect(batchesFor(size, size)).toBe(1);
  });
});

/** A vector of two arrays, so that the arithmetic meets more than one. */
const asVector = (values: readonly number[]): Tensor[] => [
  tensor("float64", [2], values.slice(0, 2)),
  tensor("float64", [values.length - 2], values.slice(2)),
];

describe("principal axes", () => {
  it("of points on a plane explain all and leave no distance", () => {
    const [u, v] = [
      [0.6, 0, 0.8, 0, 0],
      [0, 1, 0, 0, 0],
    ];
    const coordinates = [
      [3, 0],
      [-3, 0],
      [0, 1],
      [0, -1],
    ] as const;
    const points = coordinates.map(([a, b]) =>
      asVector(u.map((value, i) => 7 + a * value + b * v[i]!)),
    );
    const axes = principalAxes(points)!;
    expect(gap(axes.explained, [0.9, 0.1])).toBeLessThan(1e-12);
    expect(gap(flat(axes.mean), [7, 7, 7, 7, 7])).toBeLessThan(1e-12);
    for (const [axis, direction] of [
      [axes.first, u],
      [axes.second, v],
    ] as const) {
      const product = flat(axis).reduce((sum, value, i) => sum + value * direction[i]!, 0);
      expect(Math.abs(product)).toBeCloseTo(1, 12);
    }
    axes.coordinates.forEach(({ a, b, distance }, i) => {
      expect(Math.abs(a)).toBeCloseTo(Math.abs(coordinates[i]![0]), 12);
      expect(Math.abs(b)).toBeCloseTo(Math.abs(coordinates[i]![1]), 12);
      expect(distance).toBeLessThan(1e-6);
    });
  });

  it("of any points are those of the singular value decomposition", () => {
    const rows = Array.from({ length: 9 }, (_, i) =>
      Array.from({ length: 6 }, (__, k) => Math.sin(1.3 * (1 + i) * (2 + k))),
    );
    const means = rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]! / 9, 0));
    const centred = new Matrix(rows.map((row) => minus(row, means)));
    const { diagonal, rightSingularVectors } = new SVD(centred);
    const total = squared(diagonal);
    const axes = principalAxes(rows.map(asVector))!;
    expect(
      gap(axes.explained, [diagonal[0]! ** 2 / total, diagonal[1]! ** 2 / total]),
    ).toBeLessThan(1e-12);
    for (const [k, axis] of [axes.first, axes.second].entries()) {
      const right = rightSingularVectors.getColumn(k);
      const product = flat(axis).reduce((sum, value, i) => sum + value * right[i]!, 0);
      expect(Math.abs(product)).toBeCloseTo(1, 12);
      expect(squared(flat(axis))).toBeCloseTo(1, 12);
    }
    axes.coordinates.forEach(({ a, b, distance }, i) => {
      const onto = rightSingularVectors.transpose().mmul(centred.getRowVector(i).transpose());
      const [first, second, ...rest] = onto.to1DArray();
      expect(gap([Math.abs(a), Math.abs(b)], [Math.abs(first!), Math.abs(second!)])).toBeLessThan(
        1e-10,
      );
      expect(distance).toBeCloseTo(Math.sqrt(squared(rest)), 10);
    });
  });

  it("are none for points on a line", () => {
    expect(principalAxes([0, 1, 5].map((t) => asVector([t, 2 * t, -t])))).toBeUndefined();
  });
});

describe("a path", () => {
  const recorded = (count: number): Trajectory => ({
    updates: Array.from({ length: count }, (_, i) => i),
    examples: Array.from({ length: count }, (_, i) => 10 * i),
    points: Array.from({ length: count }, (_, i) => asVector([i, 0, 0, 0, 0])),
  });
  const megabyte = 2 ** 20;

  it("keeps all its points where there is memory for them", () => {
    const path = recorded(24);
    expect(thinned(path, megabyte, 2)).toEqual(path);
  });

  it("keeps as many as share the memory of all paths, evenly, with both ends", () => {
    const { updates, examples, points } = thinned(recorded(47), megabyte, 2);
    expect(updates).toEqual(Array.from({ length: 24 }, (_, k) => 2 * k));
    expect(examples).toEqual(updates.map((update) => 10 * update));
    expect(points).toEqual(updates.map((update) => asVector([update, 0, 0, 0, 0])));
  });

  it("keeps twelve however large the model is", () => {
    const { updates } = thinned(recorded(100), 2 ** 30, 10);
    expect(updates).toHaveLength(12);
    expect(updates).toEqual([...new Set(updates)]);
    expect([updates[0], updates.at(-1)]).toEqual([0, 99]);
  });
});

describe("the loss on the plane", async () => {
  const { training } = await linear({ examples: 40, features: 2, seed: 2, dtype: "float64" });
  const config = configure(sequential([dense(1)]), training, { dtype: "float64", seed: 1 });
  const engine = await openEngine(config);
  const lossAt = ([w1, w2, b]: readonly number[]) =>
    Array.from({ length: training.size }, (_, i) => i).reduce((sum, i) => {
      const [x1, x2] = training.x.data.subarray(2 * i, 2 * i + 2);
      return sum + (w1! * x1! + w2! * x2! + b! - training.y.data[i]!) ** 2 / training.size;
    }, 0);
  const point = (values: readonly number[]): Tensor[] => [
    tensor("float64", [1, 2], values.slice(0, 2)),
    tensor("float64", [1], values.slice(2)),
  ];
  const path = (points: number[][]): Trajectory => ({
    updates: points.map((_, i) => i),
    examples: points.map((_, i) => 10 * i),
    points: points.map(point),
  });
  const draw = async (...trajectories: (Trajectory | undefined)[]) => {
    const work = lossPlane(engine, trajectories, { training, seed: 1, grid: 5 });
    let step = await work.next();
    while (step.done !== true) step = await work.next();
    return step.value;
  };

  it("is the loss of the model at every point of the grid and of the paths", async () => {
    const first = [
      [4, 0, 1],
      [0, 0, 1],
      [-4, 1, 1],
    ];
    const second = [
      [4, 0, 1],
      [2, 3, 1],
    ]; // all in the plane of the weights, bias 1
    const plane = (await draw(path(first), undefined, path(second)))!;
    expect(plane.explained[0] + plane.explained[1]).toBeCloseTo(1, 12);
    expect(plane.gap).toBeLessThan(1e-10);
    expect([plane.examples, plane.allExamples]).toEqual([training.size, true]);
    expect(plane.paths[1]).toBeNull();
    const axes = principalAxes([...first, ...second].map(point))!;
    plane.b.forEach((b, row) => {
      plane.a.forEach((a, column) => {
        const at = flat(axes.mean).map(
          (value, i) => value + a * flat(axes.first)[i]! + b * flat(axes.second)[i]!,
        );
        expect(plane.loss[row]![column]).toBeCloseTo(lossAt(at), 10);
      });
    });
    for (const [index, points] of [
      [0, first],
      [2, second],
    ] as const) {
      const drawn = plane.paths[index]!;
      expect(gap(drawn.loss, points.map(lossAt))).toBeLessThan(1e-12);
      expect(gap(drawn.planeLoss, points.map(lossAt))).toBeLessThan(1e-10);
      expect(Math.max(...drawn.distance)).toBeLessThan(1e-6);
      // The grid holds all points, with a margin.
      expect(Math.min(...drawn.a)).toBeGreaterThan(plane.a[0]!);
      expect(Math.max(...drawn.b)).toBeLessThan(plane.b.at(-1)!);
    }
  });

  it("is none for fewer than three points, or points on a line", async () => {
    expect(
      await draw(
        path([
          [0, 0, 0],
          [1, 1, 1],
        ]),
      ),
    ).toBeUndefined();
    expect(
      await draw(
        path([
          [0, 0, 0],
          [1, 1, 1],
          [2, 2, 2],
        ]),
      ),
    ).toBeUndefined();
  });
});
