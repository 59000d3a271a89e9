/**
 * @file Graphs as ONNX bytes (IR version 10, opset 22, the first whose pools in ceil mode leave out windows that start in the padding).
 * Field numbers are those of onnx.proto; a `Scan` body is an attribute of type GRAPH.
 */
import { InputError, object } from "../../errors.ts";
import { checkNamed } from "../checks.ts";
import { lower } from "../lower.ts";
import type { Op } from "../operators.ts";
import { nodesOf } from "../topology.ts";
import type { Dim, DType, Tensor, TensorType } from "../types.ts";
import type { Node, Value } from "../value.ts";
import { dataTypes, encoders, type AttributeValue, type Encoding } from "./encode.ts";
import { Message } from "./protobuf.ts";

/** A value with the name it has outside the graph. */
export interface Named {
  readonly name: string;
  readonly value: Value;
}

/** A value that is part of the file, under its name. */
export interface Fixed extends Named {
  readonly tensor: Tensor;
}

/** A graph that is run once per call. */
export interface Program {
  readonly inputs: readonly Named[];
  readonly outputs: readonly Named[];
  /** What is written as initializers in place of inputs. */
  readonly fixed?: readonly Fixed[];
}

/** A graph that is run K times per call, its body in an ONNX `Scan`. */
export interface ScanProgram {
  /** Values handed from one iteration to the next: read as `value`, replaced by `next`. */
  readonly carried: readonly (Named & { readonly next: Value })[];
  /** Inputs with one entry an iteration: fed as [K, ...shape]. */
  readonly scanned: readonly Named[];
  /** Inputs that every iteration reads whole. */
  readonly captured: readonly Named[];
  /** Outputs with one entry an iteration: returned as [K, ...shape]. */
  readonly columns: readonly Named[];
}

/** Number of the field `metadata_props` of a model. */
export const metadataField = 14;

/** What the names of constants begin with, and those of parameters do not. */
export const constantPrefix = "constant/";

/** The dimension of K in the inputs and outputs of a `Scan`. */
const iterations = "iterations";

/** ONNX bytes of a graph. `metadata` goes into the file's `metadata_props`, which no runtime looks at. */
export function writeModel(
  program: Program,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { inputs, outputs, fixed = [] } = object("program", program);
  for (const [name, named] of Object.entries({ inputs, outputs, fixed })) checkNamed(name, named);
  object("metadata", metadata);
  const graph = new Message();
  for (const { name, tensor } of fixed) graph.message(5, tensorProto(name, tensor));
  writeBody(graph, [...inputs, ...fixed], outputs);
  for (const { name, value } of inputs) graph.message(11, valueInfo(name, value));
  for (const { name, value } of outputs) graph.message(12, valueInfo(name, value));
  return model(graph.string(2, "graph"), metadata);
}

/** ONNX bytes of a loop: inputs are the carried, scanned and captured values, outputs the carried values and the columns. */
export function writeScan(program: ScanProgram): Uint8Array {
  const { carried, scanned, captured, columns } = object("program", program);
  for (const [name, named] of Object.entries({ carried, scanned, captured, columns }))
    checkNamed(name, named);
  const inner = (name: string) => `${name}/in`;
  const body = new Message();
  const inputs = [...carried, ...scanned].map(({ name, value }) => ({ name: inner(name), value }));
  const outputs = [
    ...carried.map(({ name, next }) => ({ name: `${name}/next`, value: next })),
    ...columns.map(({ name, value }) => ({ name: `${name}/row`, value })),
  ];
  writeBody(body, [...inputs, ...captured], outputs);
  for (const { name, value } of inputs) body.message(11, valueInfo(name, value));
  for (const { name, value } of outputs) body.message(12, valueInfo(name, value));

  const scan = new Message();
  for (const { name } of [...carried, ...scanned]) scan.string(1, name);
  for (const { name } of [...carried, ...columns]) scan.string(2, outputName(name));
  scan.string(4, "Scan").string(3, "loop");
  scan.message(5, attribute("num_scan_inputs", { int: scanned.length }));
  scan.message(
    5,
    new Message().string(1, "body").message(6, body.string(2, "body")).integer(20, 5),
  );

  const graph = new Message().message(1, scan);
  const row = (value: TensorType) => ({ ...value, shape: [iterations, ...value.shape] });
  for (const { name, value } of [...carried, ...captured])
    graph.message(11, valueInfo(name, value));
  for (const { name, value } of scanned) graph.message(11, valueInfo(name, row(value)));
  for (const { name, value } of carried) graph.message(12, valueInfo(outputName(name), value));
  for (const { name, value } of columns) graph.message(12, valueInfo(outputName(name), row(value)));
  return model(graph.string(2, "loop"));
}

/** The name of an output: ONNX keeps inputs and outputs apart by name. */
export function outputName(name: string): string {
  return `${name}/out`;
}

function model(graph: Message, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const file = new Message()
    .integer(1, 10)
    .string(2, "minibatch")
    .message(7, graph)
    .message(8, new Message().string(1, "").integer(2, 22));
  for (const [key, value] of Object.entries(metadata))
    file.message(metadataField, new Message().string(1, key).string(2, value));
  return file.finish();
}

/** Writes the nodes and constants that `outputs` need; an output that no node makes, or that has another name already, is copied by `Identity`. */
function writeBody(graph: Message, inputs: readonly Named[], outputs: readonly Named[]): void {
  const results = lower(outputs.map(({ value }) => value));
  const names = new Map<Value, string>(inputs.map(({ name, value }) => [value, name]));
  const constants = new Map<string | Tensor, string>();
  const constantName = (tensor: Tensor): string => {
    const key = keyOf(tensor);
    const known = constants.get(key);
    if (known !== undefined) return known;
    const name = `${constantPrefix}${constants.size}`;
    constants.set(key, name);
    graph.message(5, tensorProto(name, tensor));
    return name;
  };
  const nameOf = (value: Value): string => {
    const { source } = value;
    if (source.kind === "constant") return constantName(source.tensor);
    const name = names.get(value);
    if (name === undefined)
      throw new InputError(
        `${source.kind === "input" ? `input "${source.name}"` : source.node.op} is not part of the program; its inputs must name all that its outputs need`,
      );
    return name;
  };
  // A node writes an output under its own name: a copy would cost a pass over the parameters in every iteration.
  const direct = new Map<Value, string>();
  results.forEach((value, index) => {
    if (value.source.kind === "node" && !direct.has(value))
      direct.set(value, outputs[index]?.name ?? "");
  });
  const nodes = nodesOf(results);
  const used = new Set<Value>([...results, ...nodes.flatMap(({ inputs }) => inputs)]);
  nodes.forEach((node, index) => {
    const wanted = node.outputs.filter(
      (value, output) => output === 0 || used.has(value) || !optionalOutputs.has(node.op),
    );
    wanted.forEach((value, output) =>
      names.set(value, direct.get(value) ?? `${node.op}/${index}.${output}`),
    );
    graph.message(1, nodeProto(node, wanted, nameOf, constantName));
  });
  results.forEach((value, index) => {
    const name = outputs[index]?.name ?? "";
    if (direct.get(value) === name) return;
    graph.message(1, new Message().string(1, nameOf(value)).string(2, name).string(4, "Identity"));
  });
}

/** Operators whose second output costs time and may be left out. */
const optionalOutputs: ReadonlySet<Op> = new Set<Op>(["MaxPool", "SoftmaxCrossEntropyLoss"]);

/** Small constants that are equal are written once; large ones are not compared. */
function keyOf(tensor: Tensor): string | Tensor {
  const { dtype, shape, data } = tensor;
  if (data.length > 64) return tensor;
  const values = Array.from(data, (value) => (Object.is(value, -0) ? "-0" : String(value)));
  return `${dtype}[${shape.join()}]${values.join()}`;
}

function nodeProto(
  node: Node,
  outputs: readonly Value[],
  nameOf: (value: Value) => string,
  constantName: (tensor: Tensor) => string,
): Message {
  const encode = encoders[node.op] as (attributes: Node["attributes"]) => Encoding;
  const { attributes = {}, constants = [] } = encode(node.attributes);
  const message = new Message();
  for (const value of node.inputs) message.string(1, nameOf(value));
  for (const vector of constants)
    message.string(1, vector === undefined ? "" : constantName(vectorOf(vector)));
  for (const value of outputs) message.string(2, nameOf(value));
  message.string(4, node.op);
  for (const [name, value] of Object.entries(attributes))
    message.message(5, attribute(name, value));
  return message;
}

function vectorOf(vector: readonly number[] | Float32Array): Tensor {
  const shape = [vector.length];
  return vector instanceof Float32Array
    ? { dtype: "float32", shape, data: vector }
    : { dtype: "int64", shape, data: Float64Array.from(vector) };
}

function attribute(name: string, value: AttributeValue): Message {
  const message = new Message().string(1, name);
  if ("float" in value) return message.float(2, value.float).integer(20, 1);
  if ("int" in value) return message.integer(3, value.int).integer(20, 2);
  if ("string" in value) return message.string(4, value.string).integer(20, 3);
  for (const int of value.ints) message.integer(8, int);
  return message.integer(20, 7);
}

function tensorProto(name: string, { dtype, shape, data }: Tensor): Message {
  const message = new Message();
  for (const dim of shape) message.integer(1, dim);
  return message.integer(2, dataTypes[dtype]).string(8, name).bytes(9, rawData(dtype, data));
}

function rawData(dtype: DType, data: Tensor["data"]): Uint8Array {
  if (dtype === "int64") return new Uint8Array(BigInt64Array.from(Array.from(data, BigInt)).buffer);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function valueInfo(name: string, { dtype, shape }: TensorType): Message {
  const dimensions = new Message();
  for (const dim of shape) dimensions.message(1, dimension(dim));
  const tensorType = new Message().integer(1, dataTypes[dtype]).message(2, dimensions);
  return new Message().string(1, name).message(2, new Message().message(1, tensorType));
}

function dimension(dim: Dim): Message {
  return typeof dim === "number" ? new Message().integer(1, dim) : new Message().string(2, dim);
}
