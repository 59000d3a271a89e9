/**
 * @file IDX, the format of the MNIST files: big-endian arrays of any rank.
 *
 * Bytes 0–1 are 0, byte 2 is the element type, byte 3 the rank r, then r sizes of 4 bytes, then the elements in row-major order.
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", section on file formats.
 */
import { DataError } from "../errors.ts";
import type { ElementType } from "./arrays/file-array.ts";

/** Element arrays an IDX file can hold. */
export type IdxData =
  Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An array read from an IDX file. */
export interface IdxArray {
  /** Row-major elements; for bytes a view of the file's bytes, not a copy. */
  readonly data: IdxData;
  /** Sizes of the axes, outermost first. */
  readonly shape: readonly number[];
}

interface IdxType {
  readonly name: ElementType;
  readonly bytes: number;
  read(view: DataView, count: number): IdxData;
}

const elementTypes: Readonly<Record<number, IdxType>> = {
  0x08: {
    name: "uint8",
    bytes: 1,
    read: (v) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength),
  },
  0x09: {
    name: "int8",
    bytes: 1,
    read: (v) => new Int8Array(v.buffer, v.byteOffset, v.byteLength),
  },
  0x0b: {
    name: "int16",
    bytes: 2,
    read: (v, n) => new Int16Array(n).map((_, i) => v.getInt16(2 * i)),
  },
  0x0c: {
    name: "int32",
    bytes: 4,
    read: (v, n) => new Int32Array(n).map((_, i) => v.getInt32(4 * i)),
  },
  0x0d: {
    name: "float32",
    bytes: 4,
    read: (v, n) => new Float32Array(n).map((_, i) => v.getFloat32(4 * i)),
  },
  0x0e: {
    name: "float64",
    bytes: 8,
    read: (v, n) => new Float64Array(n).map((_, i) => v.getFloat64(8 * i)),
  },
};

/** More than data has; files with more are damaged. */
const mostAxes = 8;

/**
 * Reads an IDX file that is already decompressed.
 *
 * @param name the file's name, for errors
 * @throws DataError for a wrong magic number, a rank of 0 or above 8, missing bytes and trailing bytes
 * @example parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9)) // { data: Uint8Array [7, 9], shape: [2] }
 */
export function parseIdx(bytes: Uint8Array, name = "IDX data"): IdxArray {
  const { kind, shape, end } = headerOf(bytes, bytes.length, name);
  const body = new DataView(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  return {
    data: kind.read(
      body,
      shape.reduce((product, size) => product * size, 1),
    ),
    shape,
  };
}

/** Longest header: four bytes, and four for each axis. */
export const longestIdxHeader: number = 4 + 4 * mostAxes;

/**
 * Type, shape and place of the elements of a file of `size` bytes, from its first bytes.
 *
 * @throws DataError as {@link parseIdx}
 */
export function idxHeader(
  bytes: Uint8Array,
  size: number,
  name: string,
): { readonly type: ElementType; readonly shape: readonly number[]; readonly end: number } {
  const { kind, shape, end } = headerOf(bytes, size, name);
  return { type: kind.name, shape, end };
}

function headerOf(
  bytes: Uint8Array,
  size: number,
  name: string,
): { readonly kind: IdxType; readonly shape: readonly number[]; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) {
    throw new DataError(`${name} is truncated: its header takes 4 bytes, got ${bytes.length}`);
  }
  const type = view.getUint16(0) === 0 ? elementTypes[view.getUint8(2)] : undefined;
  const rank = view.getUint8(3);
  if (type === undefined || rank === 0) {
    throw new DataError(
      `${name} is not an IDX file: it starts with ${hex(bytes.subarray(0, 4))}, expected 00 00, a type of 08, 09, 0b, 0c, 0d or 0e, and a rank of at least 1`,
    );
  }
  if (rank > mostAxes)
    throw new DataError(
      `${name} is corrupt: its header gives ${rank} axes, expected at most ${mostAxes}`,
    );
  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new DataError(
      `${name} is truncated: its header takes ${header} bytes, got ${bytes.length}`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  const expected = header + count * type.bytes;
  if (size !== expected) {
    const what = size < expected ? "is truncated" : "has trailing bytes";
    throw new DataError(
      `${name} ${what}: shape [${shape.join(", ")}] takes ${expected} bytes, got ${size}`,
    );
  }
  return { kind: type, shape, end: header };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
