/** @file The parameters in an ONNX file that `writeModel` has written: its initializers, but for the constants of the graph. */
import type { Tensor } from "../types.ts";
import { fieldsOf } from "./fields.ts";
import { readTensor } from "./read-tensor.ts";
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
      const { name, tensor } = readTensor(initializer, source);
      if (!name.startsWith(constantPrefix)) parameters[name] = tensor();
    }
  }
  return parameters;
}
