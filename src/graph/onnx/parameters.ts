/** @file The parameters in an ONNX file that `writeModel` has written: its initializers, but for the constants of the graph. */
import { DataError } from "../../errors.ts";
import { sizeOf, type FloatType, type Tensor } from "../types.ts";
import { dataTypes } from "./encode.ts";
import { fieldsOf } from "./fields.ts";
import { constantPrefix } from "./write.ts";

const [graphField, initializerField] = [7, 5];

/**
 * The parameters of a model, by name.
 *
 * @param source the file's name, for errors
 * @throws DataError for bytes that are no ONNX file, or one that is cut, and for values that are kept in another way than `writeModel` keeps them
 * @example readParameters(model.toOnnx())["0.weight"]?.shape; // [out, in]
 */
export function readParameters(
  bytes: Uint8Array,
  source = "model",
): Readonly<Record<string, Tensor>> {
  const parameters: Record<string, Tensor> = {};
  for (const { number, bytes: graph } of fieldsOf(bytes, source)) {
    if (number !== graphField || graph === undefined) continue;
    for (const { number: part, bytes: initializer } of fieldsOf(graph, source)) {
      if (part !== initializerField || initializer === undefined) continue;
      const { name, tensor } = tensorOf(initializer, source);
      if (!name.startsWith(constantPrefix)) parameters[name] = tensor();
    }
  }
  return parameters;
}

/** A TensorProto: its name, and its values when they are asked for. */
function tensorOf(
  bytes: Uint8Array,
  source: string,
): { readonly name: string; readonly tensor: () => Tensor } {
  const shape: number[] = [];
  let [name, type, raw] = ["", 0, new Uint8Array(0)];
  for (const { number, bytes: content, integer } of fieldsOf(bytes, source)) {
    if (number === 1 && integer !== undefined) shape.push(integer);
    if (number === 2) type = integer ?? 0;
    if (number === 8) name = new TextDecoder().decode(content);
    if (number === 9 && content !== undefined) raw = new Uint8Array(content); // a copy: these bytes may lie anywhere
  }
  const tensor = (): Tensor => {
    const dtype = (["float32", "float64"] as const).find((each) => dataTypes[each] === type);
    if (dtype === undefined || raw.length !== sizeOf(shape) * elementBytes[dtype])
      throw new DataError(`${source}: the values of parameter "${name}" cannot be read`);
    const data = dtype === "float32" ? new Float32Array(raw.buffer) : new Float64Array(raw.buffer);
    return { dtype, shape, data };
  };
  return { name, tensor };
}

const elementBytes: Readonly<Record<FloatType, number>> = { float32: 4, float64: 8 };
