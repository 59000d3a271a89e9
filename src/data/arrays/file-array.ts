/** @file An array read from a file, whatever the format: numbers in a typed array, and their shape. */
import { DataError } from "../../errors.ts";
import type { NumericArray } from "../table.ts";
import { bfloat16, float16 } from "./float16.ts";

/** An array read from a file. */
export interface FileArray {
  /** Row-major values. */
  readonly data: NumericArray;
  /** Sizes of the axes, outermost first; none for a single number. */
  readonly shape: readonly number[];
  /** Type of the elements in the file. */
  readonly type: ElementType;
}

/** Types of the elements of a file. */
export type ElementType =
  | "bool"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64";

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
};

/**
 * The elements in some bytes. Half precision becomes float32. Integers of 64 bits become int32 where all fit, otherwise float64.
 *
 * @throws DataError for an integer beyond ±2^53, where not every whole number is a float64, naming its position
 */
export function readElements(
  bytes: Uint8Array,
  type: ElementType,
  littleEndian: boolean,
  source: string,
): NumericArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength / elementBytes[type];
  if (type === "int64" || type === "uint64") return wideIntegers(view, type, littleEndian, source);
  return readers[type](view, count, littleEndian);
}

type Reader = (view: DataView, count: number, little: boolean) => NumericArray;

const readers: Readonly<Record<Exclude<ElementType, "int64" | "uint64">, Reader>> = {
  bool: (v, n) => new Uint8Array(n).map((_, i) => (v.getUint8(i) === 0 ? 0 : 1)),
  uint8: (v) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength),
  int8: (v) => new Int8Array(v.buffer, v.byteOffset, v.byteLength),
  uint16: (v, n, little) => new Uint16Array(n).map((_, i) => v.getUint16(2 * i, little)),
  int16: (v, n, little) => new Int16Array(n).map((_, i) => v.getInt16(2 * i, little)),
  uint32: (v, n, little) => new Uint32Array(n).map((_, i) => v.getUint32(4 * i, little)),
  int32: (v, n, little) => new Int32Array(n).map((_, i) => v.getInt32(4 * i, little)),
  float16: (v, n, little) => new Float32Array(n).map((_, i) => float16(v.getUint16(2 * i, little))),
  bfloat16: (v, n, little) =>
    new Float32Array(n).map((_, i) => bfloat16(v.getUint16(2 * i, little))),
  float32: (v, n, little) =>
    little && hostIsLittleEndian && v.byteOffset % 4 === 0
      ? new Float32Array(v.buffer, v.byteOffset, n)
      : new Float32Array(n).map((_, i) => v.getFloat32(4 * i, little)),
  float64: (v, n, little) =>
    little && hostIsLittleEndian && v.byteOffset % 8 === 0
      ? new Float64Array(v.buffer, v.byteOffset, n)
      : new Float64Array(n).map((_, i) => v.getFloat64(8 * i, little)),
};

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function wideIntegers(
  view: DataView,
  type: "int64" | "uint64",
  little: boolean,
  source: string,
): Int32Array | Float64Array {
  const count = view.byteLength / 8;
  const wide = new Float64Array(count);
  let fitsInt32 = true;
  for (let i = 0; i < count; i++) {
    const exact =
      type === "int64" ? view.getBigInt64(8 * i, little) : view.getBigUint64(8 * i, little);
    const value = Number(exact);
    if (!Number.isSafeInteger(value)) {
      throw new DataError(
        `${source}: element ${i} is ${exact}, beyond ±2^53; store such numbers as floats`,
      );
    }
    wide[i] = value;
    fitsInt32 &&= value === (value | 0);
  }
  return fitsInt32 ? Int32Array.from(wide) : wide;
}

/**
 * Number of elements of a shape, checked against the bytes that are there.
 *
 * @throws DataError for missing and for trailing bytes
 */
export function checkLength(
  source: string,
  shape: readonly number[],
  type: ElementType,
  bytes: number,
): void {
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  const expected = count * elementBytes[type];
  if (bytes === expected) return;
  const what = bytes < expected ? "is cut" : "has trailing bytes";
  throw new DataError(
    `${source} ${what}: shape [${shape.join(", ")}] of ${type} takes ${expected} bytes, got ${bytes}`,
  );
}
