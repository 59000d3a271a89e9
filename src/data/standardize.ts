/** @file Standardisation: every feature to mean 0 and variance 1, fitted on the training part only. */
import { InputError, knownOptions, object, oneOf, show } from "../errors.ts";
import { inMemory, type Dataset } from "./dataset.ts";
import { elements, isArrayLike, type FloatType } from "./table.ts";

/** Mean and scale of every feature, in the units of the values (stored number times the column's scale). */
export interface Standardization {
  readonly mean: Float64Array;
  /** Standard deviation, 1/N under the root; 1 for a feature that is constant. */
  readonly scale: Float64Array;
}

/**
 * Mean and standard deviation of each feature of `x`: mean_j = (1/N) Σ x_ij, scale_j = √((1/N) Σ (x_ij − mean_j)²), as scikit-learn's
 * StandardScaler. Fit it on the training part and apply it to every part.
 *
 * @example
 * const fit = fitStandardization(training);
 * const ready = { training: applyStandardization(training, fit), test: applyStandardization(test, fit) };
 */
export function fitStandardization(dataset: Dataset): Standardization {
  const { size, x } = inMemory("fitStandardization", dataset);
  const { data, scale: unit = 1 } = x;
  const width = elements(x.shape);
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  eachValue((value, j) => (mean[j] = (mean[j] ?? 0) + value / size));
  // Two passes: Σ x² − N·mean² loses all digits when the mean is large beside the deviation.
  eachValue(
    (value, j) => (variance[j] = (variance[j] ?? 0) + (value - (mean[j] ?? 0)) ** 2 / size),
  );
  return {
    mean,
    scale: variance.map((v, j) => (isConstant(v, mean[j] ?? 0, size) ? 1 : Math.sqrt(v))),
  };

  function eachValue(visit: (value: number, feature: number) => void): void {
    for (let i = 0, j = 0; i < data.length; i++) {
      visit((data[i] ?? 0) * unit, j);
      j = j + 1 === width ? 0 : j + 1;
    }
  }
}

/**
 * (x − mean) / scale for every feature; the result is float32 (float64 where `x` is, or where asked for) and has no scale of its own.
 *
 * @throws InputError for what is no data set in memory, and when the fit has another number of features
 */
export function applyStandardization(
  dataset: Dataset,
  fit: Standardization,
  options: { readonly dtype?: FloatType } = {},
): Dataset {
  const { data, scale: unit = 1, shape } = inMemory("applyStandardization", dataset).x;
  knownOptions("applyStandardization", options, ["dtype"]);
  const width = elements(shape);
  const { mean, scale } = object("fit", fit, "what fitStandardization returned");
  for (const [name, values] of Object.entries({ mean, scale }))
    if (!isArrayLike(values))
      throw new InputError(`fit.${name} must be an array, got ${show(values)}`);
  if (mean.length !== width || scale.length !== width) {
    throw new InputError(
      `the standardisation was fitted on ${mean.length} features, the data has ${width}`,
    );
  }
  const { dtype = data instanceof Float64Array ? "float64" : "float32" } = options;
  oneOf("dtype", dtype, ["float32", "float64"]);
  const out = dtype === "float64" ? new Float64Array(data.length) : new Float32Array(data.length);
  data.forEach((value, i) => {
    const j = i % width;
    out[i] = (value * unit - (mean[j] ?? 0)) / (scale[j] ?? 1);
  });
  return { ...dataset, x: { data: out, shape } };
}

/** Whether a variance is no more than the rounding of the sums that made it. */
export function isConstant(variance: number, mean: number, size: number): boolean {
  const epsilon = Number.EPSILON;
  return variance <= size * epsilon * variance + (size * mean * epsilon) ** 2;
}
