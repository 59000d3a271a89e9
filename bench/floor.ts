/**
 * @file The floor: one update of plain SGD on a ReLU network of one hidden layer with softmax cross entropy, written
 * node by node by hand and placed in the body of an ONNX `Loop` or `Scan`, so that one `session.run` makes hundreds of
 * updates. It does nothing else (no batches of other sizes, no metrics, no progress), so a trainer that runs on ONNX
 * Runtime can hardly be faster; the benchmark reports how close ours comes.
 *
 * With x [B, I] the gathered rows, y [B, C] their one-hot labels and η the learning rate:
 *
 *     h  = relu(x W1ᵀ + b1)          z  = h W2ᵀ + b2          L = −Σ y log softmax(z) / B
 *     δ2 = −(η/B) (softmax(z) − y)   δ1 = (δ2 W2) ⊙ [h > 0]
 *     W2 ← W2 + δ2ᵀ h   b2 ← b2 + 1ᵀ δ2   W1 ← W1 + δ1ᵀ x   b1 ← b1 + 1ᵀ δ1
 *
 * The step −η/B is in δ2, so that each parameter is updated by one `Gemm` with the old parameter as its C.
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { onnxModel } from "./onnx-bytes.ts";
import type { Graph, Node, ValueInfo } from "./onnx-bytes.ts";

/** Which ONNX operator carries the parameters from update to update. */
export type Carrier = "Loop" | "Scan";

/** What is trained, and how. */
export interface FloorOptions {
  readonly examples: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Parameters, laid out as [out, in]. */
export interface Parameters {
  readonly W1: Float32Array;
  readonly b1: Float32Array;
  readonly W2: Float32Array;
  readonly b2: Float32Array;
}

const names = ["W1", "b1", "W2", "b2"] as const;

function shapes({ inputs, hidden, classes }: FloorOptions): Record<keyof Parameters, number[]> {
  return { W1: [hidden, inputs], b1: [1, hidden], W2: [classes, hidden], b2: [1, classes] };
}

/** The nodes of one update, from the rows of the batch in `rows`; every new value's name ends in `'`. */
function update(rows: string): readonly Node[] {
  const node = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: NonNullable<Node["attributes"]> = {},
  ): Node => ({ op, inputs, outputs: [output], attributes });
  const largest = { float: 1e38 };
  return [
    node("Gather", ["X", rows], "x", { axis: 0 }),
    node("Gather", ["Y", rows], "y", { axis: 0 }),
    node("Gemm", ["x", "W1", "b1"], "a", { transB: 1 }),
    node("Relu", ["a"], "h"),
    node("Gemm", ["h", "W2", "b2"], "z", { transB: 1 }),
    node("LogSoftmax", ["z"], "logp", { axis: 1 }),
    node("Mul", ["y", "logp"], "ylogp"),
    node("ReduceSum", ["ylogp"], "loss'", { keepdims: 0 }),
    node("Exp", ["logp"], "p"),
    node("Sub", ["y", "p"], "residual"),
    node("Mul", ["residual", "step"], "delta2"),
    // [h > 0] in one cheap node: max(0, min(1, 1e38 h)).
    node("HardSigmoid", ["h"], "mask", { alpha: largest, beta: { float: 0 } }),
    node("MatMul", ["delta2", "W2"], "dh"),
    node("Mul", ["dh", "mask"], "delta1"),
    node("Gemm", ["delta2", "h", "W2"], "W2'", { transA: 1 }),
    node("Gemm", ["ones", "delta2", "b2"], "b2'"),
    node("Gemm", ["delta1", "x", "W1"], "W1'", { transA: 1 }),
    node("Gemm", ["ones", "delta1", "b1"], "b1'"),
  ];
}

function body(carrier: Carrier, options: FloorOptions): Graph {
  const shape = shapes(options);
  const state = (suffix: string): ValueInfo[] =>
    names.map((name) => ({ name: name + suffix, type: "float32", shape: shape[name] }));
  const loss: ValueInfo = { name: "loss'", type: "float32", shape: [] };
  if (carrier === "Scan") {
    const rows: ValueInfo = { name: "rows", type: "int32", shape: [options.batchSize] };
    return {
      name: "update",
      inputs: [...state(""), rows],
      outputs: [...state("'"), loss],
      nodes: update("rows"),
    };
  }
  return {
    name: "update",
    inputs: [
      { name: "i", type: "int64", shape: [] },
      { name: "more", type: "bool", shape: [] },
      ...state(""),
    ],
    outputs: [{ name: "more'", type: "bool", shape: [] }, ...state("'"), loss],
    nodes: [
      { op: "Identity", inputs: ["more"], outputs: ["more'"] },
      { op: "Gather", inputs: ["batches", "i"], outputs: ["rows"], attributes: { axis: 0 } },
      ...update("rows"),
    ],
  };
}

/** The ONNX bytes of the whole training loop. */
export function floorModel(carrier: Carrier, options: FloorOptions): Uint8Array {
  const { examples, inputs, classes, batchSize, learningRate } = options;
  const shape = shapes(options);
  const carried = names.map((name) => `${name}0`);
  const outputs = [...names.map((name) => `${name}K`), "losses"];
  const loop: Node =
    carrier === "Scan"
      ? {
          op: "Scan",
          inputs: [...carried, "batches"],
          outputs,
          attributes: { body: body(carrier, options), num_scan_inputs: 1 },
        }
      : {
          op: "Loop",
          inputs: ["K", "", ...carried],
          outputs,
          attributes: { body: body(carrier, options) },
        };
  return onnxModel({
    name: "floor",
    inputs: [
      { name: "X", type: "float32", shape: [examples, inputs] },
      { name: "Y", type: "float32", shape: [examples, classes] },
      ...(carrier === "Loop" ? [{ name: "K", type: "int64" as const, shape: [] }] : []),
      // The number of updates is left open: it is the first dimension of `batches`.
      { name: "batches", type: "int32" },
      ...names.map((name) => ({ name: `${name}0`, type: "float32" as const, shape: shape[name] })),
    ],
    outputs: outputs.map((name) => ({ name, type: "float32" })),
    nodes: [loop],
    floats: [
      { name: "ones", shape: [1, batchSize], data: new Float32Array(batchSize).fill(1) },
      { name: "step", shape: [], data: Float32Array.of(learningRate / batchSize) },
    ],
  });
}

/** A session that holds the data and the current parameters. */
export interface Floor {
  /** Makes one update for each row of `batches` [updates, batchSize] and returns the loss before each. */
  readonly train: (batches: Int32Array) => Promise<readonly number[]>;
  readonly parameters: () => Parameters;
}

/**
 * Opens the hand-written loop on X [examples, inputs] and one-hot Y [examples, classes].
 *
 * @param threads threads within an operator
 */
export async function openFloor(
  carrier: Carrier,
  options: FloorOptions,
  data: { readonly X: Float32Array; readonly Y: Float32Array },
  initial: Parameters,
  threads = 1,
): Promise<Floor> {
  const session = await InferenceSession.create(floorModel(carrier, options), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const shape = shapes(options);
  const X = new Tensor("float32", data.X, [options.examples, options.inputs]);
  const Y = new Tensor("float32", data.Y, [options.examples, options.classes]);
  const state: Record<string, Tensor> = Object.fromEntries(
    names.map((name) => [`${name}0`, new Tensor("float32", initial[name], shape[name])]),
  );
  return {
    async train(batches) {
      const updates = batches.length / options.batchSize;
      const rows = new Tensor("int32", batches, [updates, options.batchSize]);
      const count = new Tensor("int64", BigInt64Array.of(BigInt(updates)), []);
      const feeds = { X, Y, batches: rows, ...state, ...(carrier === "Loop" ? { K: count } : {}) };
      const result = await session.run(feeds);
      for (const name of names) state[`${name}0`] = result[`${name}K`]!;
      const losses = result["losses"]!.data as Float32Array;
      return Array.from(losses, (sum) => -sum / options.batchSize);
    },
    parameters: () =>
      Object.fromEntries(
        names.map((name) => [name, state[`${name}0`]!.data]),
      ) as unknown as Parameters,
  };
}
