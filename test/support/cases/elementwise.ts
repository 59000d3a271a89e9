/** @file Contract cases of the operators that work element by element. */
import type { ElementwiseOp } from "../../../src/graph/shape/elementwise.ts";
import { f, ints, plain, within, type Cases, type Fed } from "./common.ts";

const shapes = [f([2, 3]), f(["batch", 4]), f([]), f([1, 1, 2])];
const anywhere = shapes.map((x) => plain(x));
const positive = [within([2, 3], 0.1, 3), within(["batch", 2], 0.5, 9), within([], 1, 2)].map((x) =>
  plain(x),
);
const large = f([6], [-40, -20, -1e-3, 1e-3, 20, 40]);

/** Broadcasting in both directions, axes of length 1, scalars, and a name. */
const pairs = (make: (shape: Fed["shape"]) => Fed = f) =>
  (
    [
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3], [3]],
      [[3], [2, 3]],
      [
        [2, 1],
        [1, 3],
      ],
      [
        [1, 3],
        [2, 1],
      ],
      [[2, 3], []],
      [[], [2, 3]],
      [[], []],
      [[1], [2, 3]],
      [
        [1, 1, 3],
        [4, 3],
      ],
      [[1, 2], [2]],
      [["batch", 3], [3]],
      [[3], ["batch", 3]],
      [
        ["batch", 3],
        ["batch", 1],
      ],
      [
        ["batch", 1],
        [1, 3],
      ],
    ] as const
  ).map(([a, b]) => plain(make(a), make(b)));

const ties = plain(f([4], [1, -2, 0.5, 3]), f([4], [1, 2, 0.5, -3]));
const integers = (["int32", "int64", "uint8"] as const).map((dtype) =>
  plain(ints(dtype, [2, 3], [7, 2, 9, 4, 5, 6]), ints(dtype, [3], [2, 3, 1])),
);
const comparable = [...pairs(), ties, ...integers];
const yes = ints("bool", [2, 2], [1, 0, 1, 0]);
const no = ints("bool", [2], [1, 0]);

export const elementwiseCases: Cases<ElementwiseOp> = {
  Neg: [...anywhere, plain(ints("int32", [3], [1, -2, 0])), plain(ints("int64", [2], [5, -7]))],
  Abs: [...anywhere, plain(ints("int32", [3], [1, -2, 0]))],
  Sign: [
    ...anywhere,
    plain(ints("int64", [3], [5, 0, -7])),
    { ...plain(f([3], [-2, 0, 2])), wrt: [] },
  ],
  Exp: anywhere,
  Log: positive,
  Sqrt: positive,
  Reciprocal: [...positive, plain(within([2, 3], -3, -0.5))],
  Erf: [...anywhere, plain(within([8], -4, 4))],
  Sigmoid: [...anywhere, plain(large)],
  Tanh: [...anywhere, plain(large)],
  Softplus: [...anywhere, plain(large)],
  Relu: [...anywhere, plain(large)],
  LeakyRelu: [...shapes, large].map((x) => ({ inputs: [x], attributes: { alpha: 0.1 } })),
  // 800: its exponential overflows, in the branch that is not taken
  Elu: [...shapes, large, f([2], [800, -800])].flatMap((x) =>
    [1, 0.7].map((alpha) => ({ inputs: [x], attributes: { alpha } })),
  ),
  HardSigmoid: [
    ...[...shapes, large].map((x) => ({ inputs: [x], attributes: { alpha: 0.25, beta: 0.5 } })),
    { inputs: [f([4], [-3, -1e-3, 1e-3, 3])], attributes: { alpha: 1e38, beta: 0 } },
    // the step at 0 is no place for finite differences
    { inputs: [f([3], [-1, 0, 1])], attributes: { alpha: 1e38, beta: 0 }, wrt: [] },
  ],
  Identity: [...anywhere, plain(yes)],
  Not: [plain(yes), plain(ints("bool", [], [0]))],
  Cast: [
    ...shapes.map((x) => ({ inputs: [x], attributes: { to: "float64" as const } })),
    { inputs: [f([4], [-1.7, -0.2, 0, 2.9])], attributes: { to: "int32" as const } },
    { inputs: [f([4], [-1.7, -0.2, 0, 2.9])], attributes: { to: "int64" as const } },
    { inputs: [f([3], [0, 1.5, 255])], attributes: { to: "uint8" as const } },
    { inputs: [f([3], [0, 0.5, -2])], attributes: { to: "bool" as const } },
    { inputs: [ints("uint8", [3], [0, 1, 255])], attributes: { to: "float32" as const } },
    { inputs: [yes], attributes: { to: "float32" as const } },
    { inputs: [ints("int32", [2], [-3, 70000])], attributes: { to: "int64" as const } },
  ],
  Add: [...pairs(), ...integers, plain(ints("int32", [1], [2147483647]), ints("int32", [1], [1]))],
  Sub: [...pairs(), ...integers],
  Mul: [
    ...pairs(),
    ...integers,
    plain(ints("int32", [1], [1103515245]), ints("int32", [1], [12345])),
  ],
  Div: [
    ...pairs((shape) => within(shape, 0.5, 3)),
    ...integers,
    plain(ints("int32", [2], [-7, 7]), ints("int32", [], [2])),
    plain(ints("int64", [2], [-7, 7]), ints("int64", [], [2])),
  ],
  Pow: [
    ...pairs((shape) => within(shape, 0.5, 2)),
    { ...plain(f([2, 3]), f([], [2])), wrt: [0] },
    { ...plain(f([2, 3]), f([1], [3])), wrt: [0] },
  ],
  Max: comparable,
  Min: comparable,
  Less: comparable,
  LessOrEqual: comparable,
  Greater: comparable,
  GreaterOrEqual: comparable,
  Equal: [...comparable, plain(yes, no)],
  And: [plain(yes, no), plain(no, yes), plain(yes, ints("bool", [], [1]))],
  Or: [plain(yes, no), plain(no, yes), plain(yes, ints("bool", [], [0]))],
  Where: [
    plain(yes, f([2, 2]), f([2, 2])),
    plain(no, f([2, 2]), f([])),
    plain(yes, f([2]), f([2, 1])),
    plain(yes, f([]), f([])),
    plain(ints("bool", [2, 1], [1, 0]), f([3]), f([1, 3])),
    plain(ints("bool", ["batch", 1], [1, 0, 1]), f(["batch", 2]), f([2])),
    plain(ints("bool", [], [1]), f([2, 2]), f([2])),
    plain(no, ints("int64", [2], [1, 2]), ints("int64", [], [9])),
  ],
};
