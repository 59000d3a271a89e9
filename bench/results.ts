/** @file Results of a benchmark run, and the machine they were measured on. */
import { readFileSync } from "node:fs";
import { cpus, totalmem, type } from "node:os";
import type { Measurement } from "./job.ts";

/** What was found for one engine, number of threads and batch size over all rounds. */
export interface Cell {
  readonly engine: string;
  readonly title: string;
  readonly version: string;
  readonly variant: string;
  readonly threads: number;
  readonly batchSize: number;
  /** Time per update, in microseconds: the fastest block of all rounds, and the median of all blocks. */
  readonly best: number;
  readonly median: number;
  /** Wall-clock time per epoch, in seconds, where the engine has epochs of its own: fastest, and median. */
  readonly epoch?: { readonly best: number; readonly median: number } | undefined;
  /** What an epoch takes beyond its updates, as a fraction of their time: median of all epochs. */
  readonly overhead?: number | undefined;
  readonly peakBytes: number;
}

/** The processor, memory and software. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

/** `bench/results.json`. */
export interface Results {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly seconds: number;
  readonly skipped: readonly string[];
  /** 10⁹ floating-point operations a second of a 1024³ MatMul, by number of threads. */
  readonly matmul: readonly { readonly threads: number; readonly gflops: number }[];
  readonly cells: readonly Cell[];
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Puts the rounds of one engine, number of threads and batch size together. */
export function combine(
  where: Pick<Cell, "engine" | "title" | "threads" | "batchSize">,
  rounds: readonly Measurement[],
): Cell {
  const blocks = rounds.flatMap((round) => round.updateMicroseconds);
  const epochs = rounds.flatMap((round) => round.epochSeconds ?? []);
  const overheads = rounds.flatMap((round) => round.overhead ?? []);
  const fastest = [...rounds].sort(
    (a, b) => Math.min(...a.updateMicroseconds) - Math.min(...b.updateMicroseconds),
  )[0];
  return {
    ...where,
    version: fastest?.version ?? "",
    variant: fastest?.variant ?? "",
    best: Math.min(...blocks),
    median: median(blocks),
    epoch: epochs.length === 0 ? undefined : { best: Math.min(...epochs), median: median(epochs) },
    overhead: overheads.length === 0 ? undefined : median(overheads),
    peakBytes: Math.max(...rounds.map((round) => round.peakBytes)),
  };
}

/** Looks at the machine. */
export function describeMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: systemName(),
    node: process.version,
  };
}

function systemName(): string {
  try {
    const pretty = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync("/etc/os-release", "utf8"));
    return pretty?.[1] ?? type();
  } catch {
    return type();
  }
}
