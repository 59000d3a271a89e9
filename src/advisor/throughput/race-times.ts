/** @file What updates of a race take, measured before it. */
import type { RacePlan } from "../compare-options.ts";
import { measureThroughput, type MeasureThroughputOptions, type ThroughputRun } from "./measure.ts";

/** Seconds for one batch size with one number of threads: a few blocks of about 20 ms. */
const secondsEach = 0.12;

/** Options of a race that its updates are timed with. */
type TimingOptions = {
  readonly [K in "loss" | "dtype" | "signal" | "runtime" | "memory"]?:
    MeasureThroughputOptions[K] | undefined;
};

/** Times of the updates of a race, at each of `batchSizes` and `threads`. */
export function raceTimes(
  { model, training, optimizer }: Pick<RacePlan, "model" | "training" | "optimizer">,
  { batchSizes, threads }: { readonly batchSizes: readonly number[]; readonly threads: readonly number[] }, // prettier-ignore
  { loss, dtype, signal, runtime, memory }: TimingOptions,
): ThroughputRun {
  return measureThroughput(model, training, {
    ...(loss !== undefined && { loss }),
    ...(dtype !== undefined && { dtype }),
    ...(signal !== undefined && { signal }),
    ...(runtime !== undefined && { runtime }),
    ...(memory !== undefined && { memory }),
    optimizer: optimizer({ learningRate: 1 }),
    ...{ batchSizes, threads },
    seconds: secondsEach * batchSizes.length * threads.length,
  });
}
