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
/** Bytes of the record that locates the end of zip64, of the end record, and of its comment at most. */
const [LOCATOR_BYTES, END_BYTES, MOST_COMMENT] = [20, 22, 0xffff];

/** DEFLATE expands by at most 1032 : 1. */
const MOST_EXPANSION = 1032;

/** An entry of an archive's directory. */
export interface ZipEntry {
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

/** Bytes of a file, which need not be in memory. */
export interface ByteReader {
  readonly size: number;
  /** @throws RangeError for bytes beyond the end */
  readonly read: (position: number, length: number) => Promise<Uint8Array>;
}

/** Bytes that are in memory. */
const readerOf = (bytes: Uint8Array): ByteReader => ({
  size: bytes.length,
  read: (position, length) =>
    position + length <= bytes.length
      ? Promise.resolve(bytes.subarray(position, position + length))
      : Promise.reject(new RangeError(`${position + length} is beyond ${bytes.length}`)),
});

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
  const zip = readerOf(bytes);
  return inside(source, async () => {
    const files = new Map<string, Uint8Array>();
    for (const entry of await zipEntries(zip, source)) {
      files.set(entry.name, await unpack(zip, entry, `${source}, ${entry.name}`));
    }
    return files;
  });
}

/** Offsets beyond the end are what reads throw for. */
async function inside<T>(source: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new DataError(`${source} is cut or corrupt: its directory points outside of it`, {
      cause,
    });
  }
}

/** The directory of an archive. @throws DataError as {@link unzip} */
export function zipEntries(zip: ByteReader, source: string): Promise<readonly ZipEntry[]> {
  return inside(source, async () => {
    const { count, length, offset } = await directoryOf(zip, source);
    const view = viewOf(await zip.read(offset, length));
    const entries: ZipEntry[] = [];
    for (let i = 0, at = 0; i < count; i++) {
      if (view.getUint32(at, true) !== CENTRAL) throw corrupt(source);
      entries.push(centralEntry(view, at));
      at +=
        46 +
        view.getUint16(at + 28, true) +
        view.getUint16(at + 30, true) +
        view.getUint16(at + 32, true);
    }
    return entries;
  });
}

/** Where the body of an entry begins; it is `packed` bytes long. @throws DataError for an entry that is encrypted or not there */
export function bodyPlace(zip: ByteReader, entry: ZipEntry, source: string): Promise<number> {
  return inside(source, async () => {
    const { offset, packed } = entry;
    const local = viewOf(await zip.read(offset, 30));
    if (local.getUint32(0, true) !== LOCAL) throw corrupt(source);
    if ((entry.flags & 1) !== 0) throw new DataError(`${source} is encrypted`);
    const start = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    if (start + packed > zip.size) throw corrupt(source);
    return start;
  });
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Entries of the directory, and its place. */
interface Directory {
  readonly count: number;
  readonly length: number;
  readonly offset: number;
}

async function directoryOf(zip: ByteReader, source: string): Promise<Directory> {
  const tail = Math.min(zip.size, LOCATOR_BYTES + END_BYTES + MOST_COMMENT);
  const end = viewOf(await zip.read(zip.size - tail, tail));
  const at = directoryEnd(end, source);
  if (at >= LOCATOR_BYTES && end.getUint32(at - LOCATOR_BYTES, true) === LOCATOR64) {
    const end64 = viewOf(await zip.read(wide(end, at - 12), 56));
    if (end64.getUint32(0, true) !== END64) throw corrupt(source);
    return { count: wide(end64, 32), length: wide(end64, 40), offset: wide(end64, 48) };
  }
  return {
    count: end.getUint16(at + 10, true),
    length: end.getUint32(at + 12, true),
    offset: end.getUint32(at + 16, true),
  };
}

/** Place of the end record: the last of its signatures, before a comment of at most 65535 bytes. */
function directoryEnd(zip: DataView, source: string): number {
  const first = Math.max(0, zip.byteLength - END_BYTES - MOST_COMMENT);
  for (let at = zip.byteLength - END_BYTES; at >= first; at--) {
    if (zip.getUint32(at, true) === END) return at;
  }
  throw new DataError(`${source} is no whole zip archive: the directory at its end is missing`);
}

function centralEntry(zip: DataView, at: number): ZipEntry {
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

async function unpack(zip: ByteReader, entry: ZipEntry, source: string): Promise<Uint8Array> {
  const { packed, size, method } = entry;
  const body = await zip.read(await bodyPlace(zip, entry, source), packed);
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
