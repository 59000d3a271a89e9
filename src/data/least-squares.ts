/** @file The exact optimum of linear regression, to measure what gradient descent reaches. */
import { Matrix, solve } from "ml-matrix";
import { InputError } from "../errors.ts";
import { inMemory, type Dataset } from "./dataset.ts";
import { elements } from "./table.ts";

/** Parameters of the best linear map and its loss. */
export interface LinearOptimum {
  /** One weight a feature. */
  readonly weights: Float64Array;
  readonly bias: number;
  /** Mean squared error (1/N) Σ (w·x + b − y)² at the optimum: no parameters have a smaller one. */
  readonly loss: number;
}

/**
 * The w and b of least mean squared error, from the normal equations in float64:
 *
 *     (X − x̄)ᵀ(X − x̄) w = (X − x̄)ᵀ(y − ȳ),    b = ȳ − w·x̄
 *
 * on the values as they are stored (times the column's scale), so that it is the optimum of exactly what is trained on.
 *
 * @throws InputError for what is no data set in memory, more than one target an example, for classification, and for features that are linearly dependent
 * @example leastSquares((await linear({ examples: 200, seed: 1 })).training).loss
 */
export function leastSquares(dataset: Dataset): LinearOptimum {
  const { size, x, y, task } = inMemory("leastSquares", dataset);
  if (task !== "regression" || elements(y.shape) !== 1) {
    throw new InputError(
      `least squares needs one number to predict an example, got ${task} with targets of shape [${y.shape.join(", ")}]`,
    );
  }
  const features = elements(x.shape);
  const rows = new Matrix(size, features);
  x.data.forEach((value, i) => {
    rows.set(Math.floor(i / features), i % features, value * (x.scale ?? 1));
  });
  const targets = Matrix.columnVector(Float64Array.from(y.data, (value) => value * (y.scale ?? 1)));
  const means = rows.mean("column");
  const targetMean = targets.mean();
  const centred = rows.clone().subRowVector(means);
  const transposed = centred.transpose();
  const weights = solveOrThrow(
    transposed.mmul(centred),
    transposed.mmul(targets.subtract(targetMean)),
  );
  const bias = targetMean - weights.reduce((sum, w, j) => sum + w * (means[j] ?? 0), 0);
  const errors = rows.mmul(Matrix.columnVector(weights));
  let loss = 0;
  for (let i = 0; i < size; i++) {
    loss += (errors.get(i, 0) + bias - (y.data[i] ?? 0) * (y.scale ?? 1)) ** 2 / size;
  }
  return { weights, bias, loss };
}

function solveOrThrow(gram: Matrix, right: Matrix): Float64Array {
  try {
    const weights = Float64Array.from(solve(gram, right).to1DArray());
    if (weights.every((weight) => Number.isFinite(weight))) return weights;
  } catch {
    // ml-matrix throws for a singular matrix.
  }
  throw new InputError(
    "least squares has no single optimum: the features are linearly dependent or fewer examples than features are given",
  );
}
