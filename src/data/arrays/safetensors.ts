/**
 * @file safetensors: the length of a header (8 bytes, little-endian), the header as JSON, the elements of all tensors.
 *
 * Source: Hugging Face, "Safetensors", section on the format.
 */
import { DataError, InputError } from "../../errors.ts";
import { checkLength, readElements, type ElementType, type FileArray } from "./file-array.ts";

/** Longer headers are refused, as by the reference implementation. */
const MOST_HEADER = 100_000_000;

const types: Readonly<Record<string, ElementType>> = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  U16: "uint16",
  I16: "int16",
  U32: "uint32",
  I32: "int32",
  U64: "uint64",
  I64: "int64",
  F16: "float16",
  BF16: "bfloat16",
  F32: "float32",
  F64: "float64",
};

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, FileArray>;
  /** Texts of the header's `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface TensorEntry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file.
 *
 * @param source the file's name, for errors
 * @throws DataError for a file that is cut, a header that is no such JSON, types that are not known, elements that overlap or leave holes
 * @example parseSafetensors(bytes).tensors.get("0.weight")?.shape
 */
export function parseSafetensors(bytes: Uint8Array, source = "safetensors data"): Safetensors {
  const end = safetensorsHeaderEnd(bytes, bytes.length, source);
  const { entries, metadata } = safetensorsLayout(bytes.subarray(0, end), bytes.length, source);
  const tensors = new Map<string, FileArray>();
  for (const { name, type, shape, begin, end: last, place } of entries) {
    const data = readElements(bytes.subarray(begin, last), type, true, place);
    tensors.set(name, { data, shape, type });
  }
  return { tensors, metadata };
}

/** Where the header of a file of `size` bytes ends, from its first 8 bytes. @throws DataError as {@link parseSafetensors} */
export function safetensorsHeaderEnd(start: Uint8Array, size: number, source: string): number {
  if (start.length < 8) {
    throw new DataError(
      `${source} is cut: the length of its header takes 8 bytes, got ${start.length}`,
    );
  }
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MOST_HEADER || 8 + length > size) {
    throw new DataError(
      `${source} is cut or no safetensors file: a header of ${length} bytes, in a file of ${size}`,
    );
  }
  return 8 + length;
}

/** A tensor of a file: what it is, and its first byte and the one after its last. */
export interface TensorPlace extends TensorEntry {
  /** What errors call it. */
  readonly place: string;
}

/**
 * Where the tensors of a file of `size` bytes lie.
 *
 * @param start the bytes of the file to the end of its header
 * @throws DataError as {@link parseSafetensors}
 */
export function safetensorsLayout(
  start: Uint8Array,
  size: number,
  source: string,
): {
  readonly entries: readonly TensorPlace[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { entries, metadata } = parseHeader(start.subarray(8), source);
  const body = size - start.length;
  let at = 0;
  for (const { name, begin, end } of [...entries].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== at || end < begin) {
      throw new DataError(
        `${source}: tensor ${JSON.stringify(name)} lies at bytes ${begin} to ${end}, expected it to start at ${at}`,
      );
    }
    at = end;
  }
  if (at !== body) {
    const what = body < at ? "is cut" : "has trailing bytes";
    throw new DataError(`${source} ${what}: its tensors take ${at} bytes, got ${body}`);
  }
  const places = entries.map(({ begin, end, ...about }) => {
    const place = `${source}, tensor ${JSON.stringify(about.name)}`;
    checkLength(place, about.shape, about.type, end - begin);
    return { ...about, begin: start.length + begin, end: start.length + end, place };
  });
  return { entries: places, metadata };
}

function parseHeader(
  bytes: Uint8Array,
  source: string,
): {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DataError(`${source} is no safetensors file: its header is not JSON`, { cause });
  }
  if (!isRecord(header)) {
    throw new DataError(`${source} is no safetensors file: its header is not a JSON object`);
  }
  const { __metadata__: metadata = {}, ...tensors } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new DataError(`${source}: __metadata__ must be an object of texts`);
  }
  const entries = Object.entries(tensors).map(([name, entry]) => tensorEntry(name, entry, source));
  return { entries, metadata: metadata as Readonly<Record<string, string>> };
}

function tensorEntry(name: string, entry: unknown, source: string): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const type = typeof dtype === "string" && Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  const place = `${source}: tensor ${JSON.stringify(name)}`;
  if (type === undefined) {
    throw new DataError(
      `${place} has dtype ${JSON.stringify(dtype)}; expected one of ${Object.keys(types).join(", ")}`,
    );
  }
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw new DataError(`${place} must have a shape and two data_offsets, all whole numbers`);
  }
  const [begin = 0, end = 0] = offsets;
  return { name, type, shape, begin, end };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Values of a tensor, in one of the types that a file can hold. */
export type TensorValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor to write. */
export interface TensorToWrite {
  readonly data: TensorValues;
  readonly shape: readonly number[];
}

/**
 * The bytes of a safetensors file: the header padded with spaces to a multiple of 8, its metadata first, tensors in the order of falling
 * element size (so that each is aligned) and then of their names.
 *
 * @throws InputError when a shape does not fit its values
 * @example writeSafetensors({ "0.bias": { data: new Float32Array(10), shape: [10] } })
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorToWrite>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors).sort(
    ([a, { data: left }], [b, { data: right }]) =>
      right.BYTES_PER_ELEMENT - left.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const header: (readonly [name: string, entry: unknown])[] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let size = 0;
  for (const [name, { data, shape }] of entries) {
    if (name === "__metadata__") throw new InputError("a tensor must not be named __metadata__");
    if (shape.reduce((a, b) => a * b, 1) !== data.length) {
      throw new InputError(
        `tensor ${JSON.stringify(name)}: shape [${shape.join(", ")}] does not fit its ${data.length} values`,
      );
    }
    const offsets = [size, size + data.byteLength];
    header.push([name, { dtype: typeName(data), shape, data_offsets: offsets }]);
    size += data.byteLength;
  }
  // Entry by entry: an object would put names such as "0" before the metadata.
  const fields = header.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  const text = new TextEncoder().encode(`{${fields.join(",")}}`);
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(start + size).fill(0x20, 8, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - 8), true);
  out.set(text, 8);
  let at = start;
  for (const [, { data }] of entries) {
    out.set(littleEndian(data), at);
    at += data.byteLength;
  }
  return out;
}

function typeName(data: TensorValues): string {
  const bits = 8 * data.BYTES_PER_ELEMENT;
  const { name } = data.constructor;
  const kind = name.startsWith("Float") ? "F" : /^(Big)?Uint/.test(name) ? "U" : "I";
  return `${kind}${bits}`;
}

/** The bytes of the values, turned around on hosts that keep the high byte first. */
function littleEndian(data: TensorValues): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  const turned = bytes.slice();
  for (let at = 0; at < turned.length; at += data.BYTES_PER_ELEMENT) {
    turned.subarray(at, at + data.BYTES_PER_ELEMENT).reverse();
  }
  return turned;
}
