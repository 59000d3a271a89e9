/** @file Where the arrays of a file lie in it, so that their rows can be read as they are needed. */
import type { FileHandle } from "node:fs/promises";
import { DataError } from "../../errors.ts";
import { isGzip } from "../gunzip.ts";
import { idxHeader, longestIdxHeader } from "../idx.ts";
import { elements, type NumericArray } from "../table.ts";
import { arrayFormat, rawOptions } from "./array-files.node.ts";
import {
  checkLength,
  elementBytes,
  readElements,
  type ElementType,
  type FileArray,
} from "./file-array.ts";
import { npyHeader } from "./npy.ts";
import { rawShape, type RawOptions } from "./raw.ts";
import { safetensorsHeaderEnd, safetensorsLayout } from "./safetensors.ts";
import { bodyPlace, zipEntries, type ByteReader, type ZipEntry } from "./zip.ts";

/** Where the elements of an array lie, row after row. */
export interface ArrayPlace {
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly littleEndian: boolean;
  /** First byte. */
  readonly start: number;
  /** What errors call it. */
  readonly source: string;
}

/** What a file of arrays holds: arrays with names, or one. */
export type ArrayPlaces =
  | { readonly kind: "named"; readonly arrays: ReadonlyMap<string, ArrayPlace> }
  | { readonly kind: "single"; readonly array: ArrayPlace };

/** A header of `.npy` is shorter than this, unless the array has thousands of axes. */
const LONGEST_NPY_HEADER = 2 ** 16;

/**
 * The places of the arrays of a file.
 *
 * @param raw type and shape of a raw file; its type may follow from its ending
 * @throws DataError as `readArrayFile`, and where the rows do not lie together as they are: compressed files, and Fortran order
 */
export async function arrayPlaces(
  file: FileHandle,
  path: string,
  raw: Partial<RawOptions> = {},
): Promise<ArrayPlaces> {
  const { size } = await file.stat();
  const reader: ByteReader = { size, read: (at, length) => readBytes(file, path, at, length) };
  const first = await reader.read(0, Math.min(size, 16));
  if (isGzip(first))
    throw new DataError(`${path} is compressed, so that rows cannot be read one by one; gunzip it`);
  switch (raw.type === undefined ? arrayFormat(path, first) : "raw") {
    case "npy":
      return { kind: "single", array: await npyPlace(reader, { start: 0, size }, path) };
    case "npz":
      return { kind: "named", arrays: await npzPlaces(reader, path) };
    case "safetensors":
      return { kind: "named", arrays: await tensorPlaces(reader, path) };
    case "idx": {
      const header = await reader.read(0, Math.min(size, longestIdxHeader));
      const { type, shape, end } = idxHeader(header, size, path);
      const array = { shape, type, littleEndian: false, start: end, source: path };
      return { kind: "single", array };
    }
    case "raw": {
      const options = rawOptions(path, raw);
      const { type, littleEndian = true } = options;
      const shape = rawShape(size, options, path);
      return { kind: "single", array: { shape, type, littleEndian, start: 0, source: path } };
    }
    case undefined:
      throw new DataError(
        `${path} is no file of arrays: expected .npy, .npz, .safetensors, IDX, or a type for a raw file`,
      );
  }
}

async function npyPlace(
  { read }: ByteReader,
  { start, size }: { readonly start: number; readonly size: number },
  source: string,
): Promise<ArrayPlace> {
  const header = npyHeader(await read(start, Math.min(size, LONGEST_NPY_HEADER)), source);
  const { end, type, littleEndian, fortran, shape } = header;
  checkLength(source, shape, type, size - end);
  if (fortran && shape.length > 1) {
    throw new DataError(
      `${source} is in Fortran order, whose rows do not lie together; save it with numpy.ascontiguousarray`,
    );
  }
  return { shape, type, littleEndian, start: start + end, source };
}

async function npzPlaces(
  reader: ByteReader,
  path: string,
): Promise<ReadonlyMap<string, ArrayPlace>> {
  const arrays = new Map<string, ArrayPlace>();
  for (const entry of await zipEntries(reader, path)) {
    const key = entry.name.replace(/\.npy$/, "");
    const source = `${path}, array ${JSON.stringify(key)}`;
    const start = await bodyPlace(reader, stored(entry, source), source);
    arrays.set(key, await npyPlace(reader, { start, size: entry.size }, source));
  }
  if (arrays.size === 0) throw new DataError(`${path} holds no array`);
  return arrays;
}

function stored(entry: ZipEntry, source: string): ZipEntry {
  if (entry.method === 0) return entry;
  throw new DataError(
    `${source} is compressed, so that rows cannot be read one by one; save it with numpy.savez in place of savez_compressed`,
  );
}

async function tensorPlaces(
  { size, read }: ByteReader,
  path: string,
): Promise<ReadonlyMap<string, ArrayPlace>> {
  const end = safetensorsHeaderEnd(await read(0, Math.min(size, 8)), size, path);
  const { entries } = safetensorsLayout(await read(0, end), size, path);
  return new Map(
    entries.map(({ name, shape, type, begin, place }) => [
      name,
      { shape, type, littleEndian: true, start: begin, source: place },
    ]),
  );
}

/** Rows of an array, read as they are needed. */
export interface ArrayRows extends Pick<ArrayPlace, "shape" | "type" | "source"> {
  /** Number of rows. */
  readonly rows: number;
  /** Rows `first` to `first + rows` − 1, as they are in the file. */
  readonly read: (first: number, rows: number) => Promise<NumericArray>;
}

/** The rows of an array of an open file. */
export function arrayRows(file: FileHandle, place: ArrayPlace): ArrayRows {
  const { shape, type, littleEndian, start, source } = place;
  const rowBytes = elements(shape.slice(1)) * elementBytes[type];
  return {
    ...{ shape, type, source },
    rows: shape[0] ?? 0,
    async read(first, count) {
      const bytes = await readBytes(file, source, start + first * rowBytes, count * rowBytes);
      return readElements(bytes, type, littleEndian, source);
    },
  };
}

/** An array, whole. */
export async function wholeArray(file: FileHandle, place: ArrayPlace): Promise<FileArray> {
  const { shape, type } = place;
  const { rows, read } = arrayRows(file, place);
  return { data: await read(0, rows), shape, type };
}

async function readBytes(
  file: FileHandle,
  source: string,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0)
      throw new DataError(`${source} is cut: the file ends at byte ${position + done}`);
    done += bytesRead;
  }
  return bytes;
}
