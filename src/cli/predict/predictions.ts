/** @file From the outputs of a model to the columns of predictions. */
import { targetUnits } from "../../data/table/preprocessing.ts";
import { InputError } from "../../errors.ts";
import type { TensorData } from "../../graph/types.ts";
import type { ModelFile } from "./model-file.ts";

/** A column of the output. */
export interface OutputColumn {
  readonly name: string;
  /** DuckDB's type: VARCHAR, FLOAT, DOUBLE, BIGINT, … */
  readonly type: string;
}

/** Values of a column, one a row that is predicted. */
export type PredictedColumn = readonly (string | number | null)[];

/**
 * The columns that a model's predictions take: the class and a probability for each one, or the values.
 *
 * Outputs that no loss of classes was trained on are scores: nothing says that they are probabilities.
 */
export function predictionColumns(model: ModelFile): readonly OutputColumn[] {
  const { task, classes, outputs, activation, dtype, preprocessing } = model;
  const float = dtype === "float64" ? "DOUBLE" : "FLOAT";
  if (task === "regression") {
    const type = preprocessing === undefined ? float : "DOUBLE";
    if (outputs === 1) return [{ name: "prediction", type }];
    return Array.from({ length: outputs }, (_, i) => ({ name: `prediction_${i}`, type }));
  }
  const oneLogit = outputs === 1 && classes.length === 2;
  if (!oneLogit && outputs !== classes.length)
    throw new InputError(
      `${model.source} puts out ${outputs} values for ${classes.length} classes; expected one each`,
    );
  const word = activation === "identity" ? "score" : "probability";
  return [
    { name: "prediction", type: "VARCHAR" },
    ...classes.map((name) => ({ name: `${word}_${name}`, type: float })),
  ];
}

/** The values of the columns, from the outputs of `rows` rows. */
export function predictionsOf(
  model: ModelFile,
  outputs: TensorData,
  rows: number,
): readonly PredictedColumn[] {
  if (model.task === "regression") return valuesOf(model, outputs, rows);
  const width = model.outputs;
  const logits = Array.from({ length: rows }, (_, row) =>
    ofEachClass(model, [...outputs.subarray(row * width, (row + 1) * width)]),
  );
  const scores = logits.map(activations[model.activation]);
  const rounded = model.dtype === "float64" ? (value: number) => value : Math.fround;
  return [
    // By the logits: probabilities that are rounded may be equal where these are not.
    logits.map((row) => model.classes[largest(row)] ?? null),
    ...model.classes.map((_, c) => scores.map((row) => rounded(row[c] ?? NaN))),
  ];
}

function valuesOf(model: ModelFile, outputs: TensorData, rows: number): readonly PredictedColumn[] {
  const { preprocessing, outputs: width } = model;
  const values =
    preprocessing === undefined
      ? outputs
      : targetUnits(outputs as Float32Array | Float64Array, preprocessing);
  return Array.from({ length: width }, (_, c) =>
    Array.from({ length: rows }, (_, row) => values[row * width + c] ?? NaN),
  );
}

/** One number a class. A single output is that of the second class. */
function ofEachClass(
  { activation, classes }: ModelFile,
  outputs: readonly number[],
): readonly number[] {
  const [z = NaN] = outputs;
  if (outputs.length === classes.length) return outputs;
  return activation === "identity" ? [1 - z, z] : [-z, z];
}

const activations: Readonly<
  Record<ModelFile["activation"], (z: readonly number[]) => readonly number[]>
> = {
  softmax,
  sigmoid: (z) => z.map(sigmoid),
  identity: (z) => z,
};

/** e^zᵢ / Σ e^zⱼ, from differences to the largest, which cannot overflow. */
function softmax(z: readonly number[]): readonly number[] {
  const most = Math.max(...z);
  const powers = z.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}

/** 1 / (1 + e⁻ᶻ) */
function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}

function largest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}
