/** @file How many threads an update is worth. */
import { flopsPerExample } from "../compile/flops.ts";
import type { StepSpec } from "../compile/spec.ts";
import { recordLayout } from "../data/cache/record.ts";
import { isInMemory, type TrainingData } from "../data/dataset.ts";
import { InputError, show, wholeNumber } from "../errors.ts";
import type { TrainOptions } from "./options.ts";

/**
 * Operations of matrix products that are worth a thread, about 50 µs of one: with fewer, sharing them costs more than it saves. For
 * 784–128–10 two threads pay from 20 examples on, for 40–128–2 from 360.
 */
const FLOPS_PER_THREAD = 4e6;

/** … where all cores take part, and the thread that reads rows has to share one; and operations for each byte that it reads. */
const [FLOPS_PER_SHARED_CORE, FLOPS_PER_BYTE] = [8e6, 500];

/** What an update does. */
export interface UpdateWork {
  /** Operations of matrix products. */
  readonly flops: number;
  /** Bytes of the rows that are read from disk meanwhile. */
  readonly bytes: number;
}

/** Threads of an update, of `cores` at most. */
export function threadsFor({ flops, bytes }: UpdateWork, cores: number): number {
  const worth = (perThread: number, most: number): number =>
    Math.min(most, Math.floor(flops / perThread));
  if (bytes === 0) return Math.max(1, worth(FLOPS_PER_THREAD, cores));
  // One core is left to the reader, unless it has little to do beside the others.
  const shared = flops >= FLOPS_PER_BYTE * bytes ? worth(FLOPS_PER_SHARED_CORE, cores) : 0;
  return Math.max(1, worth(FLOPS_PER_THREAD, cores - 1), shared);
}

/** The number of threads that options ask for. @throws InputError */
export function threadsOf(
  { threads = 1, cores = 1 }: Pick<TrainOptions, "threads" | "cores">,
  { spec, batchSize, data }: { spec: StepSpec; batchSize: number; data: TrainingData },
): number {
  const most = wholeNumber("cores", cores);
  if (threads !== "auto") return givenThreads(threads);
  // Nothing is counted where it cannot matter.
  if (most === 1) return 1;
  const read = isInMemory(data) ? 0 : recordLayout(data.x, data.y).bytes;
  return threadsFor({ flops: flopsPerExample(spec) * batchSize, bytes: read * batchSize }, most);
}

function givenThreads(threads: unknown): number {
  if (typeof threads === "number") return wholeNumber("threads", threads);
  throw new InputError(
    `threads must be a whole number of at least 1 or "auto", got ${show(threads)}`,
  );
}
