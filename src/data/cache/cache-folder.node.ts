/** @file Where the cache is, what lies in it, and how to clear it. */
import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "../../errors.ts";
import { isHeld } from "./lock.node.ts";
import { isRunning, thisProcess } from "./process.node.ts";

/** Where cached data goes: `MINIBATCH_CACHE`, or a folder `minibatch` where the system keeps caches. */
export function defaultCacheFolder(): string {
  const { env, platform } = process;
  const own = env["MINIBATCH_CACHE"];
  if (own !== undefined && own !== "") return own;
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "minibatch");
  const common = env[platform === "win32" ? "LOCALAPPDATA" : "XDG_CACHE_HOME"];
  return join(
    common === undefined || common === "" ? join(homedir(), ".cache") : common,
    "minibatch",
  );
}

/** Names in a cache folder begin with a key; nothing else there is touched. */
const names =
  /^[0-9a-f]{32}(?<rest>\.lock|\.removed-\w+|\.(?:building|sorting)-(?<pid>\d+)-(?<started>\d+)-(?<host>\w+)-\w+)?$/;

/** A folder to build an entry in; its name tells whose it is. */
export function buildingFolder(root: string, key: string): string {
  return join(root, `${key}.building-${ownSuffix()}`);
}

/** The path of a scratch file beside an entry; its name tells whose it is. */
export function scratchFile(entry: string): string {
  return `${entry}.sorting-${ownSuffix()}`;
}

function ownSuffix(): string {
  const { pid, started, host } = thisProcess();
  return `${pid}-${started}-${host}-${randomBytes(4).toString("hex")}`;
}

/** Where an entry is put aside before it is removed, so that it goes at once. */
export function removedFolder(root: string, key: string): string {
  return join(root, `${key}.removed-${randomBytes(4).toString("hex")}`);
}

/** Removes what killed processes have left. */
export async function sweep(root: string): Promise<void> {
  for (const name of await entriesOf(root)) {
    if (await isGarbage(root, name)) await rm(join(root, name), { recursive: true, force: true });
  }
}

/** What {@link clearCache} removed. */
export interface ClearedCache {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Removes all cached data, but for what is being built at this moment. A run that reads from it at this moment is not disturbed where the
 * system keeps open files (not on Windows).
 *
 * @param cacheFolder default: where {@link openStored} puts it
 * @example await clearCache()
 */
export async function clearCache(
  cacheFolder: string = defaultCacheFolder(),
): Promise<ClearedCache> {
  text("cacheFolder", cacheFolder);
  let [entries, bytes] = [0, 0];
  for (const name of await entriesOf(cacheFolder)) {
    const path = join(cacheFolder, name);
    const isEntry = !name.includes(".");
    if (!isEntry && !(await isGarbage(cacheFolder, name))) continue;
    bytes += await folderBytes(path);
    entries += Number(isEntry);
    await rm(path, { recursive: true, force: true });
  }
  return { entries, bytes };
}

/** Bytes of the files in a folder, or of a file. */
export async function folderBytes(path: string): Promise<number> {
  const files = await readdir(path).catch(() => undefined);
  if (files === undefined) return (await stat(path).catch(() => ({ size: 0 }))).size;
  const sizes = await Promise.all(files.map((file) => folderBytes(join(path, file))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function entriesOf(root: string): Promise<readonly string[]> {
  const found = await readdir(root).catch(() => []);
  return found.filter((name) => names.test(name));
}

/** Things on other machines that share the folder are left for a day. */
const OTHERS_DAY = 24 * 3600 * 1000;

async function isGarbage(root: string, name: string): Promise<boolean> {
  const { rest, pid, started, host } = names.exec(name)?.groups ?? {};
  if (rest === undefined) return false;
  if (rest === ".lock") return !(await isHeld(join(root, name)));
  if (pid === undefined || started === undefined || host === undefined) return true;
  const running = isRunning({ pid: Number(pid), started: Number(started), host });
  if (running !== undefined) return !running;
  const { mtimeMs } = await stat(join(root, name)).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > OTHERS_DAY;
}
