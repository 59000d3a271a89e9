/** @file Rows of an `.npy` file, read as they are needed. */
import type { FileHandle } from "node:fs/promises";
import { DataError } from "../../errors.ts";
import { checkLength, elementBytes, readElements, type FileArray } from "../arrays/file-array.ts";
import { isNpy, npyHeader } from "../arrays/npy.ts";
import type { ColumnData, ColumnLayout } from "../dataset.ts";
import { elements, type NumericArray } from "../table.ts";

/** An `.npy` file whose rows are not in memory. */
export interface NpyRows extends Pick<FileArray, "shape" | "type"> {
  /** Number of rows. */
  readonly rows: number;
  /** Rows `first` to `first + rows` − 1, as they are in the file. */
  readonly values: (first: number, rows: number) => Promise<NumericArray>;
  /** … and as a type that a column can hold. */
  readonly read: (first: number, rows: number, dtype: ColumnLayout["dtype"]) => Promise<ColumnData>;
}

/** A header is shorter than this, unless the array has thousands of axes. */
const HEADER = 2 ** 16;

/**
 * Reads the header of a file and finds its rows.
 *
 * @throws DataError as `parseNpy`, and for Fortran order, in which the values of a row do not lie together
 */
export async function openNpyRows(file: FileHandle, source: string): Promise<NpyRows> {
  const { size } = await file.stat();
  const start = new Uint8Array(Math.min(size, HEADER));
  await readAt(file, source, start, 0);
  const { end, type, littleEndian, fortran, shape } = npyHeader(start, source);
  checkLength(source, shape, type, size - end);
  if (fortran && shape.length > 1) {
    throw new DataError(
      `${source} is in Fortran order, whose rows do not lie together; save it with numpy.ascontiguousarray`,
    );
  }
  const [rows = 0] = shape;
  const rowBytes = elements(shape.slice(1)) * elementBytes[type];
  const valuesOf = async (first: number, count: number): Promise<NumericArray> => {
    const bytes = new Uint8Array(count * rowBytes);
    await readAt(file, source, bytes, end + first * rowBytes);
    return readElements(bytes, type, littleEndian, source);
  };
  return {
    rows,
    shape,
    type,
    values: valuesOf,
    async read(first, count, dtype) {
      const values = await valuesOf(first, count);
      if (dtype === "uint8" && values instanceof Uint8Array) return values;
      return dtype === "float64" ? Float64Array.from(values) : Float32Array.from(values);
    },
  };
}

/** Whether a file is an `.npy` whose rows lie together, so that they can be read one by one. @throws DataError for a broken header */
export async function hasNpyRows(file: FileHandle, source: string): Promise<boolean> {
  const { size } = await file.stat();
  const start = new Uint8Array(Math.min(size, HEADER));
  await readAt(file, source, start, 0);
  if (!isNpy(start)) return false;
  const { fortran, shape } = npyHeader(start, source);
  return !fortran || shape.length <= 1;
}

async function readAt(
  file: FileHandle,
  source: string,
  into: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0)
      throw new DataError(`${source} is cut: it ends at byte ${position + done}`);
    done += bytesRead;
  }
}
