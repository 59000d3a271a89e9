/** @file Reading a `TensorProto`. */
import { elementBytes } from "../../data/arrays/file-array.ts";
import { joined } from "../../data/bytes.ts";
import { DataError } from "../../errors.ts";
import { allocate, sizeOf, type DType, type Tensor } from "../types.ts";
import { dataTypes } from "./encode.ts";
import { fieldsOf, integersOf } from "./fields.ts";

/** A tensor of a file: its name, and its values when they are asked for. */
export interface NamedTensor {
  readonly name: string;
  /** @throws DataError for values of a type that the graph does not have, that are kept in another file, or that are too few */
  readonly tensor: () => Tensor;
}

/** Names of the types that the graph does not have, for errors. */
const otherTypes: Readonly<Record<number, string>> = {
  3: "int8",
  4: "uint16",
  5: "int16",
  8: "string",
  10: "float16",
  12: "uint32",
  13: "uint64",
  16: "bfloat16",
};

/** The type with a code of `TensorProto.DataType`. @throws DataError naming `what` */
export function dtypeOfCode(code: number, what: string): DType {
  const found = (Object.keys(dataTypes) as DType[]).find((dtype) => dataTypes[dtype] === code);
  if (found !== undefined) return found;
  throw new DataError(
    `${what} is of type ${otherTypes[code] ?? code}; expected ${Object.keys(dataTypes).join(", ")}`,
  );
}

/** Where values may stand beside `raw_data`: numbers of the fields for floats, whole numbers and doubles. */
const valueFields = { float32: 4, float64: 10, int32: 5, uint8: 5, bool: 5, int64: 7 } as const;

/** @param source the file's name, for errors */
export function readTensor(message: Uint8Array, source: string): NamedTensor {
  const shape: number[] = [];
  const values = new Map<number, Uint8Array[]>();
  const wholes: number[] = [];
  let [name, type, external] = ["", 0, false];
  let raw: Uint8Array | undefined;
  for (const field of fieldsOf(message, source)) {
    const { number, bytes, integer = 0 } = field;
    if (number === 1) shape.push(...integersOf(field, source));
    else if (number === 2) type = integer;
    else if (number === 5 || number === 7)
      for (const whole of integersOf(field, source)) wholes.push(whole);
    else if (number === 8) name = new TextDecoder().decode(bytes);
    else if (number === 9) raw = bytes;
    else if (number === 14) external = integer === 1;
    else if (bytes !== undefined) append(values, number, bytes);
  }
  const what = `${source}: tensor "${name}"`;
  const tensor = (): Tensor => {
    if (external)
      throw new DataError(
        `${what} is kept in another file (external data); save the model with its weights inside`,
      );
    const dtype = dtypeOfCode(type, what);
    const size = sizeOf(shape);
    if (!shape.every((length) => length >= 0) || !Number.isSafeInteger(size))
      throw new DataError(`${what} cannot have shape [${shape.join(", ")}]`);
    const field = valueFields[dtype];
    const packed = raw ?? joined(values.get(field) ?? []);
    const byWhole = raw === undefined && (field === 5 || field === 7);
    const length = byWhole ? wholes.length : packed.length / elementBytes[dtype];
    if (length !== size)
      throw new DataError(
        `${what} of shape [${shape.join(", ")}] needs ${size} values, and the file has ${Math.floor(length)}`,
      );
    return { dtype, shape, data: byWhole ? filled(dtype, wholes) : decoded(dtype, packed) };
  };
  return { name, tensor };
}

/** Adds to the parts of a field, of which there may be one for each value. */
function append(values: Map<number, Uint8Array[]>, field: number, bytes: Uint8Array): void {
  const parts = values.get(field);
  if (parts === undefined) values.set(field, [bytes]);
  else parts.push(bytes);
}

function filled(dtype: DType, numbers: ArrayLike<number>): Tensor["data"] {
  const data = allocate(dtype, numbers.length);
  data.set(numbers);
  return data;
}

function decoded(dtype: DType, bytes: Uint8Array): Tensor["data"] {
  const { buffer } = new Uint8Array(bytes); // a copy: these bytes may lie anywhere
  if (dtype === "float32") return new Float32Array(buffer);
  if (dtype === "float64") return new Float64Array(buffer);
  if (dtype === "int32") return new Int32Array(buffer);
  if (dtype === "int64") return Float64Array.from(new BigInt64Array(buffer), Number);
  return new Uint8Array(buffer);
}
