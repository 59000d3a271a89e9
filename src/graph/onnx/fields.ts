/** @file The fields of a Protocol Buffers message, one after the other: the little of it that reading ONNX needs. */
import { DataError } from "../../errors.ts";

/** A field of a message. */
export interface Field {
  readonly number: number;
  /** Of a field of bytes, text or another message. */
  readonly bytes: Uint8Array | undefined;
  /** Of a whole number. */
  readonly integer: number | undefined;
}

/**
 * The fields of a message, in their order.
 *
 * @param source the file's name, for errors
 * @throws DataError for bytes that are no message, or one that is cut
 */
export function* fieldsOf(bytes: Uint8Array, source: string): Generator<Field> {
  let at = 0;
  const skip = (count: number): void => {
    at += count;
    if (at > bytes.length) throw new DataError(`${source} is no ONNX file, or it is cut`);
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
      yield { number, bytes: bytes.subarray(start, at), integer: undefined };
      continue;
    }
    const integer = wire === 0 ? varint() : undefined;
    if (wire === 1) skip(8);
    else if (wire === 5) skip(4);
    else if (wire !== 0) skip(Infinity);
    yield { number, bytes: undefined, integer };
  }
}

/** The text of the first field with a number; empty when there is none. */
export function textField(message: Uint8Array, wanted: number, source: string): string {
  for (const { number, bytes } of fieldsOf(message, source))
    if (number === wanted) return new TextDecoder().decode(bytes);
  return "";
}
