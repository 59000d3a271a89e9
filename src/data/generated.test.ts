import { describe, expect, it } from "vitest";
import { fixture, type SklearnData } from "../../test/support/fixture.ts";
import { countsOf, normalLimit } from "../../test/support/statistics.ts";
import { InputError } from "../errors.ts";
import { fromArrays } from "./arrays.ts";
import type { Dataset } from "./dataset.ts";
import { makeCircles, makeLinear, makeMoons, makeSpirals } from "./generated.ts";
import { leastSquares } from "./least-squares.ts";

const published = fixture("sklearn_data") as SklearnData;

/** Points with their label, in an order that does not depend on that of the rows. */
function points({ x, y, size }: Dataset): number[][] {
  return sortRows(
    Array.from({ length: size }, (_, i) => [
      y.data[i] ?? NaN,
      x.data[2 * i] ?? NaN,
      x.data[2 * i + 1] ?? NaN,
    ]),
  );
}
function sortRows(rows: number[][]): number[][] {
  const text = (row: number[]): string => row.map((v) => (v + 10).toFixed(6)).join();
  return rows.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

describe.each([
  ["moons", makeMoons],
  ["circles", makeCircles],
] as const)("%s", (name, make) => {
  it("without noise holds scikit-learn's points", () => {
    const { x, y } = published[name];
    const expected = sortRows(x.map((row, i) => [y[i] ?? NaN, ...row]));
    const found = points(make({ examples: 9, noise: 0, dtype: "float64" }));
    expect(found).toHaveLength(9);
    found.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(expected[i]?.[j] ?? NaN, 12);
      });
    });
  });
});

describe("spirals", () => {
  it("has arms turned against each other, from the origin to radius 1", () => {
    const set = makeSpirals({ examples: 60, noise: 0, classes: 3, turns: 0.5, dtype: "float64" });
    expect(countsOf(set.y.data, 3)).toEqual([20, 20, 20]);
    const radii = new Set<string>();
    for (const [label = 0, first = 0, second = 0] of points(set)) {
      const radius = Math.hypot(first, second);
      const angle = 2 * Math.PI * (0.5 * radius + label / 3);
      expect(first).toBeCloseTo(radius * Math.cos(angle), 12);
      expect(second).toBeCloseTo(radius * Math.sin(angle), 12);
      radii.add((19 * radius).toFixed(9));
    }
    expect(radii.size).toBe(20);
    expect(
      [...radii]
        .map(Number)
        .sort((a, b) => a - b)
        .at(-1),
    ).toBe(19);
  });
});

describe.each([
  ["moons", makeMoons],
  ["circles", makeCircles],
  ["spirals", makeSpirals],
  ["linear", makeLinear],
])("%s", (name, make) => {
  it("is a pure function of its options", () => {
    const set = make({ examples: 50, seed: 5 });
    expect(make({ examples: 50, seed: 5 })).toEqual(set);
    expect(make({ examples: 50, seed: 6 }).x.data).not.toEqual(set.x.data);
    expect([set.name, set.size, make().size]).toEqual([name, 50, 1000]);
    expect(set.x.data).toBeInstanceOf(Float32Array);
    expect(set.source).toContain("seed 5");
  });
  it.each([
    [{ examples: 0 }, "examples must be a whole number of at least 2, got 0"],
    [{ examples: 2.5 }, "examples must be a whole number of at least 2, got 2.5"],
    [{ noise: -1 }, "noise must be a number of at least 0, got -1"],
    [{ noise: NaN }, "noise must be a number of at least 0, got NaN"],
    [{ seed: -1 }, "seed must be a whole number from 0 to 2^53 - 1, got -1"],
    [{ dtype: "int8" as never }, 'dtype must be one of float32, float64; got "int8"'],
  ])("refuses %j", (options, message) => {
    expect(() => make(options)).toThrow(new InputError(message));
  });
});

it("noise has the deviation asked for, and rows are mixed", () => {
  const clean = makeMoons({ examples: 20_000, noise: 0, seed: 1, dtype: "float64" });
  const noisy = makeMoons({ examples: 20_000, noise: 0.3, seed: 1, dtype: "float64" });
  const squares = Array.from(noisy.x.data, (v, i) => (v - (clean.x.data[i] ?? 0)) ** 2);
  const square = squares.reduce((sum, v) => sum + v, 0) / 40_000;
  // Variance of the mean of squares is 2 σ⁴ / n; a false alarm has probability 10⁻⁶.
  expect(Math.abs(square - 0.09)).toBeLessThan(normalLimit * 0.09 * Math.sqrt(2 / 40_000));
  const firstHalf = clean.y.data.subarray(0, 10_000).filter((label) => label === 0).length;
  expect(Math.abs(firstHalf - 5000)).toBeLessThan(normalLimit * Math.sqrt((10_000 / 4) * 0.5));
});

it("refuses options of one set alone", () => {
  expect(() => makeCircles({ factor: 1 })).toThrow("factor must be above 0 and below 1, got 1");
  expect(() => makeSpirals({ classes: 1 })).toThrow("classes must be a whole number of at least 2");
  expect(() => makeSpirals({ classes: 5, examples: 4 })).toThrow("examples must be at least 5");
  expect(() => makeSpirals({ turns: 0 })).toThrow("turns must be a positive number, got 0");
  expect(() => makeLinear({ features: 0 })).toThrow(
    "features must be a whole number of at least 1",
  );
});

describe("leastSquares", () => {
  it("agrees with scikit-learn's LinearRegression", () => {
    const { x, y, weights, bias, loss } = published.regression;
    const fit = leastSquares(fromArrays(x, y, { dtype: "float64", task: "regression" }));
    weights.forEach((weight, j) => {
      expect(fit.weights[j]).toBeCloseTo(weight, 12);
    });
    expect(fit.bias).toBeCloseTo(bias, 12);
    expect(fit.loss).toBeCloseTo(loss, 12);
  });

  it("is exact without noise and near the noise's variance with it", () => {
    expect(leastSquares(makeLinear({ noise: 0, dtype: "float64", seed: 2 })).loss).toBeLessThan(
      1e-25,
    );
    // N · loss / σ² is χ² with N − features − 1 degrees of freedom: mean 989, deviation √1978.
    const { loss } = leastSquares(makeLinear({ noise: 0.5, dtype: "float64", seed: 3 }));
    expect(Math.abs((1000 * loss) / 0.25 - 989)).toBeLessThan(normalLimit * Math.sqrt(1978));
  });

  it("counts the column's scale in", () => {
    const bytes = fromArrays(Uint8Array.of(0, 10, 20), [1, 3, 5], {
      scale: 0.1,
      task: "regression",
    });
    const { weights, bias, loss } = leastSquares(bytes);
    expect(weights[0]).toBeCloseTo(2, 12);
    expect(bias).toBeCloseTo(1, 12);
    expect(loss).toBeCloseTo(0, 12);
  });

  it("refuses what has no single optimum, and classes", () => {
    const twice = [
      [1, 1],
      [2, 2],
      [3, 3],
    ];
    const dependent = fromArrays(twice, [1, 2, 4], { task: "regression", dtype: "float64" });
    expect(() => leastSquares(dependent)).toThrow(/linearly dependent/);
    expect(() => leastSquares(fromArrays([[1], [2]], [0, 1]))).toThrow(InputError);
  });
});
