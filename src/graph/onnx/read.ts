/** @file ONNX bytes as plain data: the nodes of a model, with their names, in the order of the file. */
import { DataError } from "../../errors.ts";
import type { Dim, DType, Tensor } from "../types.ts";
import { fieldsOf, integersOf, textField } from "./fields.ts";
import { readMetadata } from "./metadata.ts";
import { dtypeOfCode, readTensor } from "./read-tensor.ts";

/** An attribute: what of it the file has. */
export interface OnnxAttribute {
  readonly float?: number;
  readonly int?: number;
  readonly string?: string;
  readonly tensor?: () => Tensor;
  readonly ints: readonly number[];
}

export interface OnnxNode {
  readonly op: string;
  /** Its name, or that of its first output. */
  readonly name: string;
  readonly domain: string;
  /** Names; empty for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** An input of the graph that is fed. */
export interface OnnxInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** What a model file holds. */
export interface OnnxFile {
  /** Its name, for errors. */
  readonly source: string;
  /** Version of ONNX's own operators. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, () => Tensor>;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/**
 * Reads an ONNX file. Nothing of the graph is checked beyond what reading it takes.
 *
 * @throws DataError for bytes that are no ONNX file, one that is cut, and inputs that are not tensors
 */
export function readOnnxFile(bytes: Uint8Array, source = "model"): OnnxFile {
  let [opset, graph] = [0, undefined as Uint8Array | undefined];
  for (const { number, bytes: content } of fieldsOf(bytes, source)) {
    if (content === undefined) continue;
    if (number === 7) graph = content;
    if (number === 8) opset = opsetOf(content, source) ?? opset;
  }
  if (graph === undefined || opset === 0)
    throw new DataError(`${source} is no ONNX file: it has no graph, or no version of operators`);
  return { source, opset, ...readGraph(graph, source), metadata: readMetadata(bytes, source) };
}

/** The version of ONNX's own operators, where an entry is about these. */
function opsetOf(entry: Uint8Array, source: string): number | undefined {
  let [domain, version] = ["", 0];
  for (const { number, bytes, integer } of fieldsOf(entry, source)) {
    if (number === 1) domain = text(bytes);
    if (number === 2) version = integer ?? 0;
  }
  return domain === "" || domain === "ai.onnx" ? version : undefined;
}

type Graph = Pick<OnnxFile, "nodes" | "initializers" | "inputs" | "outputs">;

function readGraph(graph: Uint8Array, source: string): Graph {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, () => Tensor>();
  const inputs: Uint8Array[] = [];
  const outputs: string[] = [];
  for (const { number, bytes } of fieldsOf(graph, source)) {
    if (bytes === undefined) continue;
    if (number === 1) nodes.push(readNode(bytes, source));
    if (number === 5) {
      const { name, tensor } = readTensor(bytes, source);
      initializers.set(name, tensor);
    }
    if (number === 11) inputs.push(bytes);
    if (number === 12) outputs.push(textField(bytes, 1, source));
  }
  // Files of old versions name their initializers among the inputs, too.
  const fed = inputs.filter((bytes) => !initializers.has(textField(bytes, 1, source)));
  return { nodes, initializers, outputs, inputs: fed.map((bytes) => readInput(bytes, source)) };
}

function readNode(message: Uint8Array, source: string): OnnxNode {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, OnnxAttribute>();
  let [name, op, domain] = ["", "", ""];
  for (const { number, bytes } of fieldsOf(message, source)) {
    if (number === 1) inputs.push(text(bytes));
    if (number === 2) outputs.push(text(bytes));
    if (number === 3) name = text(bytes);
    if (number === 4) op = text(bytes);
    if (number === 7) domain = text(bytes);
    if (number === 5 && bytes !== undefined)
      attributes.set(textField(bytes, 1, source), readAttribute(bytes, source));
  }
  return { op, domain, inputs, outputs, attributes, name: name === "" ? (outputs[0] ?? "") : name };
}

function readAttribute(message: Uint8Array, source: string): OnnxAttribute {
  const ints: number[] = [];
  let found: Omit<OnnxAttribute, "ints"> = {};
  for (const field of fieldsOf(message, source)) {
    const { number, bytes, integer } = field;
    if (number === 2 && bytes?.length === 4)
      found = { ...found, float: new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true) };
    if (number === 3 && integer !== undefined) found = { ...found, int: integer };
    if (number === 4) found = { ...found, string: text(bytes) };
    if (number === 5 && bytes !== undefined)
      found = { ...found, tensor: readTensor(bytes, source).tensor };
    if (number === 8) ints.push(...integersOf(field, source));
  }
  return { ...found, ints };
}

/** ValueInfoProto: its name, and of its type the tensor. */
function readInput(message: Uint8Array, source: string): OnnxInput {
  const name = textField(message, 1, source);
  const type = part(message, 2, source);
  const tensor = type && part(type, 1, source);
  if (tensor === undefined)
    throw new DataError(`${source}: input "${name}" is no tensor of a known type`);
  let code = 0;
  const shape: Dim[] = [];
  for (const { number, bytes, integer } of fieldsOf(tensor, source)) {
    if (number === 1) code = integer ?? 0;
    if (number !== 2 || bytes === undefined) continue;
    for (const dimension of fieldsOf(bytes, source))
      if (dimension.number === 1 && dimension.bytes !== undefined)
        shape.push(readDim(dimension.bytes, source));
  }
  return { name, dtype: dtypeOfCode(code, `${source}: input "${name}"`), shape };
}

function readDim(message: Uint8Array, source: string): Dim {
  for (const { number, bytes, integer } of fieldsOf(message, source)) {
    if (number === 1 && integer !== undefined) return integer;
    if (number === 2) return text(bytes);
  }
  return "unknown";
}

/** The content of the first field with a number. */
function part(message: Uint8Array, wanted: number, source: string): Uint8Array | undefined {
  for (const { number, bytes } of fieldsOf(message, source)) if (number === wanted) return bytes;
  return undefined;
}
