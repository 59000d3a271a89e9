/** @file What executes a run: the state it carries and the work it is given. Two engines exist, ONNX and loops. */
import type { Dataset, Rows } from "../data/dataset.ts";
import type { Tensor } from "../graph/types.ts";
import type { Examples } from "./examples.ts";

/** Everything an update changes. Its arrays are never written to once they are in a state. */
export interface State {
  /** In the order of the model. */
  readonly parameters: readonly Tensor[];
  /** Slots of the optimizer: all of the first parameter, then all of the second, … */
  readonly slots: readonly Tensor[];
}

/** Consecutive updates of one batch size: updates × batchSize visits. */
export interface Chunk {
  readonly batchSize: number;
  readonly updates: number;
  /** The rows of the visits from number `start` of the chunk on, as many as are at hand. */
  readonly rows: (start: number) => Rows | Promise<Rows>;
  /** Two random words a visit, where the model wants them: updates × batchSize × 2. */
  readonly visitKeys?: Int32Array | undefined;
  /** One column a coefficient of the optimizer, one entry an update. */
  readonly coefficients: readonly Float64Array[];
}

/** What a chunk gave. */
export interface ChunkResult {
  readonly state: State;
  /** Loss of each batch before its update, penalty included. */
  readonly loss: Float64Array;
  /** Norm of each gradient before clipping, where asked for. */
  readonly gradientNorm: Float64Array | undefined;
}

/** A gradient at fixed parameters. */
export interface GradientResult {
  readonly loss: number;
  /** In the order of the parameters. */
  readonly gradients: readonly Tensor[];
}

/** Sums over a data set, as `evaluationProgram` defines them. */
export interface EvaluationSums {
  readonly loss: number;
  /** For each metric, its sums. */
  readonly metrics: readonly (readonly number[])[];
}

/** Executes the programs of one run. */
export interface Engine {
  readonly kind: "onnx" | "loops";
  /** Examples of one pass of a batch that is split. */
  readonly pass: number;
  /** Seconds spent on compiling and loading graphs so far. */
  readonly compileSeconds: () => number;
  readonly advance: (state: State, chunk: Chunk) => Promise<ChunkResult>;
  /** Mean loss at `state` of the last examples of `chunk` that are in `rows`, by the graph that made the chunk: none is compiled for it. */
  readonly lossAfter: (state: State, chunk: Chunk, rows: Rows, most: number) => Promise<number>;
  /** Mean gradient over examples. */
  readonly gradient: (parameters: readonly Tensor[], examples: Examples) => Promise<GradientResult>;
  /** Sums over `data`, added to those of `before` where it comes in parts. */
  readonly evaluate: (
    parameters: readonly Tensor[],
    data: Dataset,
    before?: EvaluationSums,
  ) => Promise<EvaluationSums>;
  /** Outputs of the model, [examples, ...]. */
  readonly predict: (
    parameters: readonly Tensor[],
    x: Dataset["x"],
    size: number,
  ) => Promise<Tensor>;
  readonly close: () => Promise<void>;
}
