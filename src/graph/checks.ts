/** @file Checks of what users build graphs from: values, shapes, tensors and attributes. */
import {
  finite,
  flag,
  InputError,
  list,
  object,
  oneOf,
  show,
  text,
  wholeNumber,
} from "../errors.ts";
import type { Op, Operators } from "./operators.ts";
import { dtypes, sizeOf, type DType, type Shape, type Tensor, type TensorType } from "./types.ts";

/** `value` when it is one of a graph. @throws InputError */
export function valueOf<T extends TensorType>(name: string, value: T): T {
  const { dtype, shape, source } = Object(value) as TensorType & { readonly source?: unknown };
  if (typeof dtype === "string" && Array.isArray(shape) && source !== undefined) return value;
  throw new InputError(
    `${name} must be a value of a graph, such as input("x", "float32", ["batch", 4]), got ${show(value)}`,
  );
}

/** `values` when all are values of a graph. @throws InputError */
export function valuesOf<T extends TensorType>(name: string, values: readonly T[]): readonly T[] {
  list(name, values, "[y]").forEach((value, at) => valueOf(`${name}[${at}]`, value));
  return values;
}

/** `dtype` when there is such a type of elements. @throws InputError */
export function dtypeOf(dtype: DType): DType {
  return oneOf("dtype", dtype, dtypes);
}

/** `shape` when each length is a whole number, or a name. @throws InputError */
export function shapeOf<T extends Shape>(shape: T): T {
  for (const length of list("shape", shape, '["batch", 784]'))
    if (typeof length !== "string") wholeNumber("a length of shape (or its name)", length, 0);
  return shape;
}

/** `tensor` when it has as many numbers as its shape says. @throws InputError */
export function tensorOf(name: string, tensor: Tensor): Tensor {
  const { dtype, shape, data } = object(name, tensor, "a tensor such as tensor(…) makes");
  dtypeOf(dtype);
  for (const length of list("shape", shape, "[32, 784]"))
    wholeNumber("a length of shape", length, 0);
  if (!ArrayBuffer.isView(data))
    throw new InputError(`${name}: data must be a typed array, got ${show(data)}`);
  if (data.length === sizeOf(shape)) return tensor;
  throw new InputError(
    `${name}: shape [${shape.join(", ")}] must have ${sizeOf(shape)} values, got ${data.length}`,
  );
}

type AttributeName = { [P in Op]: keyof Operators[P] }[Op];

const number = (name: string, value: unknown) => finite(name, value as number);
const whole = (name: string, value: unknown) =>
  wholeNumber(name, value as number, -Number.MAX_SAFE_INTEGER);
const wholes = (name: string, value: unknown) => {
  for (const entry of list(name, value as readonly unknown[], "[0, 1]")) whole(name, entry);
};
const yes = (name: string, value: unknown) => flag(name, value as boolean);

/** Every attribute by its name, which means the same type for all operators. */
const attributes: Readonly<Record<AttributeName, (name: string, value: unknown) => unknown>> = {
  ...{ alpha: number, beta: number },
  ...{ axis: whole, k: whole, group: whole, ignoreIndex: whole },
  ...{ axes: wholes, perm: wholes, starts: wholes, ends: wholes, steps: wholes, pads: wholes },
  ...{ kernelShape: wholes, strides: wholes, dilations: wholes, outputPadding: wholes },
  scales: wholes,
  ...{ keepdims: yes, largest: yes, transA: yes, transB: yes, ceilMode: yes },
  countIncludePad: yes,
  to: (_name, value) => dtypeOf(value as DType),
  shape: (_name, value) => shapeOf(value as Shape),
  reduction: (name, value) => oneOf(name, value as string, ["none", "sum", "mean", "add"]),
};

/** Attributes that may be left out. */
const optional: ReadonlySet<string> = new Set<AttributeName>(["steps", "ignoreIndex"]);

/** Refuses what is no value, and attributes of the wrong type; shapes are another matter. @throws InputError */
export function checkNode(op: Op, given: object, inputs: readonly TensorType[]): void {
  inputs.forEach((value, at) => valueOf(`${op}: input ${at}`, value));
  for (const [name, value] of Object.entries(object(`the attributes of ${op}`, given)))
    if (value !== undefined || !optional.has(name))
      attributes[name as AttributeName](`${op}: ${name}`, value);
}

/** Refuses what has no name and no value. @throws InputError */
export function checkNamed(
  name: string,
  entries: readonly { readonly name: string; readonly value: TensorType }[],
): void {
  list(name, entries, '[{ name: "x", value: x }]').forEach((entry, at) => {
    const one = object(`${name}[${at}]`, entry, "an object with name and value");
    text(`${name}[${at}].name`, one.name);
    valueOf(`${name}[${at}].value`, one.value);
  });
}
