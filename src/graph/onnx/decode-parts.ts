/** @file Operators of ONNX that are several of the graph, or whose operands are settings. */
import { DataError } from "../../errors.ts";
import * as op from "../ops.ts";
import { upsample, type WindowOptions } from "../ops-windows.ts";
import { sizeOf, tensor, type Dim } from "../types.ts";
import { constant, type Value } from "../value.ts";
import type { DecodedNode, Known } from "./decode-node.ts";

/** How an operator that drops elements while training is built. */
export type Dropout = (x: Value, rate: number) => Value;

/** `axis` counted from the start. */
export const fromEnd = (axis: number, { shape }: Value): number =>
  axis < 0 ? axis + shape.length : axis;

const autoPads = { VALID: "valid", SAME_UPPER: "same-upper", SAME_LOWER: "same-lower" } as const;

/** Options of a sliding window. */
export function windowOf(node: DecodedNode): WindowOptions {
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

export const kernelOf = (node: DecodedNode): readonly number[] => {
  const kernel = node.ints("kernel_shape");
  if (kernel === undefined) throw new DataError("kernel_shape is missing");
  return kernel;
};

/** A shape with 0 for "as it was" and −1 for "what is left"; a batch of 1 that was fixed in the file may be any. */
export function reshaped(x: Value, wanted: readonly Dim[], allowZero: boolean): Value {
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
export function withAxes(
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

export function clipped(node: DecodedNode): Value {
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
export function batchNormalized(node: DecodedNode): Value {
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
export function layerNormalized(node: DecodedNode): Value {
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

export function padded(node: DecodedNode): Value {
  node.only("mode", "constant");
  const value = node.opset < 11 ? node.float("value", 0) : node.has(2) ? node.number(2) : 0;
  if (value !== 0) throw new DataError(`padding with ${value} is not supported, only with 0`);
  if (node.has(3)) throw new DataError("padding of some axes is not supported");
  return op.pad(node.value(0), node.opset < 11 ? (node.ints("pads") ?? []) : node.wholes(1));
}

export function resized(node: DecodedNode): Value {
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

export function sliced(node: DecodedNode): readonly (Value | Known)[] {
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

export function gathered(node: DecodedNode): readonly (Value | Known)[] {
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

export function constantOf(node: DecodedNode): Value {
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

export function dropped(node: DecodedNode, dropout: Dropout): Value {
  const rate = node.opset < 12 ? node.float("ratio", 0.5) : node.has(1) ? node.number(1) : 0.5;
  return dropout(node.value(0), rate);
}
