/** @file Up to which batch size the largest inputs, and not the noise, bound the learning rate. */
import type { Dataset } from "../../data/dataset.ts";
import { sizeOf } from "../../graph/types.ts";

/** Values that are looked at for the largest row, and for the direction in which rows agree most. */
const [mostValues, mostOfDirection] = [2 ** 21, 2 ** 17];
/** Products with E[x xᵀ]: the largest eigenvalue of it need not be known to more than a few percent. */
const iterations = 10;

/**
 * max ‖x‖² / λ₁(E[x xᵀ]), with x the features of an example and a 1 for the bias: the batch size up to which the largest stable learning
 * rate of gradient descent grows nearly in proportion, as ε(B) ∝ 1 / (1 + s / B). A batch of B examples that holds the largest one has at least the
 * curvature max ‖x‖² / B; all examples together have λ₁. Standardised features without outliers, and images, give 1 to 30; a table with a
 * row at fifty standard deviations hundreds.
 *
 * Source: Ma, Bassily and Belkin (2018), "The power of interpolation", ICML, arXiv 1712.06559: m* = β / λ₁ + 1.
 */
export function inputScale({ x, size }: Pick<Dataset, "x" | "size">): number {
  const width = sizeOf(x.shape);
  const scale = x.scale ?? 1;
  const starts = (most: number) => evenRows(size, most / width).map((row) => row * width);
  let largest = 0;
  for (const start of starts(mostValues)) {
    let sum = 0;
    for (let at = start; at < start + width; at++) sum += x.data[at]! ** 2;
    largest = Math.max(largest, 1 + scale ** 2 * sum);
  }
  const rows = starts(mostOfDirection).map((start) =>
    Float64Array.from(x.data.subarray(start, start + width), (value) => scale * value),
  );
  return largest / largestEigenvalue(rows, width);
}

/** Row numbers, evenly spaced: all of `size`, or `most` of them, but never fewer than 64. */
function evenRows(size: number, most: number): readonly number[] {
  const count = Math.min(size, Math.max(64, Math.floor(most)));
  return Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
}

/** Of E[x xᵀ] by power iteration. */
function largestEigenvalue(rows: readonly Float64Array[], width: number): number {
  // No direction is left out; that of the bias is the last.
  let v = Float64Array.from({ length: width + 1 }, (_, j) => 1 + 1 / (2 + j));
  let eigenvalue = 1;
  for (let step = 0; step < iterations; step++) {
    const product = new Float64Array(width + 1);
    for (const x of rows) {
      let along = v[width]!;
      for (let j = 0; j < width; j++) along += x[j]! * v[j]!;
      product[width]! += along;
      for (let j = 0; j < width; j++) product[j]! += along * x[j]!;
    }
    const norm = Math.hypot(...product);
    eigenvalue = norm / Math.hypot(...v) / rows.length;
    v = product.map((value) => value / norm);
  }
  return eigenvalue;
}
