/** @file The `metadata_props` of an ONNX file, read without the rest of it: texts by name. */
import { fieldsOf, textField } from "./fields.ts";
import { metadataField } from "./write.ts";

/**
 * The metadata of a model.
 *
 * @param source the file's name, for errors
 * @throws DataError for bytes that are no ONNX file, or one that is cut
 * @example readMetadata(model.toOnnx())["task"]; // "classification"
 */
export function readMetadata(
  bytes: Uint8Array,
  source = "model",
): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  for (const { number, bytes: entry } of fieldsOf(bytes, source)) {
    if (number !== metadataField || entry === undefined) continue;
    const [key = "", value = ""] = [1, 2].map((wanted) => textField(entry, wanted, source));
    metadata[key] = value;
  }
  return metadata;
}
