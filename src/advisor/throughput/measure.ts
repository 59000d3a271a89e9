/** @file `measureThroughput`: what updates take on this machine, by batch size and threads. */
import { resolveBatchSize } from "../../data/batch-plan.ts";
import type { Dataset } from "../../data/dataset.ts";
import { having, InputError, knownOptions, list, positive, wholeNumber } from "../../errors.ts";
import type { Model } from "../../nn/model.ts";
import type { Engine } from "../../runtime/engine.ts";
import { nextTask } from "../../runtime/next-task.ts";
import { configure } from "../../train/config.ts";
import type { RunConfig } from "../../train/run-config.ts";
import { openEngine } from "../../train/engines.ts";
import type { TrainOptions } from "../../train/options.ts";
import { startRun, type Run } from "../../train/run-stream.ts";
import type { Throughput, ThroughputPoint } from "../advice/advice.ts";
import { powersOfTwo } from "../auto/choose.ts";
import type { MemoryProbe } from "../compare-options.ts";
import { stopwatch, timedRun, type Stopwatch } from "./time-updates.ts";

/** Options of {@link measureThroughput}. */
export interface MeasureThroughputOptions extends Pick<
  TrainOptions,
  "loss" | "optimizer" | "dtype" | "l2" | "engine" | "microBatch" | "signal" | "runtime"
> {
  /** Powers of two and the full batch by default. */
  readonly batchSizes?: readonly (number | "full")[];
  /** Numbers of threads to try; `[1]` by default. */
  readonly threads?: readonly number[];
  /** About how long all of it may take; 4 by default. Each batch size is timed three times at least. */
  readonly seconds?: number;
  /** Resident memory of the process; without it none is measured. */
  readonly memory?: MemoryProbe;
}

/** Throughput, and the memory that was seen by the way. */
export interface MeasuredThroughput extends Throughput {
  /** Peak of the process while updates of each batch size were made with the fewest threads; empty without `memory`. */
  readonly peakBytes: ReadonlyMap<number, number>;
}

/** Throughput that is being measured. */
export type ThroughputRun = Run<
  {
    readonly type: "throughput";
    readonly done: number;
    readonly total: number;
    readonly point: ThroughputPoint;
  },
  MeasuredThroughput
>;

const ownNames = [
  ...["loss", "optimizer", "dtype", "l2", "engine", "microBatch", "signal", "runtime"],
  ...["batchSizes", "threads", "seconds", "memory"],
];

/**
 * Measures what one update takes at each batch size and number of threads: the training step itself, on rows of the data, with learning
 * rates of 0. The median of a few short blocks is the value and their middle half the interval, in turns over all batch
 * sizes, so that a drift of the machine hits all of them alike.
 *
 * Two threads lose for small batches, because sharing the work takes longer than the work.
 *
 * @throws InputError, ShapeError, DataError
 * @example
 * const { best } = await measureThroughput(mlp, training, { batchSizes: [1, 32, 1024], threads: [1, 2] }).result;
 * console.table(best); // batchSize, threads, secondsPerUpdate, samplesPerSecond
 */
export function measureThroughput(
  model: Model,
  data: Dataset,
  options: MeasureThroughputOptions = {},
): ThroughputRun {
  knownOptions("measureThroughput", options, ownNames);
  const { batchSizes, threads = [1], seconds = 4, memory, ...run } = options;
  const config = configure(model, data, { ...run, batchSize: 1, seed: 0 });
  const { size } = config.training;
  if (batchSizes !== undefined) list("batchSizes", batchSizes, '[1, 64, "full"]');
  list("threads", threads, "[1, 2]");
  if (memory !== undefined)
    having("memory", memory, "reset", "a probe with the functions reset and peak");
  const sizes = sortedUnique(
    batchSizes?.map((batchSize) => resolveBatchSize(batchSize, size)) ?? [
      ...powersOfTwo(1, size),
      size,
    ],
  );
  if (sizes.length === 0)
    throw new InputError("batchSizes must hold at least one batch size, got none");
  if (threads.length === 0) throw new InputError("threads must hold at least one number, got none");
  threads.forEach((count, i) => wholeNumber(`threads[${i}]`, count));
  positive("seconds", seconds);
  return startRun(measure(config, { ...options, seconds }, sizes, sortedUnique(threads)));
}

const sortedUnique = (numbers: readonly number[]): readonly number[] =>
  [...new Set(numbers)].sort((a, b) => a - b);

/** One number of threads, with its own engine and the blocks it took. */
interface Bench {
  readonly threads: number;
  readonly engine: Engine;
  readonly watch: Stopwatch;
  readonly blocks: readonly number[][];
}

/** Blocks of each batch size and number of threads. */
const [fewestBlocks, mostBlocks] = [3, 9];

async function* measure(
  config: RunConfig,
  { seconds, memory, signal, runtime }: MeasureThroughputOptions & { readonly seconds: number },
  sizes: readonly number[],
  threads: readonly number[],
): AsyncGenerator<ThroughputEvent, MeasuredThroughput> {
  const started = performance.now();
  const peakBytes = new Map<number, number>();
  const blockSeconds = seconds / (sizes.length * threads.length * (fewestBlocks + 2));
  const total = sizes.length * threads.length;
  const points: ThroughputPoint[] = [];
  for (const [t, count] of threads.entries()) {
    // One after the other: the idle threads of a second engine spin, and would be timed too.
    const engine = await openEngine({ ...config, threads: count }, runtime);
    const bench: Bench = {
      threads: count,
      engine,
      watch: stopwatch(engine, timedRun(config, config.training)),
      blocks: sizes.map(() => []),
    };
    try {
      const until = started + ((t + 1) / threads.length) * seconds * 1000;
      const seen = t === 0 && memory !== undefined ? { memory, peakBytes } : undefined;
      await timeAll(bench, sizes, { blockSeconds, until, seen, signal });
    } finally {
      await engine.close();
    }
    for (const [i, batchSize] of sizes.entries()) {
      const point = pointOf(batchSize, count, bench.blocks[i]!);
      points.push(point);
      yield { type: "throughput", done: points.length, total, point };
    }
  }
  points.sort((a, b) => a.batchSize - b.batchSize || a.threads - b.threads);
  return {
    points,
    best: bestOf(points),
    seconds: (performance.now() - started) / 1000,
    peakBytes,
  };
}

type ThroughputEvent = ThroughputRun extends Run<infer Event, unknown> ? Event : never;

interface Timing {
  readonly blockSeconds: number;
  /** On the clock of `performance`. */
  readonly until: number;
  readonly seen:
    { readonly memory: MemoryProbe; readonly peakBytes: Map<number, number> } | undefined;
  readonly signal: AbortSignal | undefined;
}

/** In turns over the batch sizes, until each has its blocks or the time is up. */
async function timeAll(
  { watch, blocks }: Bench,
  sizes: readonly number[],
  { blockSeconds, until, seen, signal }: Timing,
): Promise<void> {
  for (let turn = 0; turn <= mostBlocks; turn++) {
    if (turn > fewestBlocks && performance.now() > until) return;
    for (const [i, batchSize] of sizes.entries()) {
      signal?.throwIfAborted();
      // An update that is longer than its share of the time is timed once.
      if (blocks[i]!.length > 0 && Math.min(...blocks[i]!) > 4 * blockSeconds) continue;
      if (turn === 1) seen?.memory.reset();
      const seconds = await watch.time(batchSize, blockSeconds);
      if (turn === 1) keepPeak(seen, batchSize);
      if (seconds !== undefined) blocks[i]!.push(seconds);
      await nextTask();
    }
  }
}

function keepPeak(seen: Timing["seen"], batchSize: number): void {
  const peak = seen?.memory.peak();
  if (seen !== undefined && peak !== undefined) seen.peakBytes.set(batchSize, peak);
}

/** What blocks say, in seconds of an update: their median, and their middle half by linear interpolation. */
export function pointOf(
  batchSize: number,
  threads: number,
  blocks: readonly number[],
): ThroughputPoint {
  const sorted = blocks.toSorted((a, b) => a - b);
  const at = (part: number) => {
    const place = part * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (place % 1) * ((sorted[Math.ceil(place)] ?? below) - below);
  };
  const secondsPerUpdate = { value: at(0.5), low: at(0.25), high: at(0.75) };
  return {
    batchSize,
    threads,
    secondsPerUpdate,
    samplesPerSecond: batchSize / secondsPerUpdate.value,
  };
}

/** The fastest number of threads for each batch size, ascending. */
export function bestOf(points: readonly ThroughputPoint[]): readonly ThroughputPoint[] {
  return sortedUnique(points.map(({ batchSize }) => batchSize)).map((size) =>
    points
      .filter(({ batchSize }) => batchSize === size)
      .reduce((best, point) =>
        point.secondsPerUpdate.value < best.secondsPerUpdate.value ? point : best,
      ),
  );
}
