/** @file How many examples go through the graph at once. */
import type { StepSpec } from "../compile/spec.ts";
import { buildObjective } from "../compile/objective.ts";
import { optimize } from "../compile/optimize.ts";
import { elementBytes } from "../data/arrays/file-array.ts";
import { nodesOf } from "../graph/topology.ts";
import type { TensorType } from "../graph/types.ts";
import type { Value } from "../graph/value.ts";

/**
 * Bytes that one example needs while its gradient is computed: all values of the step with a batch axis.
 * An upper estimate: the runtime frees and reuses what is no longer read.
 */
export function bytesPerExample(spec: StepSpec): number {
  const { loss, gradients } = buildObjective(spec);
  return valueBytes(optimize([loss, ...gradients]));
}

/** Bytes of one example in all values with a batch axis that `outputs` are made of. */
function valueBytes(outputs: readonly Value[]): number {
  return nodesOf(outputs)
    .flatMap(({ outputs }) => outputs)
    .reduce((bytes, value) => bytes + exampleBytes(value), 0);
}

function exampleBytes({ shape, dtype }: TensorType): number {
  if (!shape.includes("batch")) return 0;
  return shape.reduce<number>(
    (bytes, dim) => (typeof dim === "number" ? bytes * dim : bytes),
    elementBytes[dtype],
  );
}

/** How a batch goes through the graph. */
export interface MicroBatching {
  /** Batches of more examples are split: their gradients are added up, then one update follows. */
  readonly largest: number;
  /** Examples of one pass of a batch that is split. */
  readonly pass: number;
}

/**
 * Memory for the examples of a batch in one piece, and of one pass of a batch that is split. A split update costs two calls and
 * a pass over the gradients; passes stay in the caches. They break even near 4,000 rows of MNIST, 32 MB.
 */
const [pieceBytes, passBytes] = [32 * 2 ** 20, 3 * 2 ** 20];

/**
 * Examples of a pass, at least, as long as they fit in one piece. Where one example alone fills the caches, as in a convolutional
 * network, nothing stays in them whatever the pass is, and single rows cost calls and slow products.
 */
const leastRows = 8;

/** Whole batches while that is quicker, passes beyond; neither takes more than `most` bytes, but for one example. */
export function defaultMicroBatching(spec: StepSpec, most?: number): MicroBatching {
  const bytes = bytesPerExample(spec);
  const fitting = (budget: number) => fittingRows(bytes, Math.min(budget, most ?? Infinity));
  const largest = fitting(pieceBytes);
  return { largest, pass: Math.max(fitting(passBytes), Math.min(leastRows, largest)) };
}

/** Examples of one pass through another graph than that of the gradient: as many, or as few as take `most` bytes in it. */
export function passThrough(outputs: readonly Value[], pass: number, most?: number): number {
  return most === undefined ? pass : Math.min(pass, fittingRows(valueBytes(outputs), most));
}

function fittingRows(bytes: number, budget: number): number {
  return Math.max(1, Math.floor(budget / Math.max(1, bytes)));
}
