/** @file A run that diverged. */
import type { Tensor, TensorData } from "../graph/types.ts";
import type { ChunkResult } from "../runtime/engine.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { History } from "./history.ts";

/** What is left of a run that diverged. */
export interface Wreck {
  /** Number of the update, from 1, at which it was noticed. */
  readonly update: number;
  readonly loss: number;
  /** Mean loss of the first examples of the run before its first update. */
  readonly startLoss: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly history: History;
  /** Parameters before the chunk of updates in which it happened. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** The last one before it, with `checkpointEvery`. */
  readonly checkpoint: Checkpoint | undefined;
}

/** The loss became NaN or infinite, or exploded. Carries the history up to there, the last good parameters and the last checkpoint. */
export class DivergenceError extends Error implements Wreck {
  override readonly name = "DivergenceError";
  readonly update: number;
  readonly loss: number;
  readonly startLoss: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly history: History;
  readonly parameters: Readonly<Record<string, Tensor>>;
  readonly checkpoint: Checkpoint | undefined;

  constructor(wreck: Wreck) {
    const { update, loss, learningRate, batchSize, checkpoint } = wreck;
    const became = Number.isFinite(loss)
      ? `rose to ${Number(loss.toPrecision(4))} (from ${Number(wreck.startLoss.toPrecision(4))} at the start)`
      : `became ${loss}`;
    const saved =
      checkpoint === undefined
        ? ""
        : `; the last checkpoint is of update ${checkpoint.position.updates}`;
    super(
      `training diverged at update ${update}: the loss ${became} at learning rate ${Number(learningRate.toPrecision(6))} and batch size ${batchSize}${saved}\n` +
        `try a smaller learning rate (${Number((learningRate / 4).toPrecision(2))}), clipNorm (in a program), or standardised data`,
    );
    this.update = update;
    this.loss = loss;
    this.startLoss = wreck.startLoss;
    this.learningRate = learningRate;
    this.batchSize = batchSize;
    this.history = wreck.history;
    this.parameters = wreck.parameters;
    this.checkpoint = checkpoint;
  }
}

/** A loss exploded when the mean over some examples is so many times that of the first ones. */
const explosion = 1000;
/** Examples in such a mean: single ones vary too much. */
export const examplesOfMean = 32;
/** A run that starts from a loss near 0 may rise above a thousand times that without harm. */
const leastStartLoss = 0.01;

const updatesOfMean = (batchSize: number): number => Math.ceil(examplesOfMean / batchSize);

/** Where a chunk diverged. */
export interface Divergence {
  /** Index of the update in the chunk. */
  readonly at: number;
  readonly loss: number;
  /** Updates of the chunk whose losses are still good. */
  readonly entered: number;
}

/**
 * The first update of a chunk whose loss is not finite, or (with `explosions`) ends a run of losses that exploded; the last one
 * when it left parameters that are not finite, or a loss `after` it that is what no loss before an update may be.
 *
 * @param before losses of the updates before the chunk
 * @param startLoss what losses are compared with
 */
export function divergenceIn(
  { loss: losses, state, after }: ChunkResult & { readonly after?: number | undefined },
  batchSize: number,
  before: Float64Array,
  { startLoss, explosions }: { readonly startLoss: number; readonly explosions: boolean },
): Divergence | undefined {
  const loss = after === undefined ? losses : Float64Array.from([...losses, after]);
  const bad = loss.findIndex((value) => !Number.isFinite(value));
  const exploded = explosions ? explodedAt(loss, before, batchSize, startLoss) : -1;
  const at = exploded >= 0 && (bad < 0 || exploded < bad) ? exploded : bad;
  const last = losses.length - 1;
  if (at >= 0) return { at: Math.min(at, last), loss: loss[at]!, entered: at };
  if (allFinite(state.parameters)) return undefined;
  return { at: last, loss: NaN, entered: losses.length };
}

/**
 * The first update of a chunk that ends a mean of losses of more than a thousand times `start`, those before the chunk included; −1 when there is
 * none.
 */
function explodedAt(
  loss: Float64Array,
  before: Float64Array,
  batchSize: number,
  start: number,
): number {
  const count = updatesOfMean(batchSize);
  const bound = explosion * Math.max(leastStartLoss, start) * count;
  const earlier = before.subarray(Math.max(0, before.length - count));
  const at = (u: number) => (u >= 0 ? loss[u] : earlier[earlier.length + u]);
  let sum = earlier.reduce((total, value) => total + value, 0);
  for (let u = 0; u < loss.length; u++) {
    sum += loss[u]! - (at(u - count) ?? 0);
    if (u + 1 + before.length >= count && sum > bound) return u;
  }
  return -1;
}

/** Whether no value is NaN or infinite. */
export function allFinite(values: readonly Tensor[]): boolean {
  return values.every(({ data }) => (data instanceof Float32Array ? finite32(data) : finite(data)));
}

// 0 · x is NaN for NaN and infinite x, and 0 for all others. By index: for-of takes more than twice as long. Four sums: each addition waits for the
// one before. One function an array type: shared, the loop is ten times slower.
function finite32(data: Float32Array): boolean {
  const whole = data.length - (data.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    a += 0 * data[i]!;
    b += 0 * data[i + 1]!;
    c += 0 * data[i + 2]!;
    d += 0 * data[i + 3]!;
  }
  for (let i = whole; i < data.length; i++) a += 0 * data[i]!;
  return a + b + c + d === 0;
}

function finite(data: TensorData): boolean {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += 0 * data[i]!;
  return sum === 0;
}
