/**
 * @file `.npy`, the format of numpy.save: a magic string, a version, a Python dictionary as text, the elements.
 *
 * Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", and numpy.lib.format (versions 1.0 to 3.0).
 */
import { DataError } from "../../errors.ts";
import type { NumericArray } from "../table.ts";
import { checkLength, readElements, type ElementType, type FileArray } from "./file-array.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Whether bytes begin as an `.npy` file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

const types: Readonly<Record<string, ElementType>> = {
  b1: "bool",
  u1: "uint8",
  i1: "int8",
  u2: "uint16",
  i2: "int16",
  u4: "uint32",
  i4: "int32",
  u8: "uint64",
  i8: "int64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

/**
 * Reads an `.npy` file, versions 1 to 3, either byte order, row-major or Fortran order (the result is row-major).
 *
 * @param source the file's name, for errors
 * @throws DataError for a wrong magic, a header that is cut or not as NumPy writes it, a type that is no real number, missing or trailing
 *   bytes, and integers beyond ±2^53
 * @example parseNpy(bytes).shape // [150, 4]
 */
export function parseNpy(bytes: Uint8Array, source = "npy data"): FileArray {
  const header = npyHeader(bytes, source);
  const body = bytes.subarray(header.end);
  checkLength(source, header.shape, header.type, body.length);
  const data = readElements(body, header.type, header.littleEndian, source);
  const { shape, type } = header;
  return { data: header.fortran ? rowMajor(data, shape) : data, shape, type };
}

/** The header of a file, from its first bytes. @throws DataError as {@link parseNpy} */
export function npyHeader(bytes: Uint8Array, source: string): NpyHeader {
  const { text, end } = headerOf(bytes, source);
  return { ...parseHeader(text, source), end };
}

function headerOf(
  bytes: Uint8Array,
  source: string,
): { readonly text: string; readonly end: number } {
  if (!isNpy(bytes)) {
    const start = Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0"));
    throw new DataError(
      `${source} is not an .npy file: it starts with ${start.join(" ") || "nothing"}, expected 93 4e 55 4d 50 59`,
    );
  }
  const version = bytes[6] ?? 0;
  if (bytes.length < 12) throw cut(source, bytes.length);
  if (version < 1 || version > 3) {
    throw new DataError(`${source} is of .npy version ${version}; expected 1, 2 or 3`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes.length < start + length) throw cut(source, bytes.length);
  const encoding = version === 3 ? "utf-8" : "latin1";
  const text = new TextDecoder(encoding).decode(bytes.subarray(start, start + length));
  return { text, end: start + length };
}

function cut(source: string, length: number): DataError {
  return new DataError(`${source} is cut: its header is not whole in ${length} bytes`);
}

/** What a header says. */
export interface NpyHeader extends Header {
  /** Bytes before the elements. */
  readonly end: number;
}

interface Header {
  readonly type: ElementType;
  readonly littleEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

function parseHeader(text: string, source: string): Header {
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(\s*((?:\d+L?\s*,\s*)*(?:\d+L?)?)\s*,?\s*\)/.exec(text)?.[1];
  if (descr === null || order === undefined || shape === undefined) {
    throw new DataError(
      `${source}: the header must give descr, fortran_order and shape, got ${JSON.stringify(text.trim().slice(0, 80))}`,
    );
  }
  const sizes = shape.split(",").filter((size) => size.trim() !== "");
  return {
    ...elementOf(descr[1], source),
    fortran: order === "True",
    shape: sizes.map((size) => Number.parseInt(size, 10)),
  };
}

/** Type and byte order of a descr such as `<f4`; undefined where it is a list of fields. */
function elementOf(
  descr: string | undefined,
  source: string,
): Pick<Header, "type" | "littleEndian"> {
  const [, order = "", name = ""] = /^([<>|=]?)(\w+)$/.exec(descr ?? "") ?? [];
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type !== undefined) return { type, littleEndian: order !== ">" };
  const got = descr === undefined ? "records of several fields" : JSON.stringify(descr);
  throw new DataError(
    `${source} holds ${got}; expected integers, floats of 16, 32 or 64 bits, or booleans: convert it with astype`,
  );
}

/** Column-major values in row-major order. */
function rowMajor(data: NumericArray, shape: readonly number[]): NumericArray {
  if (shape.length < 2) return data;
  const out = data.slice();
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
