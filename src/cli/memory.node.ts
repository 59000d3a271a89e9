/** @file Peak resident memory of this process: from the kernel on Linux, by sampling elsewhere. */
import { readFileSync, writeFileSync } from "node:fs";
import type { MemoryProbe } from "../advisor/compare-options.ts";

/** A probe that must be closed when it is no longer needed. */
export interface ClosableProbe extends MemoryProbe {
  readonly close: () => void;
}

/**
 * The kernel's own peak on Linux (`VmHWM`, reset through `/proc/self/clear_refs`); where there is none, the largest of
 * samples that are taken between chunks of updates.
 */
export function memoryProbe(): ClosableProbe {
  return kernelProbe() ?? sampledProbe();
}

const status = "/proc/self/status";

function kernelProbe(): ClosableProbe | undefined {
  // "5" resets the peak to what is resident now (proc(5), clear_refs).
  const reset = () => {
    writeFileSync("/proc/self/clear_refs", "5");
  };
  try {
    reset();
  } catch {
    return undefined;
  }
  return peakIn(status) === undefined
    ? undefined
    : { reset, peak: () => peakIn(status), close: () => undefined };
}

/** `VmHWM` in bytes. */
function peakIn(path: string): number | undefined {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(path, "utf8"))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

const samplePeriod = 50; // milliseconds

function sampledProbe(): ClosableProbe {
  let most = 0;
  const sample = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, samplePeriod).unref();
  return {
    reset: () => {
      most = 0;
      sample();
    },
    peak: () => {
      sample();
      return most;
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
