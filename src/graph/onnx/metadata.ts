/** @file The `metadata_props` of an ONNX file, read without the rest of it: texts by name. */
import { DataError } from "../../errors.ts";
import { metadataField } from "./write.ts";

/** A field of a message: its number, and its bytes where it is one of bytes. */
interface Field {
  readonly number: number;
  readonly bytes: Uint8Array | undefined;
}

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

function textField(message: Uint8Array, wanted: number, source: string): string {
  const found = [...fieldsOf(message, source)].find(({ number }) => number === wanted);
  return new TextDecoder().decode(found?.bytes);
}

/** The fields of a message, one after the other. */
function* fieldsOf(bytes: Uint8Array, source: string): Generator<Field> {
  let at = 0;
  const skip = (count: number): void => {
    at += count;
    if (at > bytes.length) throw notOnnx(source);
  };
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at];
      skip(1);
      value += ((byte ?? 0) & 127) * factor;
      if ((byte ?? 0) < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    // Wire types: 0 a varint, 1 eight bytes, 2 bytes with their length, 5 four bytes.
    if (wire === 2) {
      const length = varint();
      const start = at;
      skip(length);
      yield { number, bytes: bytes.subarray(start, at) };
      continue;
    }
    if (wire === 0) varint();
    else if (wire === 1) skip(8);
    else if (wire === 5) skip(4);
    else throw notOnnx(source);
    yield { number, bytes: undefined };
  }
}

function notOnnx(source: string): DataError {
  return new DataError(`${source} is no ONNX file, or it is cut`);
}
