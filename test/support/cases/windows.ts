/** @file Contract cases of the convolutions, the pools and ONNX's own losses. */
import type { LossAttributes, Window } from "../../../src/graph/operators.ts";
import { f, ints, within, type Case, type Cases, type Fed } from "./common.ts";

/** A window with strides and dilations of 1 and no padding unless given. */
function window(kernelShape: readonly number[], given: Partial<Window> = {}): Window {
  const ones = kernelShape.map(() => 1);
  return {
    kernelShape,
    strides: ones,
    dilations: ones,
    pads: [...ones, ...ones].map(() => 0),
    ...given,
  };
}

function conv(
  x: Fed,
  w: readonly number[],
  given: Partial<Window> & { readonly group?: number; readonly bias?: boolean } = {},
): Case<"Conv"> {
  const { group = 1, bias = false, ...rest } = given;
  return {
    inputs: [x, f(w), ...(bias ? [f([w[0]!])] : [])],
    attributes: { ...window(w.slice(2), rest), group },
  };
}

function transposed(
  x: Fed,
  w: readonly number[],
  given: Partial<Window> & {
    readonly group?: number;
    readonly bias?: boolean;
    readonly outputPadding?: readonly number[];
  } = {},
): Case<"ConvTranspose"> {
  const { group = 1, bias = false, outputPadding = w.slice(2).map(() => 0), ...rest } = given;
  return {
    inputs: [x, f(w), ...(bias ? [f([w[1]! * group])] : [])],
    attributes: { ...window(w.slice(2), rest), group, outputPadding },
  };
}

interface Pool extends Partial<Window> {
  readonly ceilMode?: boolean;
}

const pools = (
  [
    [f([2, 2, 4, 4]), [2, 2], { strides: [2, 2] }],
    [f(["batch", 1, 5, 5]), [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }], // windows overlap
    [f([1, 2, 5, 6]), [2, 3], { strides: [2, 3], pads: [0, 1, 1, 2] }],
    [f([1, 1, 6, 6]), [2, 2], { dilations: [2, 3] }],
    [f([1, 2, 4, 5]), [3, 2], { strides: [2, 2], ceilMode: true }],
    [f([1, 1, 5, 5]), [2, 2], { strides: [3, 3], pads: [1, 1, 1, 1], ceilMode: true }],
    [f([1, 1, 7, 7]), [2, 2], { strides: [2, 2] }], // the last row and column are not read
    [f([1, 2, 8, 7]), [3, 2], { strides: [3, 2] }],
    [f(["batch", 2, 6]), [3], { strides: [3] }],
    [f([2, 3, 7]), [3], { strides: [2], pads: [1, 0] }],
    [f([1, 1, 3, 4, 3]), [2, 2, 2], { strides: [1, 2, 1] }],
  ] as const satisfies readonly (readonly [Fed, readonly number[], Pool])[]
).map(([x, kernel, { ceilMode = false, ...given }]: readonly [Fed, readonly number[], Pool]) => ({
  inputs: [x],
  attributes: { ...window(kernel, given), ceilMode },
}));

/** Classes 0 … 3 for examples and places. */
const labels = (shape: Fed["shape"], dtype: "int32" | "int64" = "int64") =>
  ints(dtype, shape, [0, 3, 2, 1, 1, 0, 2]);

const weights = within([4], 0.5, 2);

const losses = (scores: (shape: Fed["shape"]) => Fed) =>
  (["none", "sum", "mean"] as const).flatMap((reduction) => {
    const loss = (inputs: readonly Fed[], more: Partial<LossAttributes> = {}) => ({
      inputs,
      attributes: { reduction, ...more },
      wrt: [0],
    });
    return [
      loss([scores([5, 4]), labels([5])]),
      loss([scores(["batch", 4]), labels(["batch"], "int32")]),
      loss([scores([5, 4]), labels([5]), weights]),
      loss([scores([5, 4]), labels([5]), weights], { ignoreIndex: 1 }),
      loss([scores([2, 4, 3]), labels([2, 3])], { ignoreIndex: 2 }),
      loss([scores(["batch", 4, 2, 3]), labels(["batch", 2, 3]), weights], { ignoreIndex: -1 }),
      loss([scores([3, 4]), ints("int64", [3], [9, 0, 3])], { ignoreIndex: 9 }),
    ];
  });

export const windowCases: Cases<
  | "Conv"
  | "ConvTranspose"
  | "MaxPool"
  | "AveragePool"
  | "Resize"
  | "NegativeLogLikelihoodLoss"
  | "SoftmaxCrossEntropyLoss"
> = {
  Conv: [
    conv(f([2, 1, 5, 5]), [2, 1, 3, 3]),
    conv(f(["batch", 2, 5, 4]), [3, 2, 3, 2], { bias: true }),
    conv(f([1, 2, 6, 7]), [2, 2, 3, 3], { strides: [2, 3], pads: [1, 0, 2, 1] }), // a rest is left over
    conv(f([1, 2, 7, 7]), [1, 2, 2, 3], { dilations: [2, 3], pads: [1, 1, 1, 1] }),
    conv(f(["batch", 4, 4, 4]), [6, 2, 2, 2], { group: 2, bias: true, strides: [2, 1] }),
    conv(f([2, 3, 4, 4]), [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }), // depthwise
    conv(f([2, 3, 6]), [2, 3, 3], { strides: [2], pads: [2, 0], dilations: [2] }),
    conv(f([1, 2, 3, 4, 3]), [2, 2, 2, 2, 2], { strides: [1, 2, 1], pads: [0, 0, 1, 0, 0, 0] }),
    conv(f([1, 1, 5, 5]), [1, 1, 1, 1], { strides: [3, 3] }), // elements that no window reads
    conv(f(["batch", 3, 4, 4]), [2, 3, 1, 1], { bias: true }),
    conv(f([2, 2, 7, 8]), [4, 1, 3, 2], {
      group: 2,
      strides: [2, 3],
      dilations: [1, 2],
      pads: [2, 0, 1, 3],
    }), // everything at once
    conv(f(["batch", 1, 3, 3]), [2, 1, 5, 5], { pads: [1, 1, 1, 1] }), // one place
    conv(f([1, 6, 5]), [6, 2, 2], { group: 3, dilations: [3], strides: [2], pads: [2, 1] }),
  ],
  ConvTranspose: [
    transposed(f([2, 1, 3, 3]), [1, 2, 3, 3]),
    transposed(f(["batch", 2, 3, 2]), [2, 3, 2, 3], { bias: true, strides: [2, 2] }),
    transposed(f([1, 2, 3, 3]), [2, 1, 3, 3], {
      strides: [2, 3],
      pads: [1, 0, 0, 2],
      outputPadding: [1, 2],
    }),
    transposed(f([1, 2, 3, 3]), [2, 2, 2, 2], { dilations: [2, 3], pads: [1, 1, 1, 1] }),
    transposed(f(["batch", 4, 2, 2]), [4, 3, 2, 2], { group: 2, bias: true, strides: [2, 1] }),
    transposed(f([2, 3, 4]), [3, 1, 3], { group: 3, pads: [1, 1] }),
    transposed(f([1, 2, 2, 2, 3]), [2, 1, 2, 1, 2], { strides: [2, 1, 2] }),
  ],
  MaxPool: [
    ...pools,
    {
      inputs: [ints("uint8", [1, 1, 3, 3], [9, 2, 7, 4, 200, 6, 1, 8, 3])],
      attributes: { ...window([2, 2]), ceilMode: false },
    },
    // equal elements: the first one counts
    {
      inputs: [f([1, 1, 2, 4], [1, 1, 0, 2, 1, 1, 2, 2])],
      attributes: { ...window([2, 2], { strides: [2, 2] }), ceilMode: false },
      wrt: [],
    },
  ],
  Resize: [
    { inputs: [f([2, 1, 3])], attributes: { scales: [2] } },
    { inputs: [f(["batch", 2, 2, 3])], attributes: { scales: [3, 1] } },
    { inputs: [f([1, 1, 2, 1, 2])], attributes: { scales: [1, 2, 2] } },
  ],
  AveragePool: pools.flatMap(({ inputs, attributes }) =>
    [false, true].map((countIncludePad) => ({
      inputs,
      attributes: { ...attributes, countIncludePad },
    })),
  ),
  NegativeLogLikelihoodLoss: losses((shape) => within(shape, -3, -0.1)),
  SoftmaxCrossEntropyLoss: losses(f),
};
