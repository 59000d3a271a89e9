/**
 * @file A lock that says who builds a cache entry, so that others wait for it.
 *
 * It saves work and nothing depends on it: where two processes hold it after all, both build, and one of them is first to put its entry
 * into place.
 */
import { randomBytes } from "node:crypto";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { isRunning, thisProcess, type Owner } from "./process.node.ts";

/** A lock that is held. */
export interface Lock {
  readonly release: () => Promise<void>;
}

/** The holder touches its lock this often, in milliseconds. */
const TOUCH = 5_000;
/** A lock that was not touched for so long, in milliseconds, belongs to nobody. */
const ABANDONED = 60_000;

/** The lock, or nothing where another process holds it; one of a process that was killed is taken over. */
export async function tryLock(path: string): Promise<Lock | undefined> {
  const token = randomBytes(8).toString("hex");
  const content = JSON.stringify({ ...thisProcess(), token });
  if (!(await create(path, content))) {
    if (await isHeld(path)) return undefined;
    await rm(path, { force: true });
    if (!(await create(path, content))) return undefined;
  }
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, TOUCH);
  timer.unref();
  return {
    release: async () => {
      clearInterval(timer);
      const found = await readFile(path, "utf8").catch(() => "");
      if (found === content) await rm(path, { force: true });
    },
  };
}

/** Whether a running process holds the lock. */
export async function isHeld(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ABANDONED) return false;
    const content = await readFile(path, "utf8");
    // Between being made and being written it is empty.
    return content === "" || isRunning(JSON.parse(content) as Owner) !== false;
  } catch {
    return false;
  }
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
