/** @file Test vectors of the ONNX project: 94 of operators, 6 of optimizers of ai.onnx.preview.training. */
import { readFileSync } from "node:fs";
import { tensor, type DType, type Tensor } from "../../src/graph/types.ts";

export interface Recorded {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: readonly number[];
}

export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

export interface Vector {
  readonly ops: readonly string[];
  readonly attrs: readonly Attributes[];
  readonly inputs: readonly Recorded[];
  readonly input_names: readonly string[];
  readonly outputs: readonly Recorded[];
}

const file = new URL("../fixtures/onnx_vectors.json", import.meta.url);
const vectors = Object.entries(
  JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Vector>>,
);

const optimizers = ["Adam", "Momentum", "Adagrad"];
const isOptimizer = ([, { ops }]: readonly [string, Vector]) =>
  ops.some((op) => optimizers.includes(op));

export const operatorVectors = vectors.filter((one) => !isOptimizer(one));

/** For the tests of the optimizers: no operator of the graph computes these. */
export const optimizerVectors = vectors.filter(isOptimizer);

export const asTensor = ({ dtype, shape, data }: Recorded): Tensor => tensor(dtype, shape, data);
