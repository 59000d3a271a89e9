/** @file Gzip decompression with what both browsers and Node have: DecompressionStream. */
import { DataError } from "../errors.ts";

/** DEFLATE expands by at most 1032 : 1. */
const MOST_EXPANSION = 1032;

/** Whether `bytes` begin as a gzip file does (1f 8b). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The decompressed bytes of a gzip file, in an array of exactly their length.
 *
 * @param name the file's name, for errors
 * @throws DataError when the file is truncated, corrupt or followed by other bytes
 */
export async function gunzip(bytes: Uint8Array, name = "gzip data"): Promise<Uint8Array> {
  if (bytes.length < 18 || !isGzip(bytes)) {
    throw new DataError(`${name} is not a whole gzip file: got ${bytes.length} bytes`);
  }
  // The trailer's last four bytes are the length modulo 2³²: room for all of it at once, unless the trailer is nonsense.
  const declared = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  let out = new Uint8Array(Math.min(declared, MOST_EXPANSION * bytes.length));
  let length = 0;
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const { value } = part;
      if (length + value.length > out.length) out = grown(out, length + value.length);
      out.set(value, length);
      length += value.length;
    }
  } catch (cause) {
    throw new DataError(
      `${name} is corrupt: it does not decompress (${cause instanceof Error ? cause.message : String(cause)})`,
      { cause },
    );
  }
  return length === out.length ? out : out.slice(0, length);
}

function grown(bytes: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(Math.max(least, 2 * bytes.length));
  out.set(bytes);
  return out;
}
