/**
 * @file Zip archives, as far as `.npz` needs them: stored and deflated entries, also in zip64.
 *
 * Source: PKWARE, "APPNOTE.TXT – .ZIP File Format Specification", sections 4.3 and 4.5.
 */
import { DataError } from "../../errors.ts";
import { crc32 } from "./crc32.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const FULL = 0xffffffff;

/** DEFLATE expands by at most 1032 : 1. */
const MOST_EXPANSION = 1032;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

/**
 * The files of an archive by name, decompressed and checked by their CRC-32.
 *
 * @param source the archive's name, for errors
 * @throws DataError for an archive that is cut or corrupt, for encrypted entries, and for other methods than stored and deflated
 */
export async function unzip(
  bytes: Uint8Array,
  source = "zip data",
): Promise<ReadonlyMap<string, Uint8Array>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const files = new Map<string, Uint8Array>();
    for (const entry of entriesOf(view)) {
      files.set(entry.name, await unpack(view, entry, `${source}, ${entry.name}`));
    }
    return files;
  } catch (cause) {
    // Offsets beyond the end are what reads of a DataView throw for.
    if (!(cause instanceof RangeError)) throw cause;
    throw new DataError(`${source} is cut or corrupt: its directory points outside of it`, {
      cause,
    });
  }

  function entriesOf(zip: DataView): readonly Entry[] {
    let at = directoryEnd(zip, source);
    let count = zip.getUint16(at + 10, true);
    let directory = zip.getUint32(at + 16, true);
    if (at >= 20 && zip.getUint32(at - 20, true) === LOCATOR64) {
      at = wide(zip, at - 12);
      if (zip.getUint32(at, true) !== END64) throw corrupt(source);
      count = wide(zip, at + 32);
      directory = wide(zip, at + 48);
    }
    const entries: Entry[] = [];
    for (let i = 0; i < count; i++) {
      if (zip.getUint32(directory, true) !== CENTRAL) throw corrupt(source);
      entries.push(centralEntry(zip, directory));
      directory +=
        46 +
        zip.getUint16(directory + 28, true) +
        zip.getUint16(directory + 30, true) +
        zip.getUint16(directory + 32, true);
    }
    return entries;
  }
}

/** Place of the end record: the last of its signatures, before a comment of at most 65535 bytes. */
function directoryEnd(zip: DataView, source: string): number {
  const first = Math.max(0, zip.byteLength - 22 - 0xffff);
  for (let at = zip.byteLength - 22; at >= first; at--) {
    if (zip.getUint32(at, true) === END) return at;
  }
  throw new DataError(`${source} is no whole zip archive: the directory at its end is missing`);
}

function centralEntry(zip: DataView, at: number): Entry {
  const nameLength = zip.getUint16(at + 28, true);
  const name = new TextDecoder().decode(
    new Uint8Array(zip.buffer, zip.byteOffset + at + 46, nameLength),
  );
  const extra = at + 46 + nameLength;
  const fields = [at + 24, at + 20, at + 42].map((place) => zip.getUint32(place, true));
  // In zip64 the fields that do not fit stand in the extra field, in this order: size, packed size, offset.
  const places = zip64Fields(zip, extra, zip.getUint16(at + 30, true));
  const [size = 0, packed = 0, offset = 0] = fields.map((value) =>
    value === FULL ? wide(zip, places.next()) : value,
  );
  return {
    name,
    flags: zip.getUint16(at + 8, true),
    method: zip.getUint16(at + 10, true),
    crc: zip.getUint32(at + 16, true),
    packed,
    size,
    offset,
  };
}

/** Hands out the places of the 8-byte fields of a zip64 extra field. */
function zip64Fields(zip: DataView, start: number, length: number): { next(): number } {
  let place = Infinity;
  for (let at = start; at + 4 <= start + length; at += 4 + zip.getUint16(at + 2, true)) {
    if (zip.getUint16(at, true) === 1) place = at + 4;
  }
  return {
    next: () => {
      place += 8;
      return place - 8;
    },
  };
}

async function unpack(zip: DataView, entry: Entry, source: string): Promise<Uint8Array> {
  const { offset, packed, size, method } = entry;
  if (zip.getUint32(offset, true) !== LOCAL) throw corrupt(source);
  if ((entry.flags & 1) !== 0) throw new DataError(`${source} is encrypted`);
  const start = offset + 30 + zip.getUint16(offset + 26, true) + zip.getUint16(offset + 28, true);
  if (start + packed > zip.byteLength) throw corrupt(source);
  const body = new Uint8Array(zip.buffer, zip.byteOffset + start, packed);
  if (method !== 0 && method !== 8) {
    throw new DataError(`${source} is compressed by method ${method}; expected stored or deflated`);
  }
  const plain = method === 0 ? body : await inflate(body, size, source);
  if (plain.length !== size || crc32(plain) !== entry.crc) throw corrupt(source);
  return plain;
}

async function inflate(body: Uint8Array, size: number, source: string): Promise<Uint8Array> {
  if (size > MOST_EXPANSION * Math.max(1, body.length)) throw corrupt(source);
  const out = new Uint8Array(size);
  let length = 0;
  const stream = new Blob([body as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      out.set(part.value, length);
      length += part.value.length;
    }
  } catch (cause) {
    throw new DataError(`${source} is corrupt: it does not decompress`, { cause });
  }
  return out.subarray(0, length);
}

/** An unsigned integer of 8 bytes, as a number; too large a one is outside of every archive. */
function wide(zip: DataView, at: number): number {
  return zip.getUint32(at, true) + zip.getUint32(at + 4, true) * 2 ** 32;
}

function corrupt(source: string): DataError {
  return new DataError(`${source} is cut or corrupt`);
}
