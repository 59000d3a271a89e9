/** @file One writer a run folder: a file that names the process, and is taken over when that process is dead. */
import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { removeQuietly } from "./durable.node.ts";
import { runFolderFiles } from "./names.ts";
import { isAlive, thisProcess, type ProcessIdentity } from "./process-identity.node.ts";
import { codeOf } from "./system-error.node.ts";

/** A lock that this process holds. */
export interface FolderLock {
  /** Whether the lock is still there and this process's. */
  readonly held: () => boolean;
  readonly release: () => void;
}

/** Who holds a lock. */
export type LockHolder = ProcessIdentity;

/** Seconds without a sign of life after which a process of another host counts as dead. */
const silentSeconds = 60;
const signPeriod = 10_000; // milliseconds

/**
 * Takes the lock of a folder. It is released when the process ends, unless that is killed.
 *
 * @throws InputError when a living process holds it, naming that one
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, runFolderFiles.lock);
  const text = JSON.stringify({ ...thisProcess(), key: Math.random() });
  for (let attempt = 0; attempt < 200; attempt++) {
    if (created(path, text)) return heldLock(path, text);
    const found = readLock(path);
    if (found === undefined) continue; // It was released meanwhile.
    if (found.alive) throw new InputError(heldMessage(folder, found));
    removeStale(path);
  }
  throw new InputError(`${folder} is locked and unlocked by other processes all the time`);
}

/** The living process that writes to a folder; undefined when there is none. */
export function lockHolder(folder: string): LockHolder | undefined {
  const found = readLock(join(folder, runFolderFiles.lock));
  return found?.alive === true ? found.holder : undefined;
}

function created(path: string, text: string): boolean {
  try {
    const file = openSync(path, "wx");
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

interface FoundLock {
  /** Undefined when the file does not say. */
  readonly holder: LockHolder | undefined;
  readonly silent: number;
  readonly alive: boolean;
}

function readLock(path: string): FoundLock | undefined {
  try {
    const text = readFileSync(path, "utf8");
    const silent = (Date.now() - statSync(path).mtimeMs) / 1000;
    const holder = holderIn(text);
    const here = holder?.host === thisProcess().host;
    // A file that does not say whose it is has just been made, or its maker was killed then.
    const alive = here ? isAlive(holder) : silent < silentSeconds;
    return { holder, silent, alive };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function holderIn(text: string): LockHolder | undefined {
  try {
    const { pid, started, host } = JSON.parse(text) as Partial<LockHolder>;
    return Number.isInteger(pid) && typeof host === "string"
      ? { pid: pid ?? 0, started: started ?? null, host }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a lock whose process is dead. One process at a time: another one may have taken the lock since it was looked at. */
function removeStale(path: string): void {
  const guard = `${path}.takeover`;
  if (!created(guard, "")) {
    const left = readLock(guard); // by a process that was killed here
    if (left?.alive === false) removeQuietly(guard);
    pause();
    return;
  }
  try {
    if (readLock(path)?.alive === false) rmSync(path);
  } finally {
    removeQuietly(guard);
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); // milliseconds
}

function heldLock(path: string, text: string): FolderLock {
  const held = () => {
    try {
      return readFileSync(path, "utf8") === text;
    } catch {
      return false;
    }
  };
  const release = () => {
    clearInterval(sign);
    process.off("exit", release);
    if (held()) removeQuietly(path);
  };
  const sign = setInterval(() => {
    const now = Date.now() / 1000;
    try {
      utimesSync(path, now, now);
    } catch {
      // Whoever writes next finds out.
    }
  }, signPeriod).unref();
  process.on("exit", release);
  return { held, release };
}

function heldMessage(folder: string, { holder, silent }: FoundLock): string {
  if (holder === undefined) return `${folder} is being opened by another process; try again`;
  const process =
    holder.host === thisProcess().host
      ? `process ${holder.pid}`
      : `process ${holder.pid} of ${holder.host}, alive ${Math.round(silent)} s ago,`;
  return `${folder} is in use: ${process} writes to it; wait until it ends, or stop it`;
}
