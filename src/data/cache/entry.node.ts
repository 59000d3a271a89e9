/** @file A cache entry: a folder that is built aside, flushed and renamed into place, or not there at all. */
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DataError } from "../../errors.ts";
import { buildingFolder, removedFolder, sweep } from "./cache-folder.node.ts";
import { tryLock } from "./lock.node.ts";
import {
  cacheFormat,
  decodeMeta,
  encodeMeta,
  partBytes,
  partsOf,
  type CacheContent,
  type CachedPart,
} from "./meta.ts";
import type { CacheProgress } from "./progress.ts";

/** An entry that is whole. */
export interface CacheEntry {
  readonly folder: string;
  readonly content: CacheContent;
  /** Bytes of its records. */
  readonly bytes: number;
  /** Whether it was built by this call, and not there before. */
  readonly built: boolean;
}

/** What to have, and how to make it. */
export interface CacheRequest {
  /** The cache. */
  readonly root: string;
  /** What the entry holds: equal keys, equal content. */
  readonly key: unknown;
  /** Writes the files of records into a folder. */
  readonly build: (folder: string) => Promise<CacheContent>;
  readonly onProgress?: ((progress: CacheProgress) => void) | undefined;
}

/** Milliseconds between looks at what another process builds. */
const LOOK_AGAIN = 100;

/**
 * The entry of a key, built where it is not there or damaged. Processes that want the same at once wait for the first of them.
 *
 * @throws DataError where the folder cannot be written to; whatever `build` throws
 */
export async function cacheEntry(request: CacheRequest): Promise<CacheEntry> {
  const { root, onProgress } = request;
  const key = sha256(JSON.stringify([cacheFormat, request.key])).slice(0, 32);
  const found = await openEntry(root, key);
  if (found !== undefined) {
    await sweep(root).catch(() => undefined); // the folder may be one that can only be read
    return found;
  }
  await inFolder(root, () => mkdir(root, { recursive: true }));
  const path = join(root, `${key}.lock`);
  for (;;) {
    const lock = await inFolder(root, () => tryLock(path));
    try {
      const entry = await openEntry(root, key);
      if (entry !== undefined) return entry;
      if (lock !== undefined) return await buildEntry(request, key);
    } finally {
      await lock?.release();
    }
    onProgress?.({ phase: "waiting", rows: 0 });
    await delay(LOOK_AGAIN);
  }
}

/** The path of a part's file of records. */
export function recordsOf({ folder }: CacheEntry, { file }: CachedPart): string {
  return join(folder, file);
}

/** The entry, if it is there and whole. */
async function openEntry(root: string, key: string): Promise<CacheEntry | undefined> {
  const folder = join(root, key);
  const text = await readFile(join(folder, "meta.json"), "utf8").catch(() => "");
  const content = decodeMeta(text, sha256);
  if (content === undefined) return undefined;
  let bytes = 0;
  for (const part of partsOf(content)) {
    const { size } = await stat(join(folder, part.file)).catch(() => ({ size: -1 }));
    if (size !== partBytes(part)) return undefined;
    bytes += size;
  }
  return { folder, content, bytes, built: false };
}

async function buildEntry({ root, build }: CacheRequest, key: string): Promise<CacheEntry> {
  await sweep(root);
  const folder = buildingFolder(root, key);
  try {
    await inFolder(root, () => mkdir(folder));
    const content = await inFolder(root, () => build(folder));
    await inFolder(root, () => writeMeta(folder, content));
    const entry = await putIntoPlace(root, key, folder);
    return { ...entry, built: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeMeta(folder: string, content: CacheContent): Promise<void> {
  const file = await open(join(folder, "meta.json"), "wx");
  try {
    await file.writeFile(encodeMeta(content, sha256));
    await file.sync();
  } finally {
    await file.close();
  }
  await flushFolder(folder);
}

async function putIntoPlace(root: string, key: string, folder: string): Promise<CacheEntry> {
  for (let turn = 0; turn < 10; turn++) {
    await rename(folder, join(root, key)).catch(() => undefined);
    await flushFolder(root);
    const entry = await openEntry(root, key);
    if (entry !== undefined) return entry;
    // A damaged entry is in the way.
    const aside = removedFolder(root, key);
    await rename(join(root, key), aside).catch(() => undefined);
    await rm(aside, { recursive: true, force: true });
  }
  throw new DataError(
    `cannot put cached data into ${root}; look who else writes there, or give another cacheFolder`,
  );
}

/** Makes names in a folder last; not every system can. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder);
    await handle.sync().finally(() => handle.close());
  } catch {
    return;
  }
}

/** The system's words for a disk that is full or a folder that is not to be written to. */
const cannotWrite: ReadonlySet<string> = new Set(
  ["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "ENOTDIR", "ENOENT", "EIO"], // prettier-ignore
);

/** Says where it was when the disk is full or not to be written to. What is wrong with files elsewhere is told as it is. */
async function inFolder<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code = "", path = root } = Object(cause) as NodeJS.ErrnoException;
    if (!cannotWrite.has(code) || !isOnTheWay(path, root)) throw cause;
    throw new DataError(
      `cannot cache data in ${root}: ${(cause as Error).message}; make room there, or give another cacheFolder`,
      { cause },
    );
  }
}

/** Whether a path is in a folder, or one of those that the folder is in. */
function isOnTheWay(path: string, folder: string): boolean {
  const [a, b] = [path, folder].map((each) => `${resolve(each)}${sep}`) as [string, string];
  return a.startsWith(b) || b.startsWith(a);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
