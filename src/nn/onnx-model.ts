/** @file A model from an ONNX file: its floating-point initializers are learned, and start from the values of the file. */
import { DataError, flag, InputError, knownOptions, show, text } from "../errors.ts";
import { DecodedNode, type Known } from "../graph/onnx/decode-node.ts";
import { decoders } from "../graph/onnx/decode.ts";
import { readOnnxFile, type OnnxFile, type OnnxNode } from "../graph/onnx/read.ts";
import { constantPrefix } from "../graph/onnx/write.ts";
import { mul, reshape } from "../graph/ops.ts";
import {
  isFloat,
  sameShape,
  showShape,
  sizeOf,
  tensor,
  type Dim,
  type FloatType,
  type Shape,
  type Tensor,
} from "../graph/types.ts";
import { constant, input, scalarConstant, type Value } from "../graph/value.ts";
import { dropoutMask } from "./dropout.ts";
import type { Initializer } from "./initializer.ts";
import { buildModel, type Model, type Scope } from "./model.ts";

/** Options of `modelFromOnnx`. */
export interface OnnxModelOptions {
  /** The file's name, for errors; "model" by default. */
  readonly source?: string;
  /** Whether a Softmax (or LogSoftmax) at the end stays; false by default, since the loss `crossEntropy` takes what comes before it. */
  readonly keepSoftmax?: boolean;
}

/** A model that was read from a file. */
export interface OnnxModel extends Model {
  /** Shape of one example, as the file says. */
  readonly inputShape: readonly number[];
  /** Shape of the output for one example. */
  readonly outputShape: readonly number[];
  /** What was done to it, in lines: a Softmax that was left out. */
  readonly notes: readonly string[];
}

/**
 * The model in an ONNX file, such as PyTorch's `torch.onnx.export` writes: its floating-point initializers become parameters under
 * their names in the file, with the values of the file to start from. Batch normalization keeps the statistics of the file.
 *
 * The file has one input [batch, …] of floats, whose batch may be any length or 1, and one output. Operators: versions 7 to 22, those
 * of the graph and what is made of them (Flatten, Clip, BatchNormalization, …).
 *
 * @throws DataError naming the file and the node: for what is no ONNX file, a cut one, weights in another file, and operators that
 *   minibatch does not have
 * @example
 * const model = modelFromOnnx(readFileSync("resnet.onnx"));
 * await train(model, training, { optimizer: sgd({ learningRate: 0.001 }) }).result;
 */
export function modelFromOnnx(bytes: Uint8Array, options: OnnxModelOptions = {}): OnnxModel {
  knownOptions("modelFromOnnx", options, ["source", "keepSoftmax"]);
  const { source = "model", keepSoftmax = false } = options;
  text("source", source);
  flag("keepSoftmax", keepSoftmax);
  if (!(bytes instanceof Uint8Array))
    throw new InputError(`an ONNX model must be a Uint8Array, got ${show(bytes)}`);
  const read = readOnnxFile(bytes, source);
  const { file, note } = keepSoftmax ? { file: read, note: undefined } : withoutSoftmax(read);
  const shape = exampleShape(file);
  const forward: Model["forward"] = (x, scope) => built(file, shape, x, scope);
  const kind = `onnx(${source.replace(/^.*[\\/]/, "").replaceAll(" ", "_")})`;
  const { output } = buildModel(
    { kind, forward },
    input("x", "float32", ["batch", ...shape]),
    false,
  );
  const [batch, ...rest] = output.shape;
  if (batch !== "batch" || rest.some((dim) => typeof dim !== "number"))
    throw new DataError(
      `${source}: the output must be [batch, …], got ${showShape(output.shape)}; export the model with a batch of any length`,
    );
  return {
    ...{ kind, forward, inputShape: shape },
    outputShape: rest as number[],
    notes: note === undefined ? [] : [note],
  };
}

/** The shape of an example: that of the input without its batch. @throws DataError */
function exampleShape({ source, inputs, outputs, opset }: OnnxFile): readonly number[] {
  const [first] = inputs;
  if (first === undefined || inputs.length > 1 || outputs.length !== 1)
    throw new DataError(
      `${source} has ${inputs.length} inputs and ${outputs.length} outputs; expected one of each`,
    );
  if (opset < 7 || opset > 22)
    throw new DataError(`${source} has operators of version ${opset}; expected 7 to 22`);
  const [batch, ...shape] = first.shape;
  const free = typeof batch === "string" || batch === 1;
  if (!free || shape.some((dim) => typeof dim !== "number" || dim < 1))
    throw new DataError(
      `${source}: input "${first.name}" must be [batch, …] with a batch of any length, or 1, and other lengths that are known; got ${showShape(first.shape)}`,
    );
  return shape as number[];
}

/** The file with the last node left out where it is a Softmax. */
function withoutSoftmax(file: OnnxFile): { readonly file: OnnxFile; readonly note?: string } {
  const [output = ""] = file.outputs;
  const last = file.nodes.find(({ outputs }) => outputs.includes(output));
  if (last === undefined || !["Softmax", "LogSoftmax"].includes(last.op)) return { file };
  const [before = ""] = last.inputs;
  return {
    file: { ...file, outputs: [before] },
    note: `${file.source}: its last node, ${last.op}, is left out: the loss cross-entropy takes what comes before it`,
  };
}

/** Builds the nodes that the output needs. */
function built(file: OnnxFile, shape: readonly number[], x: Value, scope: Scope): Value {
  const dtype = x.dtype as FloatType;
  const known = new Map<string, Known>();
  const initializer = (name: string): Known | undefined =>
    file.initializers.has(name) ? initialValue(file, name, dtype, scope) : undefined;
  const lookUp = (name: string): Known => {
    const found = known.get(name) ?? initializer(name);
    if (found === undefined) throw new DataError(`there is no ${show(name)}`);
    known.set(name, found);
    return found;
  };
  const [fed] = file.inputs;
  known.set(fed?.name ?? "", { value: asExample(file.source, x, shape) });
  const order = inOrder(file);
  const used = new Set([...order.flatMap(({ inputs }) => inputs), ...file.outputs]);
  // in the order of the file, which is that of the layers
  for (const name of file.initializers.keys()) if (used.has(name)) lookUp(name);
  for (const node of order)
    inNode(file, node, () => {
      const decode = Object.hasOwn(decoders, node.op) ? decoders[node.op] : undefined;
      if (decode === undefined || !["", "ai.onnx"].includes(node.domain))
        throw new DataError("minibatch has no such operator");
      const results =
        asStored(file, node, lookUp) ??
        decode(new DecodedNode(node, file.opset, lookUp), (value, rate) =>
          scope.training && rate > 0 && rate < 1
            ? mul(value, dropoutMask(value, rate, scope))
            : value,
        );
      node.outputs.forEach((name, index) => {
        const result = results[index];
        if (name === "" || result === undefined) return;
        known.set(name, "source" in result ? knownOf(result, dtype) : result);
      });
    });
  const [output = ""] = file.outputs;
  const { value } = inNode(file, undefined, () => lookUp(output));
  if (value === undefined || !isFloat(value.dtype))
    throw new DataError(`${file.source}: the output "${output}" must be floats`);
  return value;
}

/** Runs a step, and says in the error which node of which file it is about. */
function inNode<T>({ source }: OnnxFile, node: OnnxNode | undefined, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Error) || message.startsWith("internal:") || message.startsWith(source))
      throw error;
    const where = node === undefined ? source : `${source}: node "${node.name}" (${node.op})`;
    throw new DataError(`${where}: ${message}`, { cause: error });
  }
}

/** `x` as the file wants an example, [batch, ...shape]. @throws DataError when the sizes differ */
function asExample(source: string, x: Value, shape: readonly number[]): Value {
  const wanted: Shape = [x.shape[0] ?? 1, ...shape];
  if (sameShape(x.shape, wanted)) return x;
  const size = sizeOf(x.shape.slice(1) as number[]);
  if (size !== sizeOf(shape))
    throw new DataError(
      `${source} takes examples of shape ${showShape(shape)}, the data has ${showShape(x.shape.slice(1))}`,
    );
  return reshape(x, wanted);
}

/** An initializer: a parameter where it is of floats, part of the graph otherwise. */
function initialValue(
  { source, initializers, nodes }: OnnxFile,
  name: string,
  dtype: FloatType,
  scope: Scope,
): Known {
  const found = initializers.get(name)?.();
  if (found === undefined) throw new Error("internal: no such initializer");
  const bad = found.data.findIndex((value: number) => !Number.isFinite(value));
  if (isFloat(found.dtype) && bad >= 0)
    throw new DataError(
      `${source}: tensor "${name}" holds ${found.data[bad]} at position ${bad}; every value must be a finite number`,
    );
  const fixed = name.startsWith(constantPrefix) || nodes.some((node) => isSetting(node, name));
  if (!isFloat(found.dtype) || fixed) return knownOf(constant(found), dtype);
  const { shape } = found;
  const size = sizeOf(shape);
  const [fanOut = 1] = shape;
  return {
    value: scope.parameter(name, shape, fromFile(found), { fanIn: size / fanOut, fanOut }),
  };
}

/** Operands that are no weights: statistics, bounds and scales. */
const settings: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4],
  Clip: [1, 2],
  Dropout: [1],
  Pad: [2],
  Resize: [1, 2],
  Upsample: [1],
};

function isSetting({ op, inputs }: OnnxNode, name: string): boolean {
  const places = Object.hasOwn(settings, op) ? settings[op] : undefined;
  return places?.some((at) => inputs[at] === name) ?? false;
}

const fromFile = ({ data }: Tensor): Initializer => ({
  name: "fromFile",
  fill: () => Float64Array.from(data),
});

/** A value with the whole numbers in it, where it is a constant; floats take the type of the run. */
function knownOf(value: Value, dtype: FloatType): Known {
  if (value.source.kind !== "constant") return { value };
  const { tensor: found } = value.source;
  if (isFloat(found.dtype)) return { value: constant(tensor(dtype, found.shape, found.data)) };
  const dims: readonly Dim[] = Array.from(found.data);
  return { value, dims, isScalar: found.shape.length === 0 };
}

/**
 * A file that minibatch wrote takes rows as they are stored, and begins with their type and scale; the data of a run comes in that
 * type and scale already.
 */
function asStored(
  { metadata, inputs }: OnnxFile,
  { op, inputs: [first = "", second = ""] }: OnnxNode,
  lookUp: (name: string) => Known,
): readonly Known[] | undefined {
  const stored = metadata["task"] === undefined ? undefined : metadata["input"];
  if (stored === undefined || (op !== "Cast" && op !== "Mul")) return undefined;
  const start = lookUp(inputs[0]?.name ?? "");
  if (lookUp(first).value !== start.value) return undefined;
  if (op === "Cast") return [start];
  return isScaledBy(lookUp(second), stored) ? [start] : undefined;
}

function isScaledBy({ value }: Known, layout: string): boolean {
  const { scale = 1 } = JSON.parse(layout) as { readonly scale?: number };
  const factor = value && scalarConstant(value);
  return factor !== undefined && Math.fround(factor) === Math.fround(scale);
}

/** The nodes that the output needs, each after those that it reads. @throws DataError for a cycle, and for a name that nothing makes */
function inOrder({ source, nodes, inputs, initializers, outputs }: OnnxFile): readonly OnnxNode[] {
  const makers = new Map(
    nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  const ready = new Set([...inputs.map(({ name }) => name), ...initializers.keys(), ""]);
  const order: OnnxNode[] = [];
  const begun = new Set<OnnxNode>();
  const done = new Set<OnnxNode>();
  const stack = [...outputs];
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const node = ready.has(name) ? undefined : makers.get(name);
    if (node === undefined && !ready.has(name))
      throw new DataError(`${source}: nothing makes ${show(name)}, which the output needs`);
    const open = node === undefined ? [] : node.inputs.filter((each) => !isDone(each));
    if (node === undefined || done.has(node) || open.length === 0) {
      stack.pop();
      if (node !== undefined && !done.has(node)) {
        done.add(node);
        order.push(node);
      }
      continue;
    }
    if (begun.has(node))
      throw new DataError(`${source}: node "${node.name}" (${node.op}) needs its own output`);
    begun.add(node);
    stack.push(...open);
  }
  return order;

  function isDone(name: string): boolean {
    const maker = makers.get(name);
    return ready.has(name) || (maker !== undefined && done.has(maker));
  }
}
