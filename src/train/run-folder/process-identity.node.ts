/** @file Which process this is, and whether another one still lives. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { codeOf } from "./system-error.node.ts";

/** A process, told apart from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, in ticks since a certain boot of the machine; null where the system does not tell. */
  readonly started: string | null;
  readonly host: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? null, host: hostname() };
}

/** Whether a process of this host lives. One that is dead and not yet cleaned up does not. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH"; // It is another user's.
  }
  const now = startOf(pid);
  if (now === undefined) return !hasProcessFolder();
  return started === null || started === now;
}

/** Boot and start time of a process, from proc(5): fields 3 and 22 of `stat`. Undefined where there is none, or it is dead. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // The second field is a name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const dead = fields[0] === "Z" || fields[0] === "X";
    return dead ? undefined : `${boot} ${fields[19] ?? ""}`;
  } catch {
    return undefined;
  }
}

function hasProcessFolder(): boolean {
  return startOf(process.pid) !== undefined;
}
