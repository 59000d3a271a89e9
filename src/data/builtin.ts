/** @file The data sets that ship with the package, decoded when first asked for. */
import { oneOf } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import type { FloatType } from "./table.ts";

/**
 * Optical digits: 1,797 images of 8 × 8 in 10 classes, values 0 to 16 in bytes with scale 1/16.
 * The test part of "Optical Recognition of Handwritten Digits" (E. Alpaydin, C. Kaynak, 1998, UCI), as in scikit-learn.
 */
export async function loadDigits(): Promise<Dataset> {
  const { labels, pixels } = await import("./builtin/digits.ts");
  const y = Int32Array.from(fromBase64(labels));
  return {
    name: "digits",
    size: y.length,
    x: { data: fromBase64(pixels), shape: [64], scale: 1 / 16 },
    y: { data: y, shape: [] },
    task: "classification",
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    source: "built-in: digits",
  };
}

/**
 * Iris: 150 flowers of 3 kinds (50 of each, in this order), sepal length and width and petal length and width in cm.
 * Source: R. A. Fisher (1936), "The use of multiple measurements in taxonomic problems", as in scikit-learn.
 *
 * @param options `dtype`: type of the measurements (default float32)
 */
export async function loadIris(options: { readonly dtype?: FloatType } = {}): Promise<Dataset> {
  const { dtype = "float32" } = options;
  oneOf("dtype", dtype, ["float32", "float64"]);
  const { labels, millimetres } = await import("./builtin/iris.ts");
  const y = Int32Array.from(fromBase64(labels));
  const centimetres = Float64Array.from(fromBase64(millimetres), (value) => value / 10);
  return {
    name: "iris",
    size: y.length,
    x: {
      data: dtype === "float64" ? centimetres : Float32Array.from(centimetres),
      shape: [4],
    },
    y: { data: y, shape: [] },
    task: "classification",
    classes: ["setosa", "versicolor", "virginica"],
    source: "built-in: iris",
  };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
