/** @file How many examples go through the graph at once. */
import type { StepSpec } from "../compile/spec.ts";
import { buildObjective } from "../compile/objective.ts";
import { fuse } from "../compile/fuse.ts";
import { nodesOf } from "../graph/topology.ts";
import type { DType, TensorType } from "../graph/types.ts";

const bytesPerElement: Readonly<Record<DType, number>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  int64: 8,
  uint8: 1,
  bool: 1,
};

/**
 * Bytes that one example needs while its gradient is computed: all values of the step with a batch axis.
 * An upper estimate: the runtime frees and reuses what is no longer read.
 */
export function bytesPerExample(spec: StepSpec): number {
  const { loss, gradients } = buildObjective(spec);
  return nodesOf(fuse([loss, ...gradients]))
    .flatMap(({ outputs }) => outputs)
    .reduce((bytes, value) => bytes + exampleBytes(value), 0);
}

function exampleBytes({ shape, dtype }: TensorType): number {
  if (!shape.includes("batch")) return 0;
  return shape.reduce<number>(
    (bytes, dim) => (typeof dim === "number" ? bytes * dim : bytes),
    bytesPerElement[dtype],
  );
}

/** Memory that the examples of one pass through the graph may take: it then stays near the caches. */
const passBytes = 48 * 2 ** 20;

/** The largest number of examples that goes through the graph at once; larger batches are split and accumulated. */
export function defaultMicroBatch(spec: StepSpec): number {
  return Math.max(1, Math.floor(passBytes / Math.max(1, bytesPerExample(spec))));
}
