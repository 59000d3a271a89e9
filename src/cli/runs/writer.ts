/** @file Who writes to a run folder: the process that the lock file names, when it lives. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fieldsOf, numberOf } from "./fields.ts";

/** The living process that makes the run in a folder, in words; null when there is none. */
export function writerOf(folder: string): string | null {
  try {
    const pid = numberOf(fieldsOf(JSON.parse(readFileSync(join(folder, "lock"), "utf8")))["pid"]);
    if (pid === null) return null;
    process.kill(pid, 0);
    return `process ${pid}`;
  } catch {
    return null;
  }
}
