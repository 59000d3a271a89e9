import { describe, expect, it } from "vitest";
import { fixture, type SklearnData } from "../../test/support/fixture.ts";
import { InputError } from "../errors.ts";
import { fromArrays } from "./arrays.ts";
import { loadDigits, loadIris } from "./builtin.ts";
import { applyStandardization, fitStandardization } from "./standardize.ts";

const published = fixture("sklearn_data") as SklearnData;

describe("standardization", () => {
  // digits: bytes with a scale, and three constant columns; iris: float64.
  it.each([
    ["digits", async () => loadDigits(), 16],
    ["iris", async () => loadIris({ dtype: "float64" }), 1],
  ] as const)("%s as scikit-learn's StandardScaler", async (name, load, unit) => {
    const dataset = await load();
    const expected = published[name];
    const fit = fitStandardization(dataset);
    const width = expected.columnMeans.length;
    expected.columnMeans.forEach((mean, j) => {
      expect(unit * (fit.mean[j] ?? NaN)).toBeCloseTo(mean, 11);
      // Where scikit-learn has 1 for a constant column it stays 1 in any unit.
      const constant = (expected.columnScales[j] ?? 0) === 1 && name === "digits";
      expect((constant ? 1 : unit) * (fit.scale[j] ?? NaN)).toBeCloseTo(
        expected.columnScales[j] ?? NaN,
        11,
      );
    });
    const { x } = applyStandardization(dataset, fit, { dtype: "float64" });
    expected.standardizedRow7.forEach((value, j) => {
      expect(x.data[7 * width + j]).toBeCloseTo(value, 11);
    });
    expect(x.scale).toBeUndefined();
  });

  it("uses the figures of the part it was fitted on", () => {
    const training = fromArrays([[0], [2]], [0, 1]);
    const test = fromArrays([[4], [1], [-2]], [0, 1, 1]);
    const fit = fitStandardization(training);
    expect(applyStandardization(test, fit).x).toEqual({
      data: Float32Array.of(3, 0, -3),
      shape: [1],
    });
  });

  it("leaves constant columns at 0, however large the constant", () => {
    const dataset = fromArrays([[1e9 + 0.1], [1e9 + 0.1], [1e9 + 0.1]], [0, 1, 1], {
      dtype: "float64",
    });
    const fit = fitStandardization(dataset);
    expect(fit.scale[0]).toBe(1);
    expect(Math.abs(applyStandardization(dataset, fit).x.data[0] ?? 1)).toBeLessThan(1e-6);
  });

  it("keeps small deviations beside a large mean", () => {
    const dataset = fromArrays([[1e8 - 1], [1e8 + 1]], [0, 1], { dtype: "float64" });
    expect(fitStandardization(dataset)).toEqual({
      mean: Float64Array.of(1e8),
      scale: Float64Array.of(1),
    });
    expect(applyStandardization(dataset, fitStandardization(dataset)).x.data).toEqual(
      Float64Array.of(-1, 1),
    );
  });

  it("refuses data with another number of features", () => {
    const fit = fitStandardization(fromArrays([[0, 1]], [0]));
    expect(() => applyStandardization(fromArrays([[0]], [0]), fit)).toThrow(
      new InputError("the standardisation was fitted on 2 features, the data has 1"),
    );
  });
});
