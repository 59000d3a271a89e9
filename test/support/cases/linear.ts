/** @file Contract cases of the matrix products and the reductions. */
import type { Reduction } from "../../../src/graph/operators.ts";
import { f, ints, plain, type Cases, type Fed } from "./common.ts";

const flags = [false, true];

const gemms = flags.flatMap((transA) =>
  flags.flatMap((transB) =>
    [undefined, f([4]), f([3, 1]), f([3, 4]), f([]), f([1, 4])].map((c, index) => ({
      inputs: [f(transA ? [2, 3] : [3, 2]), f(transB ? [4, 2] : [2, 4]), ...(c ? [c] : [])],
      attributes: { alpha: index % 2 ? 1 : 0.5, beta: index > 2 ? 1 : -2, transA, transB },
    })),
  ),
);

/** Every kind of axes, kept and not: one, two, all, none named (which means all), and a name among them. */
const reductions = (inputs: readonly Fed[] = [f([2, 3, 4])]) =>
  flags.flatMap((keepdims) => [
    ...inputs.flatMap((x) =>
      [[0], [1], [2], [0, 2], [1, 2], [0, 1, 2], []].map((axes) => reduce([x], { axes, keepdims })),
    ),
    ...[[0], [1], []].map((axes) => reduce([f(["batch", 4])], { axes, keepdims })),
    reduce([f([])], { axes: [], keepdims }),
    reduce([f([1, 3])], { axes: [0], keepdims }),
  ]);

const reduce = (inputs: readonly Fed[], attributes: Reduction) => ({ inputs, attributes });

const alongAxes = [
  { inputs: [f([2, 3, 4])], attributes: { axis: 0 } },
  { inputs: [f([2, 3, 4])], attributes: { axis: 1 } },
  { inputs: [f([2, 3, 4])], attributes: { axis: 2 } },
  { inputs: [f(["batch", 4])], attributes: { axis: 1 } },
  { inputs: [f(["batch", 4])], attributes: { axis: 0 } },
  { inputs: [f([5, 1])], attributes: { axis: 1 } },
  { inputs: [f([2, 3], [1000, 1001, 1002, -1000, 0, 1000])], attributes: { axis: 1 }, wrt: [] },
];

export const linearCases: Cases<
  | "MatMul"
  | "Gemm"
  | "ReduceSum"
  | "ReduceMean"
  | "ReduceMax"
  | "ReduceSumSquare"
  | "Softmax"
  | "LogSoftmax"
  | "ArgMax"
  | "TopK"
> = {
  MatMul: [
    plain(f([2, 3]), f([3, 4])),
    plain(f([1, 3]), f([3, 1])),
    plain(f(["batch", 3]), f([3, 4])),
    plain(f([4, "batch"]), f(["batch", 2])),
    plain(f([5, 2, 3]), f([5, 3, 4])),
    plain(f([5, 2, 3]), f([3, 4])),
    plain(f([2, 3]), f([5, 3, 4])),
    plain(f([5, 1, 2, 3]), f([2, 3, 4])),
    plain(f([1, 2, 3]), f([5, 3, 4])),
    plain(f(["batch", 2, 3]), f([1, 3, 4])),
  ],
  Gemm: [
    ...gemms,
    {
      inputs: [f(["batch", 2]), f([4, 2]), f([4])],
      attributes: { alpha: 1, beta: 1, transA: false, transB: true },
    },
    {
      inputs: [f(["batch", 2]), f(["batch", 4]), f([2, 4])],
      attributes: { alpha: -0.1, beta: 1, transA: true, transB: false },
    },
    {
      inputs: [f([1, 2]), f([2, 1]), f([1])],
      attributes: { alpha: 1, beta: 1, transA: false, transB: false },
    },
  ],
  ReduceSum: reductions(),
  ReduceMean: reductions(),
  ReduceMax: [
    ...reductions(),
    reduce([f([2, 3], [1, 5, 5, 2, 0, 1])], { axes: [1], keepdims: false }), // ties
    reduce([f([2, 2], [3, 1, 3, 1])], { axes: [0], keepdims: true }),
    reduce([f([4], [2, 1, 2, 0])], { axes: [], keepdims: false }),
  ],
  ReduceSumSquare: reductions(),
  Softmax: alongAxes,
  LogSoftmax: alongAxes,
  ArgMax: [
    ...[0, 1, 2].flatMap((axis) =>
      flags.map((keepdims) => ({ inputs: [f([2, 3, 4])], attributes: { axis, keepdims } })),
    ),
    { inputs: [f(["batch", 4])], attributes: { axis: 1, keepdims: false } },
    { inputs: [f([2, 3], [1, 5, 5, 2, 2, 1])], attributes: { axis: 1, keepdims: false } }, // ties: the first
    { inputs: [ints("int32", [4], [3, 9, 1, 9])], attributes: { axis: 0, keepdims: false } },
  ],
  TopK: [
    ...[0, 1, 2].flatMap((axis) =>
      flags.map((largest) => ({ inputs: [f([3, 4, 5])], attributes: { axis, k: 2, largest } })),
    ),
    { inputs: [f(["batch", 4])], attributes: { axis: 1, k: 4, largest: true } },
    { inputs: [f([2, 4])], attributes: { axis: 1, k: 1, largest: true } },
    { inputs: [f([1, 4], [1, 3, 3, 3])], attributes: { axis: 1, k: 2, largest: true }, wrt: [] }, // ties: the first
    { inputs: [ints("int64", [4], [3, 9, 1, 7])], attributes: { axis: 0, k: 2, largest: true } },
  ],
};
