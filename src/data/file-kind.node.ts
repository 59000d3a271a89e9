/** @file What a path holds, by its first bytes and its name. */
import { open, stat } from "node:fs/promises";
import { isArrayFile } from "./arrays/array-files.node.ts";
import { imageFormat } from "./arrays/decode-image.ts";

/** A folder, a file of arrays, one image; whatever else it is, a table: also a pattern, and a file that is not there. */
export type FileKind = "folder" | "arrays" | "image" | "table";

/** What `path` holds. */
export async function fileKind(path: string): Promise<FileKind> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return "folder";
  const start = found?.isFile() === true ? await firstBytes(path) : new Uint8Array(0);
  if (isArrayFile(path, start)) return "arrays";
  return imageFormat(start) === undefined ? "table" : "image";
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(16), 0, 16, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
