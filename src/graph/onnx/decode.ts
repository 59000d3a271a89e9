/** @file What each ONNX operator is in the graph; older versions where they mean the same. */
import { DataError } from "../../errors.ts";
import * as op from "../ops.ts";
import { averagePool, conv, convTranspose, maxPool, upsample } from "../ops-windows.ts";
import { isFloat, sizeOf, tensor, type Dim } from "../types.ts";
import { constant, type Value } from "../value.ts";
import type { DecodedNode, Known } from "./decode-node.ts";
import { dtypeOfCode } from "./read-tensor.ts";

/** What a node puts out; what has no float type may be lengths. */
export type Decoder = (node: DecodedNode, dropout: Dropout) => readonly (Value | Known)[];

/** How an operator that drops elements while training is built. */
export type Dropout = (x: Value, rate: number) => Value;

const unary =
  (f: (x: Value) => Value): Decoder =>
  (node) => [f(node.value(0))];

const binary =
  (f: (a: Value, b: Value) => Value): Decoder =>
  (node) => [f(node.value(0), node.value(1))];

const folded =
  (f: (a: Value, b: Value) => Value): Decoder =>
  (node) => [node.values().reduce(f)];

const fromEnd = (axis: number, { shape }: Value): number => (axis < 0 ? axis + shape.length : axis);

const reduction =
  (f: (x: Value, options: op.ReduceOptions) => Value): Decoder =>
  (node) => {
    const axes = node.axes(1) ?? [];
    if (axes.length === 0 && node.int("noop_with_empty_axes", 0) === 1) return [node.value(0)];
    return [f(node.value(0), { axes, keepdims: node.int("keepdims", 1) === 1 })];
  };

/** Before version 13 the axes after `axis` were one with it, which is the same for the last one. */
const alongAxis =
  (f: (x: Value, axis: number) => Value): Decoder =>
  (node) => {
    const x = node.value(0);
    const axis = fromEnd(node.int("axis", node.opset < 13 ? 1 : -1), x);
    if (node.opset < 13 && axis !== x.shape.length - 1)
      throw new DataError(`axis ${axis} in version ${node.opset}, only the last one is supported`);
    return [f(x, axis)];
  };

const overSpace =
  (f: (x: Value, options: op.ReduceOptions) => Value): Decoder =>
  (node) => {
    const x = node.value(0);
    return [f(x, { axes: x.shape.slice(2).map((_, at) => at + 2), keepdims: true })];
  };

const autoPads = { VALID: "valid", SAME_UPPER: "same-upper", SAME_LOWER: "same-lower" } as const;

function windowOf(node: DecodedNode) {
  const [strides, dilations, pads] = ["strides", "dilations", "pads"].map((name) =>
    node.ints(name),
  );
  const auto = node.text("auto_pad", "NOTSET");
  const autoPad = Object.hasOwn(autoPads, auto)
    ? autoPads[auto as keyof typeof autoPads]
    : undefined;
  return {
    ...(strides && { strides }),
    ...(dilations && { dilations }),
    ...(autoPad ? { autoPad } : pads && { pads }),
  };
}

const kernelOf = (node: DecodedNode): readonly number[] => {
  const kernel = node.ints("kernel_shape");
  if (kernel === undefined) throw new DataError("kernel_shape is missing");
  return kernel;
};

/** A shape with 0 for "as it was" and −1 for "what is left"; a batch of 1 that was fixed in the file may be any. */
function reshaped(x: Value, wanted: readonly Dim[], allowZero: boolean): Value {
  const kept = wanted.map((dim, axis) => (dim === 0 && !allowZero ? (x.shape[axis] ?? 0) : dim));
  const [batch] = x.shape;
  const fixed = typeof batch === "string" && kept[0] === 1 && !kept.includes(batch);
  const shape = fixed && typeof batch === "string" ? [batch, ...kept.slice(1)] : kept;
  const at = shape.indexOf(-1);
  if (at < 0) return op.reshape(x, shape);
  const known = (dims: readonly Dim[]) => sizeOf(dims.filter((dim) => typeof dim === "number"));
  const others = shape.filter((_, axis) => axis !== at);
  const left = known(x.shape) / known(others);
  const missing = x.shape.find((dim) => typeof dim === "string" && !others.includes(dim));
  const rest = missing === undefined ? left : left === 1 ? missing : undefined;
  if (rest === undefined)
    throw new DataError(`a shape that mixes the batch with other axes is not supported`);
  return op.reshape(x, shape.with(at, rest));
}

/** Axes of length 1, put in or taken out: of a tensor, or of lengths, which stay as they are. */
function withAxes(
  node: DecodedNode,
  change: (x: Value, axes: readonly number[] | undefined) => readonly Dim[],
  isScalar: boolean,
): readonly (Value | Known)[] {
  const { value, dims } = node.known(0);
  if (dims !== undefined && value === undefined) return [{ dims, isScalar }];
  const x = node.value(0);
  const result = op.reshape(x, change(x, node.axes(1)));
  return [dims === undefined ? result : { value: result, dims, isScalar }];
}

function clipped(node: DecodedNode): Value {
  const old = node.opset < 11;
  const bound = (index: number, name: string, otherwise: number) =>
    old ? node.float(name, otherwise) : node.has(index) ? node.number(index) : otherwise;
  const [least, most] = [bound(1, "min", -Infinity), bound(2, "max", Infinity)];
  const x = node.value(0);
  if (least === 0 && most === Infinity) return op.relu(x);
  const above = least > -3.4e38 ? op.max(x, least) : x;
  return most < 3.4e38 ? op.min(above, most) : above;
}

/** With the statistics of the file, which stay: γ (x − μ) / √(σ² + ε) + β. */
function batchNormalized(node: DecodedNode): Value {
  node.only("training_mode", 0);
  const x = node.value(0);
  const perChannel = (index: number) => {
    const value = node.value(index);
    return op.reshape(value, [value.shape[0] ?? 1, ...x.shape.slice(2).map(() => 1)]);
  };
  const deviation = op.sqrt(op.add(perChannel(4), node.float("epsilon", 1e-5)));
  const normal = op.div(op.sub(x, perChannel(3)), deviation);
  return op.add(op.mul(normal, perChannel(1)), perChannel(2));
}

/** γ (x − mean) / √(variance + ε) + β over the axes from `axis` on. */
function layerNormalized(node: DecodedNode): Value {
  const x = node.value(0);
  const first = fromEnd(node.int("axis", -1), x);
  const axes = x.shape.flatMap((_, axis) => (axis >= first ? [axis] : []));
  const centred = op.sub(x, op.reduceMean(x, { axes, keepdims: true }));
  const variance = op.reduceMean(op.mul(centred, centred), { axes, keepdims: true });
  const scaled = op.mul(
    op.div(centred, op.sqrt(op.add(variance, node.float("epsilon", 1e-5)))),
    node.value(1),
  );
  const bias = node.optional(2);
  return bias === undefined ? scaled : op.add(scaled, bias);
}

function padded(node: DecodedNode): Value {
  node.only("mode", "constant");
  const value = node.opset < 11 ? node.float("value", 0) : node.has(2) ? node.number(2) : 0;
  if (value !== 0) throw new DataError(`padding with ${value} is not supported, only with 0`);
  if (node.has(3)) throw new DataError("padding of some axes is not supported");
  return op.pad(node.value(0), node.opset < 11 ? (node.ints("pads") ?? []) : node.wholes(1));
}

function resized(node: DecodedNode): Value {
  node.only("mode", "nearest");
  node.only("coordinate_transformation_mode", "asymmetric");
  node.only("nearest_mode", "floor");
  const index = node.opset < 11 ? 1 : 2;
  const { value } = node.known(index);
  if (value?.source.kind !== "constant") throw new DataError("scales must stand in the file");
  const [n, c, ...scales] = value.source.tensor.data;
  if (n !== 1 || c !== 1 || !scales.every((scale) => Number.isInteger(scale)))
    throw new DataError(
      `scales ${value.source.tensor.data.join(", ")} are not supported, only whole ones of the spatial axes`,
    );
  return upsample(node.value(0), scales);
}

function sliced(node: DecodedNode): readonly (Value | Known)[] {
  const old = node.opset < 10;
  const get = (index: number, name: string) =>
    old ? node.ints(name) : node.has(index) ? node.wholes(index) : undefined;
  const [starts = [], ends = []] = [get(1, "starts"), get(2, "ends")];
  const axes = get(3, "axes") ?? starts.map((_, at) => at);
  const steps = old ? undefined : get(4, "steps");
  const { value, dims } = node.known(0);
  if (value === undefined && dims !== undefined) return [{ dims: dims.slice(starts[0], ends[0]) }];
  const x = node.value(0);
  const cut = { starts, ends, axes: axes.map((axis) => fromEnd(axis, x)) };
  const plain = steps === undefined || steps.every((step) => step === 1);
  return [op.slice(x, plain ? cut : { ...cut, steps })];
}

function gathered(node: DecodedNode): readonly (Value | Known)[] {
  const { value, dims } = node.known(0);
  const axis = node.int("axis", 0);
  if (value !== undefined) return [op.gather(value, node.value(1), fromEnd(axis, value))];
  const indices = node.wholes(1);
  return [
    {
      dims: indices.map((at) => dims?.at(at) ?? 1),
      isScalar: node.known(1).isScalar === true,
    },
  ];
}

function constantOf(node: DecodedNode): Value {
  const found = node.tensor("value");
  if (found !== undefined) return constant(found);
  const ints = node.ints("value_ints");
  if (ints !== undefined) return constant(tensor("int64", [ints.length], ints));
  const [int, float] = [node.int("value_int", NaN), node.float("value_float", NaN)];
  if (Number.isNaN(int) && Number.isNaN(float))
    throw new DataError("its value is of no known kind");
  return Number.isNaN(int)
    ? constant(tensor("float32", [], [float]))
    : constant(tensor("int64", [], [int]));
}

function dropped(node: DecodedNode, dropout: Dropout): Value {
  const rate = node.opset < 12 ? node.float("ratio", 0.5) : node.has(1) ? node.number(1) : 0.5;
  return dropout(node.value(0), rate);
}

/** Every operator that can be read. */
export const decoders: Readonly<Record<string, Decoder>> = {
  Neg: unary(op.neg),
  Abs: unary(op.abs),
  Sign: unary(op.sign),
  Exp: unary(op.exp),
  Log: unary(op.log),
  Sqrt: unary(op.sqrt),
  Reciprocal: unary(op.reciprocal),
  Erf: unary(op.erf),
  Sigmoid: unary(op.sigmoid),
  Tanh: unary(op.tanh),
  Softplus: unary(op.softplus),
  Relu: unary(op.relu),
  Not: unary(op.not),
  Identity: (node) => [node.known(0)],
  LeakyRelu: (node) => [op.leakyRelu(node.value(0), node.float("alpha", 0.01))],
  Elu: (node) => [op.elu(node.value(0), node.float("alpha", 1))],
  HardSigmoid: (node) => [
    op.hardSigmoid(node.value(0), node.float("alpha", 0.2), node.float("beta", 0.5)),
  ],
  Clip: (node) => [clipped(node)],
  Dropout: (node, dropout) => [dropped(node, dropout)],
  Cast: (node) => {
    const to = dtypeOfCode(node.int("to", 0), "the result");
    const { value, ...lengths } = node.known(0);
    if (value === undefined) return [lengths];
    // The floats of a run are of one type.
    return [isFloat(to) && isFloat(value.dtype) ? value : op.cast(value, to)];
  },
  Add: binary(op.add),
  Sub: binary(op.sub),
  Mul: binary(op.mul),
  Div: binary(op.div),
  Pow: binary(op.pow),
  Sum: folded(op.add),
  Max: folded(op.max),
  Min: folded(op.min),
  Less: binary(op.less),
  LessOrEqual: binary(op.lessOrEqual),
  Greater: binary(op.greater),
  GreaterOrEqual: binary(op.greaterOrEqual),
  Equal: binary(op.equal),
  And: binary(op.and),
  Or: binary(op.or),
  Where: (node) => [op.where(node.value(0), node.value(1), node.value(2))],
  MatMul: binary(op.matMul),
  Gemm: (node) => [
    op.gemm(node.value(0), node.value(1), node.optional(2), {
      alpha: node.float("alpha", 1),
      beta: node.float("beta", 1),
      transA: node.int("transA", 0) === 1,
      transB: node.int("transB", 0) === 1,
    }),
  ],
  ReduceSum: reduction(op.reduceSum),
  ReduceMean: reduction(op.reduceMean),
  ReduceMax: reduction(op.reduceMax),
  ReduceSumSquare: reduction(op.reduceSumSquare),
  GlobalAveragePool: overSpace(op.reduceMean),
  GlobalMaxPool: overSpace(op.reduceMax),
  Softmax: alongAxis(op.softmax),
  LogSoftmax: alongAxis(op.logSoftmax),
  BatchNormalization: (node) => [batchNormalized(node)],
  LayerNormalization: (node) => [layerNormalized(node)],
  Constant: (node) => [constantOf(node)],
  Shape: (node) => [{ dims: node.value(0).shape }],
  Reshape: (node) => [reshaped(node.value(0), node.dims(1), node.int("allowzero", 0) === 1)],
  Flatten: (node) => {
    const x = node.value(0);
    const axis = fromEnd(node.int("axis", 1), x);
    const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis)];
    const first = outer.length === 1 ? (outer[0] ?? 1) : sizeOf(outer as number[]);
    return [reshaped(x, [first, sizeOf(inner as number[])], false)];
  },
  Squeeze: (node) =>
    withAxes(
      node,
      (x, axes) => {
        const out = axes?.map((axis) => fromEnd(axis, x));
        return x.shape.filter((dim, axis) => !(out?.includes(axis) ?? dim === 1));
      },
      true,
    ),
  Unsqueeze: (node) =>
    withAxes(
      node,
      (x, axes = []) => {
        const rank = x.shape.length + axes.length;
        const ones = axes.map((axis) => (axis < 0 ? axis + rank : axis));
        const rest = [...x.shape];
        return Array.from({ length: rank }, (_, at) =>
          ones.includes(at) ? 1 : (rest.shift() ?? 1),
        );
      },
      false,
    ),
  Transpose: (node) => [op.transpose(node.value(0), node.ints("perm"))],
  Concat: (node) => {
    const all = node.node.inputs.map((_, index) => node.known(index));
    if (all.every(({ dims }) => dims !== undefined))
      return [{ dims: all.flatMap(({ dims = [] }) => dims) }];
    const values = node.values();
    return [op.concat(values, fromEnd(node.int("axis", 0), values[0] ?? node.value(0)))];
  },
  Slice: sliced,
  Pad: (node) => [padded(node)],
  Gather: gathered,
  Conv: (node) => [
    conv(node.value(0), node.value(1), node.optional(2), {
      ...windowOf(node),
      group: node.int("group", 1),
    }),
  ],
  ConvTranspose: (node) => {
    const outputPadding = node.ints("output_padding");
    return [
      convTranspose(node.value(0), node.value(1), node.optional(2), {
        ...windowOf(node),
        group: node.int("group", 1),
        ...(outputPadding && { outputPadding }),
      }),
    ];
  },
  MaxPool: (node) => [
    maxPool(node.value(0), kernelOf(node), {
      ...windowOf(node),
      ceilMode: node.int("ceil_mode", 0) === 1,
    }),
  ],
  AveragePool: (node) => [
    averagePool(node.value(0), kernelOf(node), {
      ...windowOf(node),
      ceilMode: node.int("ceil_mode", 0) === 1,
      countIncludePad: node.int("count_include_pad", 0) === 1,
    }),
  ],
  Resize: (node) => [resized(node)],
  Upsample: (node) => [resized(node)],
};
