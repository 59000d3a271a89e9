/** @file What is known of a cache entry, as JSON with a checksum. */
import type { StoredDataset } from "../dataset.ts";
import { recordLayout } from "./record.ts";

/** Number of the format of entries; another one has other keys, so that old entries are not even looked at. */
export const cacheFormat = 1;

/** A data set in a cache entry: `size` records in a file. */
export interface CachedPart extends Omit<StoredDataset, "open" | "windowRows" | "workBytes"> {
  /** Name of the file in the entry. */
  readonly file: string;
}

/** What an entry holds. */
export interface CacheContent {
  readonly training: CachedPart;
  readonly validation?: CachedPart;
  /** Whatever else belongs to the data: plain JSON. */
  readonly about: unknown;
}

/** Bytes that the file of a part must have. */
export function partBytes({ x, y, size }: CachedPart): number {
  return recordLayout(x, y).bytes * size;
}

/** The parts of an entry. */
export function partsOf({ training, validation }: CacheContent): readonly CachedPart[] {
  return validation === undefined ? [training] : [training, validation];
}

/** A checksum of a text. */
export type Digest = (text: string) => string;

/** The text of `meta.json`. */
export function encodeMeta(content: CacheContent, digest: Digest): string {
  const text = JSON.stringify(content);
  return `{"format":${cacheFormat},"checksum":"${digest(text)}","content":${text}}\n`;
}

/** The content that {@link encodeMeta} wrote; undefined where the text is cut or damaged. */
export function decodeMeta(text: string, digest: Digest): CacheContent | undefined {
  const [, format, checksum, content = ""] =
    /^\{"format":(\d+),"checksum":"(\w+)","content":(.*)\}\n$/s.exec(text) ?? [];
  if (Number(format) !== cacheFormat || digest(content) !== checksum) return undefined;
  return JSON.parse(content) as CacheContent;
}
