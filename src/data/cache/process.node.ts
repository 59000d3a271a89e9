/** @file Which process made something, and whether it still runs. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A process: numbers of processes come again, with another start time. */
export interface Owner {
  readonly pid: number;
  /** Start time in ticks since the machine started, where the system tells it; otherwise 0. */
  readonly started: number;
  /** The machine. */
  readonly host: string;
}

/** This process. */
export function thisProcess(): Owner {
  const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
  return { pid: process.pid, started: startTime(process.pid), host };
}

/** Whether it still runs; undefined for one on another machine. */
export function isRunning({ pid, started, host }: Owner): boolean | undefined {
  if (host !== thisProcess().host) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It may belong to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return started === startTime(pid);
}

/** Field 22 of /proc/PID/stat on Linux. */
function startTime(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, field 2, stands in brackets and may hold blanks.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? 0);
  } catch {
    return 0;
  }
}
