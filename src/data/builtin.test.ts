import { expect, it } from "vitest";
import { fixture, type SklearnData } from "../../test/support/fixture.ts";
import { countsOf } from "../../test/support/statistics.ts";
import { loadDigits, loadIris } from "./builtin.ts";

const published = fixture("sklearn_data") as SklearnData;

it.each([
  ["digits", async () => loadDigits()],
  ["iris", async () => loadIris({ dtype: "float64" })],
] as const)("%s holds scikit-learn's values", async (name, load) => {
  const { x, y, size } = await load();
  const expected = published[name];
  const [rows, width] = expected.shape;
  expect([size, x.shape]).toEqual([rows, [width]]);
  expect(x.data).toHaveLength(rows * width);
  const values = Array.from(x.data);
  expect(values.reduce((sum, v) => sum + v, 0)).toBeCloseTo(expected.sum, 8);
  // Every value weighted by its place, so that two exchanged values are noticed.
  expect(values.reduce((sum, v, i) => sum + v * (i + 1), 0)).toBeCloseTo(expected.weightedSum, 6);
  expect(values.slice(100 * width, 101 * width)).toEqual(expected.row100);
  expect(countsOf(y.data, expected.classCounts.length)).toEqual(expected.classCounts);
  expect(Array.from(y.data).reduce((sum, v, i) => sum + v * (i + 1), 0)).toBe(
    expected.labelWeightedSum,
  );
});

it("digits are bytes of 0 to 16 with a scale to 1; iris is float32 by default", async () => {
  const { x } = await loadDigits();
  expect(x.data).toBeInstanceOf(Uint8Array);
  expect((x.scale ?? 0) * Math.max(...x.data)).toBe(1);
  expect((await loadIris()).x.data).toBeInstanceOf(Float32Array);
});
