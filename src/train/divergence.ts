/** @file A run that diverged. */
import type { Tensor, TensorData } from "../graph/types.ts";
import type { History } from "./history.ts";

/** What is left of a run that diverged. */
export interface Wreck {
  /** Number of the update, from 1, whose loss was not finite, or whose new parameters were not. */
  readonly update: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly history: History;
  /** Parameters before the chunk of updates in which it happened. */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** The loss became NaN or infinite. Carries the history up to there and the last good parameters. */
export class DivergenceError extends Error implements Wreck {
  override readonly name = "DivergenceError";
  readonly update: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly history: History;
  readonly parameters: Readonly<Record<string, Tensor>>;

  constructor(wreck: Wreck) {
    super(
      `training diverged at update ${wreck.update}: the loss became ${wreck.loss} at learning rate ${Number(wreck.learningRate.toPrecision(6))} and batch size ${wreck.batchSize}\n` +
        `try a smaller learning rate (${Number((wreck.learningRate / 4).toPrecision(2))}), clipNorm, or standardised data`,
    );
    this.update = wreck.update;
    this.loss = wreck.loss;
    this.learningRate = wreck.learningRate;
    this.batchSize = wreck.batchSize;
    this.history = wreck.history;
    this.parameters = wreck.parameters;
  }
}

/** Whether no value is NaN or infinite. */
export function allFinite(values: readonly Tensor[]): boolean {
  return values.every(({ data }) => (data instanceof Float32Array ? finite32(data) : finite(data)));
}

// 0 · x is NaN for NaN and infinite x, and 0 for all others. One function an array type: shared, the loop is ten times slower.
function finite32(data: Float32Array): boolean {
  let sum = 0;
  for (const x of data) sum += 0 * x;
  return sum === 0;
}

function finite(data: TensorData): boolean {
  let sum = 0;
  for (const x of data) sum += 0 * x;
  return sum === 0;
}
