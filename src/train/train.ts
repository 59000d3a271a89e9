/** @file Training: from a model, data and options to a run. */
import type { StreamedDataset, TrainingData } from "../data/dataset.ts";
import { fromStream, type StreamChunk } from "../data/stream.ts";
import type { Model } from "../nn/model.ts";
import type { Runtime } from "../runtime/ort.ts";
import { configure } from "./config.ts";
import type { RunConfig } from "./run-config.ts";
import { startPosition } from "./cursor.ts";
import { openEngine } from "./engines.ts";
import { evaluatorOn } from "./evaluator.ts";
import type { RunEvent } from "./events.ts";
import { Execution } from "./execution.ts";
import { openVisits } from "./open-visits.ts";
import type { TrainOptions } from "./options.ts";
import type { TrainResult, TrainRun } from "./result.ts";
import { startRun } from "./run-stream.ts";
import { restored } from "./standing.ts";
import type { Tools } from "./tools.ts";

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
 * @throws InputError, ShapeError, DataError; `result` rejects with DivergenceError when the loss stops being finite
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
  if (typeof data === "object" && (data as object | null) !== null && Symbol.asyncIterator in data)
    return startRun(executeStream(model, data, options));
  const config = checked(model, data as TrainingData, options);
  return startRun(execute(config, options.signal, options.runtime));
}

function checked(model: Model, data: TrainingData, options: TrainOptions): RunConfig<TrainingData> {
  const config = configure(model, data, options);
  if (config.resume !== undefined) restored(config, config.resume); // refuses a checkpoint of another run
  return config;
}

async function* executeStream(
  model: Model,
  chunks: AsyncIterable<StreamChunk>,
  options: TrainOptions,
): AsyncGenerator<RunEvent, TrainResult> {
  const data = await fromStream(chunks);
  const config = await checkedOrClosed(model, data, options);
  return yield* execute(config, options.signal, options.runtime);
}

/** As {@link checked}; a stream that is not going to be read is closed. */
async function checkedOrClosed(
  model: Model,
  data: StreamedDataset,
  options: TrainOptions,
): Promise<RunConfig<TrainingData>> {
  try {
    return checked(model, data, options);
  } catch (error) {
    // A generator runs its last words only after it has begun.
    const unread = data.chunks();
    await unread.next();
    await unread.return?.();
    throw error;
  }
}

async function* execute(
  config: RunConfig<TrainingData>,
  signal: AbortSignal | undefined,
  runtime: Runtime | undefined,
): AsyncGenerator<RunEvent, TrainResult> {
  const engine = await openEngine(config, runtime);
  try {
    const start = config.resume?.position ?? startPosition;
    const visits = await openVisits(config, start, engine.pass);
    const { validation } = config;
    const evaluator = validation && evaluatorOn(config, engine, validation);
    const probe = await config.probe?.open(config, runtime);
    const tools: Tools = { engine, visits, evaluator, probe, signal, runtime };
    try {
      return yield* new Execution(config, tools).run();
    } finally {
      await probe?.close();
      await evaluator?.close();
      await visits.close();
    }
  } finally {
    await engine.close();
  }
}
