/** @file Raw typed arrays: a file that holds elements and nothing else. */
import { DataError, InputError } from "../../errors.ts";
import { elementBytes, readElements, type ElementType, type FileArray } from "./file-array.ts";

/** What a raw file does not say. */
export interface RawOptions {
  readonly type: ElementType;
  /** Shape of the array; its first size may be left out as −1 and follows from the length. Default: one axis. */
  readonly shape?: readonly number[];
  /** Default true. */
  readonly littleEndian?: boolean;
}

/** Types by the ending of a file's name: `x.f32`, `labels.u8`. */
export const rawEndings: Readonly<Record<string, ElementType>> = {
  u8: "uint8",
  i8: "int8",
  u16: "uint16",
  i16: "int16",
  u32: "uint32",
  i32: "int32",
  u64: "uint64",
  i64: "int64",
  f16: "float16",
  bf16: "bfloat16",
  f32: "float32",
  f64: "float64",
};

/**
 * The elements of a raw file.
 *
 * @param source the file's name, for errors
 * @throws InputError for a shape that is none; DataError when the bytes are not a whole number of elements, or of rows of that shape
 * @example parseRaw(bytes, { type: "float32", shape: [-1, 28, 28] })
 */
export function parseRaw(bytes: Uint8Array, options: RawOptions, source = "raw data"): FileArray {
  const { type, littleEndian = true } = options;
  const shape = rawShape(bytes.length, options, source);
  return { data: readElements(bytes, type, littleEndian, source), shape, type };
}

/** The shape of the array in a file of `size` bytes. @throws as {@link parseRaw} */
export function rawShape(
  size: number,
  { type, shape = [-1] }: RawOptions,
  source: string,
): readonly number[] {
  const [first, ...rest] = shape;
  const open = first === -1;
  const sizes = open ? rest : shape;
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new InputError(
      `the shape of ${source} must be whole numbers of at least 1, the first of them may be -1; got [${shape.join(", ")}]`,
    );
  }
  const row = elementBytes[type] * sizes.reduce((a, b) => a * b, 1);
  const rows = size / row;
  if (rows === 0 || !Number.isInteger(rows) || (!open && rows !== 1)) {
    const many = open ? "a multiple of " : "";
    throw new DataError(
      `${source} must hold ${many}${row} bytes, for ${type} of shape [${shape.join(", ")}]; got ${size}`,
    );
  }
  return open ? [rows, ...rest] : shape;
}
