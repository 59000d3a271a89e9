/** @file `.npz`, the format of numpy.savez: a zip archive of `.npy` files. */
import { DataError } from "../../errors.ts";
import type { FileArray } from "./file-array.ts";
import { parseNpy } from "./npy.ts";
import { unzip } from "./zip.ts";

/**
 * The arrays of an `.npz` file by name.
 *
 * @param source the file's name, for errors
 * @throws DataError for an archive that is cut or corrupt, and whatever {@link parseNpy} refuses
 * @example (await parseNpz(bytes)).get("x")?.shape
 */
export async function parseNpz(
  bytes: Uint8Array,
  source = "npz data",
): Promise<ReadonlyMap<string, FileArray>> {
  const arrays = new Map<string, FileArray>();
  for (const [name, file] of await unzip(bytes, source)) {
    const key = name.replace(/\.npy$/, "");
    arrays.set(key, parseNpy(file, `${source}, array ${JSON.stringify(key)}`));
  }
  if (arrays.size === 0) throw new DataError(`${source} holds no array`);
  return arrays;
}
