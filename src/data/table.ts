/** @file Nested or flat numbers from the user to one checked typed array of rows. */
import { InputError, show } from "../errors.ts";
import type { ColumnData } from "./dataset.ts";

/** Typed arrays of numbers. */
export type NumericArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** One number an element, rows nested to any depth; rows may be typed arrays. */
export type NestedNumbers = NumericArray | readonly (number | NestedNumbers)[];

/** Floating-point type of a column. */
export type FloatType = "float32" | "float64";

/** Rows of one shape in one typed array. */
export interface Table {
  readonly data: ColumnData;
  readonly rows: number;
  /** Shape of one row; never empty. */
  readonly shape: readonly number[];
}

/** How to read a table. */
export interface TableOptions {
  /** `x` or `y`, for errors. */
  readonly name: string;
  /** Number of rows, needed when the input is flat. */
  readonly rows: number;
  /** Shape of one row, for flat input; default: all that falls to a row, as one axis. */
  readonly shape?: readonly number[];
  /** Type of the result; undefined: bytes stay bytes, the rest becomes float32. */
  readonly dtype?: FloatType;
}

/**
 * Rows of equal shape, checked to be finite.
 *
 * Flat input (a typed array or an array of numbers) is cut into `rows` rows and not copied when it already has the right type; nested
 * input has a row an entry.
 *
 * @throws InputError for no values, ragged rows, something that is not a number, NaN or infinity, naming the place as `x[row][column]`
 */
export function tableOf(input: NestedNumbers, options: TableOptions): Table {
  const { name } = options;
  if (!isArrayLike(input)) {
    throw new InputError(`${name} must be an array or a typed array, got ${show(input)}`);
  }
  if (options.shape !== undefined) checkShape(name, options.shape);
  if (input.length === 0) throw new InputError(`${name} is empty; give at least one example`);
  const table = isArrayLike(input[0]) ? nestedTable(input, options) : flatTable(input, options);
  checkFinite(table, name);
  return table;
}

/** `x[3][7]` for a flat position in a table. */
export function placeIn(name: string, table: Pick<Table, "shape">, position: number): string {
  const sizes = table.shape;
  let rest = position;
  const indices: number[] = [];
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const size = sizes[axis] ?? 1;
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `${name}${[rest, ...indices].map((index) => `[${index}]`).join("")}`;
}

/** Product of the sizes of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Arrays and typed arrays, and nothing else that has a length. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function flatTable(input: ArrayLike<unknown>, options: TableOptions): Table {
  const { name, rows, shape } = options;
  const width = shape === undefined ? input.length / rows : elements(shape);
  if (!Number.isInteger(width) || width * rows !== input.length) {
    const wanted =
      shape === undefined
        ? `a multiple of the ${rows} examples that y has`
        : `${rows} rows of shape [${shape.join(", ")}], ${rows * width} values`;
    throw new InputError(`${name} must hold ${wanted}; got ${input.length} values`);
  }
  const rowShape = shape ?? [width];
  const kept = keptArray(input, options.dtype);
  if (kept !== undefined) return { data: kept, rows, shape: rowShape };
  const data = floatArray(input.length, options.dtype);
  for (let i = 0; i < input.length; i++) {
    const value = input[i];
    if (typeof value !== "number") refuseValue(placeIn(name, { shape: rowShape }, i), value);
    data[i] = value;
  }
  return { data, rows, shape: rowShape };
}

function nestedTable(input: ArrayLike<unknown>, options: TableOptions): Table {
  const { name } = options;
  const shape: number[] = [];
  let place = `${name}[0]`;
  for (let inner: unknown = input[0]; isArrayLike(inner); inner = inner[0]) {
    if (inner.length === 0) throw new InputError(`${place} is empty; give at least one value`);
    shape.push(inner.length);
    place += "[0]";
  }
  if (options.shape !== undefined && options.shape.join() !== shape.join()) {
    throw new InputError(
      `${name} must have rows of shape [${options.shape.join(", ")}], got [${shape.join(", ")}]`,
    );
  }
  const data = floatArray(input.length * elements(shape), options.dtype);
  let at = 0;
  const copy = (value: unknown, axis: number, where: string): void => {
    const size = shape[axis] ?? 0;
    if (!isArrayLike(value)) {
      throw new InputError(`${where} must be an array of ${size} values, got ${show(value)}`);
    }
    if (value.length !== size) {
      throw new InputError(
        `${name} has ragged rows: ${where} has ${value.length} values, expected ${size} as in the first row`,
      );
    }
    for (let i = 0; i < size; i++) {
      const inner = value[i];
      if (axis + 1 < shape.length) copy(inner, axis + 1, `${where}[${i}]`);
      else if (typeof inner === "number") data[at++] = inner;
      else refuseValue(`${where}[${i}]`, inner);
    }
  };
  for (let row = 0; row < input.length; row++) copy(input[row], 0, `${name}[${row}]`);
  return { data, rows: input.length, shape };
}

function checkFinite(table: Table, name: string): void {
  const { data } = table;
  if (data instanceof Uint8Array || data instanceof Int32Array) return;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const width = elements(table.shape);
  const column = at % width;
  const what = data instanceof Float32Array ? `${show(data[at])} as float32` : show(data[at]);
  throw new InputError(
    `${placeIn(name, table, at)} is ${what} (row ${Math.floor(at / width)}, column ${column}, counted from 0); every value must be a finite number`,
  );
}

/** The array itself when its type is one that a column holds and that was asked for. */
function keptArray(input: ArrayLike<unknown>, dtype?: FloatType): ColumnData | undefined {
  if (input instanceof Float32Array) return dtype === "float64" ? undefined : input;
  if (input instanceof Float64Array) return dtype === "float64" ? input : undefined;
  if (dtype !== undefined) return undefined;
  if (input instanceof Uint8Array) return input;
  if (input instanceof Uint8ClampedArray) {
    return new Uint8Array(input.buffer, input.byteOffset, input.length);
  }
  return undefined;
}

function floatArray(length: number, dtype: FloatType = "float32"): Float32Array | Float64Array {
  return dtype === "float64" ? new Float64Array(length) : new Float32Array(length);
}

function checkShape(name: string, shape: readonly number[]): void {
  if (!Array.isArray(shape)) {
    throw new InputError(`the shape of a row of ${name} must be an array, got ${show(shape)}`);
  }
  if (shape.length > 0 && shape.every((size) => Number.isInteger(size) && size >= 1)) return;
  throw new InputError(
    `the shape of a row of ${name} must be one or more whole numbers of at least 1, got [${shape.map(show).join(", ")}]`,
  );
}

function refuseValue(place: string, value: unknown): never {
  throw new InputError(`${place} must be a number, got ${show(value)}`);
}
