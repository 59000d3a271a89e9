/** @file How each operator is written as an ONNX node: its attributes, and the attributes ONNX takes as constant inputs. */
import type { Op, Operators, Reduction, Window } from "../operators.ts";
import type { Dim, DType } from "../types.ts";

/** Codes of ONNX's `TensorProto.DataType`. */
export const dataTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** The value of an attribute, tagged with its ONNX type. */
export type AttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] };

/** What a node carries besides its operands. */
export interface Encoding {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Vectors, int64 unless they are float32, appended to the inputs; undefined for an input that is left out. */
  readonly constants?: readonly (readonly number[] | Float32Array | undefined)[];
}

type Encoder<P extends Op> = (attributes: Operators[P]) => Encoding;

const plain = (): Encoding => ({});
const flag = (value: boolean): AttributeValue => ({ int: Number(value) });

/** A length that is not known yet is written as -1: it follows from the others. */
const dims = (shape: readonly Dim[]): readonly number[] =>
  shape.map((dim) => (typeof dim === "number" ? dim : -1));

const reduction = ({ axes, keepdims }: Reduction): Encoding => ({
  attributes: { keepdims: flag(keepdims) },
  constants: axes.length === 0 ? [] : [axes],
});

const alongAxis = ({ axis }: { readonly axis: number }): Encoding => ({
  attributes: { axis: { int: axis } },
});

const window = ({ kernelShape, strides, pads, dilations }: Window) => ({
  kernel_shape: { ints: kernelShape },
  strides: { ints: strides },
  pads: { ints: pads },
  dilations: { ints: dilations },
});

const loss = ({
  reduction: kind,
  ignoreIndex,
}: Operators["SoftmaxCrossEntropyLoss"]): Encoding => ({
  attributes: {
    reduction: { string: kind },
    ...(ignoreIndex === undefined ? {} : { ignore_index: { int: ignoreIndex } }),
  },
});

export const encoders: { readonly [P in Op]: Encoder<P> } = {
  Neg: plain,
  Abs: plain,
  Sign: plain,
  Exp: plain,
  Log: plain,
  Sqrt: plain,
  Reciprocal: plain,
  Erf: plain,
  Sigmoid: plain,
  Tanh: plain,
  Softplus: plain,
  Relu: plain,
  LeakyRelu: ({ alpha }) => ({ attributes: { alpha: { float: alpha } } }),
  Elu: ({ alpha }) => ({ attributes: { alpha: { float: alpha } } }),
  HardSigmoid: ({ alpha, beta }) => ({
    attributes: { alpha: { float: alpha }, beta: { float: beta } },
  }),
  Identity: plain,
  Not: plain,
  Cast: ({ to }) => ({ attributes: { to: { int: dataTypes[to] } } }),
  Add: plain,
  Sub: plain,
  Mul: plain,
  Div: plain,
  Pow: plain,
  Max: plain,
  Min: plain,
  Less: plain,
  LessOrEqual: plain,
  Greater: plain,
  GreaterOrEqual: plain,
  Equal: plain,
  And: plain,
  Or: plain,
  Where: plain,
  MatMul: plain,
  Gemm: ({ alpha, beta, transA, transB }) => ({
    attributes: {
      alpha: { float: alpha },
      beta: { float: beta },
      transA: flag(transA),
      transB: flag(transB),
    },
  }),
  ReduceSum: reduction,
  ReduceMean: reduction,
  ReduceMax: reduction,
  ReduceSumSquare: reduction,
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  ArgMax: ({ axis, keepdims }) => ({
    attributes: { axis: { int: axis }, keepdims: flag(keepdims) },
  }),
  TopK: ({ axis, k, largest }) => ({
    attributes: { axis: { int: axis }, largest: flag(largest), sorted: flag(true) },
    constants: [[k]],
  }),
  Shape: plain,
  Size: plain,
  Expand: plain,
  Reshape: ({ shape }) => ({ constants: [dims(shape)] }),
  Transpose: ({ perm }) => ({ attributes: { perm: { ints: perm } } }),
  Concat: alongAxis,
  Slice: ({ starts, ends, axes, steps }) => ({
    constants: [starts, ends, axes, ...(steps === undefined ? [] : [steps])],
  }),
  Pad: ({ pads }) => ({ attributes: { mode: { string: "constant" } }, constants: [pads] }),
  Gather: alongAxis,
  GatherND: plain,
  ScatterND: ({ reduction: kind }) => ({ attributes: { reduction: { string: kind } } }),
  Conv: (a) => ({ attributes: { ...window(a), group: { int: a.group } } }),
  ConvTranspose: (a) => ({
    attributes: {
      ...window(a),
      group: { int: a.group },
      output_padding: { ints: a.outputPadding },
    },
  }),
  MaxPool: (a) => ({ attributes: { ...window(a), ceil_mode: flag(a.ceilMode) } }),
  AveragePool: (a) => ({
    attributes: {
      ...window(a),
      ceil_mode: flag(a.ceilMode),
      count_include_pad: flag(a.countIncludePad),
    },
  }),
  Resize: ({ scales }) => ({
    attributes: {
      mode: { string: "nearest" },
      coordinate_transformation_mode: { string: "asymmetric" },
      nearest_mode: { string: "floor" },
    },
    constants: [undefined, Float32Array.from([1, 1, ...scales])],
  }),
  NegativeLogLikelihoodLoss: loss,
  SoftmaxCrossEntropyLoss: loss,
};
