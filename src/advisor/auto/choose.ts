/** @file Choosing the next batch size of a run, from its noise and from what updates cost. */
import type { Estimate } from "../noise/estimate.ts";

/** What an update took at some batch sizes, ascending. */
export type UpdateTimes = readonly { readonly batchSize: number; readonly seconds: number }[];

/** Seconds of an update at any batch size: straight between the measured ones on logarithmic axes, as far as they reach. */
export function updateSeconds(times: UpdateTimes, batchSize: number): number {
  const above = times.findIndex((time) => time.batchSize >= batchSize);
  const [a, b] = above <= 0 ? times.slice(0, 2) : times.slice(above - 1, above + 1);
  const last = times.at(-1)!;
  if (above < 0) return (last.seconds * batchSize) / last.batchSize; // far out, time is in proportion
  if (a === undefined || b === undefined || a.batchSize === b.batchSize) return last.seconds;
  const part = Math.log(batchSize / a.batchSize) / Math.log(b.batchSize / a.batchSize);
  return a.seconds * (b.seconds / a.seconds) ** part;
}

/**
 * Relative time to make the progress of one update without noise: t(B) (1 + B_noise / B), as an update of batch size B makes
 * 1 / (1 + B_noise / B) of it.
 *
 * Source: McCandlish et al. (2018), arXiv 1812.06162, equation 2.7 and section 2.3.
 */
export function progressSeconds(times: UpdateTimes, noiseScale: number, batchSize: number): number {
  return updateSeconds(times, batchSize) * (1 + noiseScale / batchSize);
}

/** Bounds on the choice. */
export interface ChoiceBounds {
  readonly least: number;
  readonly most: number;
}

/** A change that pays. */
export interface Choice {
  readonly batchSize: number;
  /** Time of the same progress at the new batch size, as part of that at the old one. */
  readonly ratio: number;
}

/** A change must save this part of the time by the best estimate… */
const leastGain = 0.1;
/** …and may cost this part at either end of the interval. */
const mostLoss = 0.02;
/** One change goes by this factor at most: the noise is measured again before the next. */
const mostStep = 8;

/**
 * The power of two with the least time for the same progress, when changing to it pays; undefined when it does not, or cannot be told.
 */
export function choose(
  times: UpdateTimes,
  noise: Estimate,
  now: number,
  { least, most }: ChoiceBounds,
): Choice | undefined {
  if (!(noise.value >= 0) || !Number.isFinite(noise.value)) return undefined;
  const ratioAt = (batchSize: number, scale: number) =>
    progressSeconds(times, scale, batchSize) / progressSeconds(times, scale, now);
  const candidates = powersOfTwo(Math.max(least, now / mostStep), Math.min(most, now * mostStep));
  const best = candidates
    .map((batchSize) => ({ batchSize, ratio: ratioAt(batchSize, noise.value) }))
    .reduce<Choice | undefined>(
      (a, b) => (a === undefined || b.ratio < a.ratio ? b : a),
      undefined,
    );
  if (best === undefined || best.ratio > 1 - leastGain) return undefined;
  const ends = [Math.max(0, noise.low), Math.min(noise.high, 1e3 * Math.max(1, noise.value))];
  return ends.every((scale) => ratioAt(best.batchSize, scale) <= 1 + mostLoss) ? best : undefined;
}

/** It may be off by this factor. */
const offBy = 4;

/**
 * Noise scales to begin with, before any was measured, ascending: 3 √N for N examples, a quarter of it and four times as much. Over the
 * twelve tasks of docs/benchmarks.md ("regret") the critical batch size is 0.4 to 6 times 3 √N: small data sets end at losses where
 * batches still agree. Where the largest inputs bound the learning rate, their scale comes on top, as noise would (see `inputScale`).
 */
export function usualScales(size: number, inputScale: number): readonly [number, number, number] {
  const usual = 3 * Math.sqrt(size);
  return [usual / offBy + inputScale, usual + inputScale, usual * offBy + inputScale];
}

/** The first change goes by this factor at most. */
const mostFirstStep = 16;

/**
 * The power of two with the least geometric mean of the time for the same progress over noise `scales`, when changing to it saves a
 * tenth; undefined when it does not. For the start of a run, where updates were timed and noise was not yet measured.
 */
export function chooseStart(
  times: UpdateTimes,
  now: number,
  scales: readonly number[],
  { least, most }: ChoiceBounds,
): Choice | undefined {
  const cost = (batchSize: number) =>
    scales.reduce((sum, scale) => sum + Math.log(progressSeconds(times, scale, batchSize)), 0);
  const ratioOf = (batchSize: number) => Math.exp((cost(batchSize) - cost(now)) / scales.length);
  const [low, high] = [Math.max(least, now / mostFirstStep), Math.min(most, now * mostFirstStep)];
  const best = powersOfTwo(low, high)
    .map((batchSize) => ({ batchSize, ratio: ratioOf(batchSize) }))
    .reduce<Choice>((a, b) => (b.ratio < a.ratio ? b : a), { batchSize: now, ratio: 1 });
  return best.ratio <= 1 - leastGain ? best : undefined;
}

/** The powers of two from `low` to `high`. */
export function powersOfTwo(low: number, high: number): readonly number[] {
  const out: number[] = [];
  for (let size = 1; size <= high; size *= 2) if (size >= low) out.push(size);
  return out;
}
