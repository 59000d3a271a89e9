/** @file `train` with `batchSize: "auto"`: what is measured downstream of the run may choose it. */
import type { TrainingData } from "../../data/dataset.ts";
import type { StreamChunk } from "../../data/stream.ts";
import { InputError } from "../../errors.ts";
import type { Model } from "../../nn/model.ts";
import type { TrainOptions as FixedOptions } from "../../train/options.ts";
import { train as trainFixed } from "../../train/train.ts";
import type { TrainRun } from "../../train/result.ts";
import { autoBatchSize } from "./auto-batch-size.ts";

/** Options of `train`. */
export interface TrainOptions extends Omit<FixedOptions, "batchSize"> {
  /**
   * Examples for one update: 1 is SGD, `"full"` batch gradient descent, `"auto"` starts near 32 by what updates take on this machine
   * and follows the noise (see `autoBatchSize`); 32 by default (N, when there are fewer). Excludes samplers that cut their own batches.
   */
  readonly batchSize?: number | "full" | "auto";
}

/**
 * Trains `model` on `data` by gradient descent: θ ← θ − ε · (1/B) Σ ∂ℓ(xᵢ, yᵢ; θ)/∂θ over batches of B examples,
 * or whatever rule the optimizer gives.
 *
 * The run starts at once. Iterate it for its events, await `result` for the outcome, stop it with an `AbortSignal`.
 * What was wrong with the options is thrown here, before any work.
 *
 * `data` is in memory, or stored and read as it is needed, or a stream: an async iterable of chunks `{ x, y }` is trained on once, in its
 * order (then `result` rejects with what was wrong with the options, because the first chunk must be read before they can be checked).
 *
 * @throws InputError, ShapeError, DataError; `result` rejects with DivergenceError when the loss stops being finite or explodes
 * @example
 * const run = train(sequential([dense(128), relu(), dense(10)]), training, {
 *   optimizer: sgd({ learningRate: 0.32 }), batchSize: 64, epochs: 5, validation: test, seed: 1,
 * });
 * for await (const event of run) console.log(event.type);
 * const { model, history } = await run.result;
 */
export function train(
  model: Model,
  data: TrainingData | AsyncIterable<StreamChunk>,
  options: TrainOptions = {},
): TrainRun {
  const { batchSize, ...rest } = (options as TrainOptions | null) ?? {};
  if (batchSize !== "auto") return trainFixed(model, data, options as FixedOptions);
  if (rest.probe !== undefined)
    throw new InputError('batchSize "auto" and probe exclude each other: give one of them');
  return trainFixed(model, data, { ...rest, probe: autoBatchSize() });
}
