/** @file From rows of the data to the input, target and weights of a mini-batch. */
import { cast, gather, mul } from "../graph/ops.ts";
import { isFloat, tensor } from "../graph/types.ts";
import { constant, input, type Value } from "../graph/value.ts";
import type { ColumnSpec, StepSpec } from "./spec.ts";

/** The data of a run, whole, as inputs of a graph. */
export interface DataInputs {
  readonly x: Value; // [examples, ...]
  readonly y: Value; // [examples, ...]
  readonly weight: Value | undefined; // [examples]
}

/** A mini-batch as the model and the loss see it. */
export interface Batch {
  readonly x: Value; // [batch, ...]
  readonly y: Value; // [batch, ...]
  /** Weights wᵢ of the examples in the loss. */
  readonly weight: Value | undefined; // [batch]
}

export function dataInputs({ x, y, dtype, sampleWeight }: StepSpec): DataInputs {
  return {
    x: input("data/x", x.dtype, ["examples", ...x.shape]),
    y: input("data/y", y.dtype, ["examples", ...y.shape]),
    weight: sampleWeight ? input("data/weight", dtype, ["examples"]) : undefined,
  };
}

/** The rows of the data at `indices` [batch]. */
export function gatherBatch(spec: StepSpec, data: DataInputs, indices: Value): Batch {
  const y = gather(data.y, indices);
  const own = data.weight && gather(data.weight, indices);
  return {
    x: modelInput(spec, gather(data.x, indices)),
    y: target(spec, y),
    weight: product(own, classWeights(spec, y)),
  };
}

/** Stored rows as the model sees them: in the dtype of the run, scaled. */
export function modelInput({ x, dtype }: StepSpec, rows: Value): Value {
  return scaled(cast(rows, dtype), x);
}

/** Class indices stay int32; everything else takes the dtype of the run. */
export function target({ y, dtype }: StepSpec, rows: Value): Value {
  return isFloat(y.dtype) || y.dtype === "uint8" ? scaled(cast(rows, dtype), y) : rows;
}

function scaled(x: Value, { scale = 1 }: ColumnSpec): Value {
  return scale === 1 ? x : mul(x, scale);
}

function classWeights({ classWeight, dtype }: StepSpec, y: Value): Value | undefined {
  if (classWeight === undefined) return undefined;
  return gather(constant(tensor(dtype, [classWeight.length], classWeight)), y);
}

function product(a: Value | undefined, b: Value | undefined): Value | undefined {
  return a !== undefined && b !== undefined ? mul(a, b) : (a ?? b);
}
