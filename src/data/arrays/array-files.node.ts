/** @file Files of arrays, told apart by their first bytes and their names. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { DataError } from "../../errors.ts";
import { gunzip, isGzip } from "../gunzip.ts";
import { parseIdx } from "../idx.ts";
import type { NamedArray } from "./arrays-dataset.ts";
import type { FileArray } from "./file-array.ts";
import { isNpy, parseNpy } from "./npy.ts";
import { parseNpz } from "./npz.ts";
import { parseRaw, rawEndings, type RawOptions } from "./raw.ts";
import { parseSafetensors } from "./safetensors.ts";
import { isZip } from "./zip.ts";

/** What a file of arrays holds: arrays with names, or one. */
export type ArrayFileContent =
  | { readonly kind: "named"; readonly arrays: ReadonlyMap<string, FileArray> }
  | { readonly kind: "single"; readonly array: FileArray };

/** Whether a file is one of arrays, by its first bytes (without gzip) and its name. */
export function isArrayFile(name: string, start: Uint8Array): boolean {
  return arrayFormat(name, start) !== undefined;
}

/** Formats of files of arrays. */
export type ArrayFormat = "npy" | "npz" | "safetensors" | "idx" | "raw";

/** The format of a file, by its first bytes (without gzip) and its name. */
export function arrayFormat(path: string, start: Uint8Array): ArrayFormat | undefined {
  if (isNpy(start)) return "npy";
  if (isZip(start)) return "npz";
  const name = basename(path).toLowerCase().replace(/\.gz$/, "");
  const byName = endings.find(([, pattern]) => pattern.test(name))?.[0];
  if (byName !== undefined) return byName;
  // 00 00 08 03: no text starts with zeros.
  return start[0] === 0 && start[1] === 0 && start.length >= 4 ? "idx" : undefined;
}

const endings: readonly (readonly [ArrayFormat, RegExp])[] = [
  ["npy", /\.npy$/],
  ["npz", /\.npz$/],
  ["safetensors", /\.safetensors$/],
  ["idx", /[.-]idx\d(-ubyte)?$|\.idx$/],
  ["raw", new RegExp(`\\.(${Object.keys(rawEndings).join("|")})$`)],
];

/**
 * The arrays of an `.npy`, `.npz`, safetensors, IDX or raw file, gzipped or not.
 *
 * @param raw type and shape of a raw file; its type may follow from its ending, `x.f32`
 * @throws DataError for a file that cannot be read, is cut, corrupt or of another kind
 */
export async function readArrayFile(
  path: string,
  raw: Partial<RawOptions> = {},
): Promise<ArrayFileContent> {
  const file = await readBytes(path);
  const bytes = isGzip(file) ? await gunzip(file, path) : file;
  switch (raw.type === undefined ? arrayFormat(path, bytes) : "raw") {
    case "npy":
      return { kind: "single", array: parseNpy(bytes, path) };
    case "npz":
      return { kind: "named", arrays: await parseNpz(bytes, path) };
    case "safetensors":
      return { kind: "named", arrays: parseSafetensors(bytes, path).tensors };
    case "idx":
      return { kind: "single", array: idxArray(bytes, path) };
    case "raw":
      return { kind: "single", array: parseRaw(bytes, rawOptions(path, raw), path) };
    case undefined:
      throw new DataError(
        `${path} is no file of arrays: expected .npy, .npz, .safetensors, IDX, or a type for a raw file`,
      );
  }
}

/** Options of a raw file, whose type may follow from its ending. @throws DataError when nothing says the type */
export function rawOptions(path: string, raw: Partial<RawOptions>): RawOptions {
  const ending = /\.(\w+?)(\.gz)?$/.exec(path.toLowerCase())?.[1] ?? "";
  const type = raw.type ?? rawEndings[ending];
  if (type === undefined) throw new DataError(`${path}: give the type of its elements`);
  return { ...raw, type };
}

function idxArray(bytes: Uint8Array, path: string): FileArray {
  const { data, shape } = parseIdx(bytes, path);
  const type = data.constructor.name.replace(/Array$/, "").toLowerCase() as FileArray["type"];
  return { data, shape, type };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await readFile(path);
    return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT")
      throw new DataError(`there is no file ${path}`, { cause });
    if ((cause as NodeJS.ErrnoException).code === "ERR_FS_FILE_TOO_LARGE")
      throw new DataError(
        `${path} is larger than 2 GiB, too large to be read whole; give memory, as in --memory 512MB`,
        { cause },
      );
    throw new DataError(
      `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** The array of a file that holds one. @throws DataError as {@link readArrayFile}, and for more than one array */
export async function readSingleArray(path: string): Promise<NamedArray> {
  const content = await readArrayFile(path);
  if (content.kind === "single") return { array: content.array, source: path };
  const [entry, ...more] = content.arrays;
  if (entry !== undefined && more.length === 0) return { array: entry[1], source: path };
  throw new DataError(`${path} holds ${content.arrays.size} arrays; expected one`);
}
