/** @file The fields of a Protocol Buffers message, one after the other: the little of it that reading ONNX needs. */
import { DataError } from "../../errors.ts";

/** A field of a message. */
export interface Field {
  readonly number: number;
  /** Of a field of bytes, text or another message, or of a fixed number of bytes. */
  readonly bytes: Uint8Array | undefined;
  /** Of a whole number, with its sign; exact to 2⁵³. */
  readonly integer: number | undefined;
}

/** Bytes of the longest whole number. */
const longest = 10;

/**
 * The fields of a message, in their order.
 *
 * @param source the file's name, for errors
 * @throws DataError for bytes that are no message, or one that is cut
 */
export function* fieldsOf(bytes: Uint8Array, source: string): Generator<Field> {
  let at = 0;
  const take = (count: number): Uint8Array => {
    const start = at;
    at += count;
    if (count < 0 || at > bytes.length)
      throw new DataError(`${source} is no ONNX file, or it is cut`);
    return bytes.subarray(start, at);
  };
  const varint = (): number => {
    let value = 0n;
    for (let count = 0n; count < longest; count++) {
      const [byte = 0] = take(1);
      value |= BigInt(byte & 127) << (7n * count);
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw new DataError(`${source} is no ONNX file, or it is damaged`);
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    // Wire types: 0 a varint, 1 eight bytes, 2 bytes with their length, 5 four bytes.
    if (wire === 0) yield { number, bytes: undefined, integer: varint() };
    else if (wire === 2) yield { number, bytes: take(varint()), integer: undefined };
    else {
      const content = take(wire === 1 ? 8 : wire === 5 ? 4 : Infinity);
      yield { number, bytes: content, integer: undefined };
    }
  }
}

/** The text of the first field with a number; empty when there is none. */
export function textField(message: Uint8Array, wanted: number, source: string): string {
  for (const { number, bytes } of fieldsOf(message, source))
    if (number === wanted) return new TextDecoder().decode(bytes);
  return "";
}

/** The whole numbers of a field that is repeated: one by one, or several in one field. */
export function integersOf({ bytes, integer }: Field, source: string): readonly number[] {
  if (bytes === undefined) return integer === undefined ? [] : [integer];
  // A field of bytes holds them without their tags; with a tag before each they are fields.
  const tagged: number[] = [];
  let start = 0;
  bytes.forEach((byte, at) => {
    if (byte >= 128) return;
    tagged.push(8, ...bytes.subarray(start, at + 1)); // field 1, a varint
    start = at + 1;
  });
  if (start < bytes.length) throw new DataError(`${source} is no ONNX file, or it is cut`);
  return Array.from(fieldsOf(Uint8Array.from(tagged), source), ({ integer: value = 0 }) => value);
}
