/**
 * @file Just enough of the protocol-buffer wire format to write a small ONNX model by hand.
 *
 * It shares no code with `src/`, so that the floor of the benchmark stays independent of the library it is compared
 * with. Field numbers are those of onnx.proto (IR version 8).
 */

export type ElementType = "float32" | "int32" | "int64" | "bool";
type Attribute = number | readonly number[] | Graph;

/** A value's name, element type and shape; a shape of `undefined` is left for ONNX Runtime to infer. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape?: readonly number[] | undefined;
}

/** One node; a whole number becomes an INT attribute, any other number a FLOAT. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute | { readonly float: number }>>;
}

/** A graph, either of the model or of the body of a `Loop` or `Scan`. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
  readonly floats?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: Float32Array;
  }[];
}

const elementCode = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
const text = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const int = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...varint(field * 8), ...varint(value)]);
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  concat([Uint8Array.from([...varint(field * 8 + 2), ...varint(value.length)]), value]);
const string = (field: number, value: string): Uint8Array => bytes(field, text.encode(value));
const message = (field: number, parts: readonly Uint8Array[]): Uint8Array =>
  bytes(field, concat(parts));
const float = (field: number, value: number): Uint8Array =>
  concat([Uint8Array.of(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)]);

function attribute(
  name: string,
  value: Attribute | { readonly float: number },
): readonly Uint8Array[] {
  const head = string(1, name);
  if (typeof value === "number") return [head, int(3, value), int(20, 2)];
  if (Array.isArray(value)) {
    return [head, ...(value as readonly number[]).map((each) => int(8, each)), int(20, 7)];
  }
  if ("float" in value) return [head, float(2, value.float), int(20, 1)];
  return [head, message(6, graph(value as Graph)), int(20, 5)];
}

function valueInfo(field: number, { name, type, shape }: ValueInfo): Uint8Array {
  const dims = shape?.map((size) => message(1, [int(1, size)]));
  const tensor = [int(1, elementCode[type]), ...(dims === undefined ? [] : [message(2, dims)])];
  return message(field, [string(1, name), message(2, [message(1, tensor)])]);
}

function node({ op, inputs, outputs, attributes = {} }: Node): Uint8Array {
  return message(1, [
    ...inputs.map((name) => string(1, name)),
    ...outputs.map((name) => string(2, name)),
    string(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
  ]);
}

function graph({ name, inputs, outputs, nodes, floats = [] }: Graph): readonly Uint8Array[] {
  return [
    ...nodes.map(node),
    string(2, name),
    ...floats.map(({ name, shape, data }) =>
      message(5, [
        ...shape.map((size) => int(1, size)),
        int(2, elementCode.float32),
        string(8, name),
        bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ]),
    ),
    ...inputs.map((value) => valueInfo(11, value)),
    ...outputs.map((value) => valueInfo(12, value)),
  ];
}

/** The bytes of an ONNX model of one graph, at opset 17. */
export function onnxModel(main: Graph): Uint8Array {
  return concat([int(1, 8), message(7, graph(main)), message(8, [string(1, ""), int(2, 17)])]);
}
