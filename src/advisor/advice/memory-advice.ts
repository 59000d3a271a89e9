/** @file Memory as a function of the batch size: predicted, and checked against what was seen. */
import { InputError } from "../../errors.ts";
import { sizeOf } from "../../graph/types.ts";
import { bytesPerExample, defaultMicroBatching } from "../../runtime/micro-batch.ts";
import type { MeasuredThroughput } from "../throughput/measure.ts";
import { laneConfig } from "../lane-options.ts";
import type { MemoryAdvice, MemoryPoint } from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import { sampleQuery, sampleRows } from "../../data/sample-query.ts";

/**
 * What the process takes at batch size B: what it took at batch size 1 (the runtime, the data, parameters and state twice), and the
 * values of one pass of min(B, largest pass) examples. The short batch at the end of an epoch, N mod B examples, has values of its own where it
 * goes in one piece: ONNX Runtime keeps memory for each shape. Without a memory probe the first part is that of the data and the state alone.
 */
export function memoryAdvice(
  { race, candidates, options }: AdvicePlan,
  { peakBytes }: Pick<MeasuredThroughput, "peakBytes">,
): MemoryAdvice {
  const lane = { batchSize: candidates[0]!, seed: race.seed, engine: "onnx" } as const;
  const { spec, initial, training } = laneConfig(race, lane, 1);
  const each = bytesPerExample(spec);
  const { largest, pass } = defaultMicroBatching(spec);
  const passOf = (batchSize: number) => (batchSize > largest ? pass : batchSize);
  const shortBatch = (batchSize: number) => {
    const rest = training.size % batchSize;
    return rest > largest ? 0 : rest;
  };
  const element = spec.dtype === "float32" ? 4 : 8;
  const copies = 2 * (1 + Object.keys(spec.optimizer.slots).length);
  const state = copies * element * initial.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const base =
    peakBytes.get(candidates[0]!) ??
    training.x.data.byteLength + training.y.data.byteLength + state;
  const points = candidates.map((batchSize): MemoryPoint => ({
    batchSize,
    predictedBytes: Math.round(base + (passOf(batchSize) - 1 + shortBatch(batchSize)) * each),
    measuredBytes: peakBytes.get(batchSize) ?? null,
    microBatch: passOf(batchSize),
  }));
  const limitBytes = options.memoryLimit ?? null;
  const fitting = points.filter(({ predictedBytes }) => predictedBytes <= (limitBytes ?? Infinity));
  if (fitting.length === 0)
    throw new InputError(
      `a memory limit of ${inUnits(limitBytes!)} is too little: with batch size ${candidates[0]!} training takes ${inUnits(points[0]!.predictedBytes)}${sampleAdvice(training.size)}`,
    );
  return { points, limitBytes, largestBatchSize: fitting.at(-1)!.batchSize };
}

/** What to do about many rows: they are in memory. */
function sampleAdvice(size: number): string {
  return size > sampleRows ? `; of a table take a sample as query, "${sampleQuery}"` : "";
}

/** `512 bytes`, `1 kB`, `301 MB`: rounded up. */
function inUnits(bytes: number): string {
  if (bytes < 1e3) return `${Math.ceil(bytes)} bytes`;
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Math.ceil(bytes / 1e6)} MB`;
}
