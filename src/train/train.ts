/** @file Training: the loop of chunks, with everything that happens between them. */
import { InputError } from "../errors.ts";
import type { Dataset } from "../data/dataset.ts";
import { sizeOf, type Tensor } from "../graph/types.ts";
import type { Model } from "../nn/model.ts";
import type { Runtime } from "../runtime/ort.ts";
import type { ChunkResult, Engine, State } from "../runtime/engine.ts";
import { initialState, nextMultiple, updatesOfChunk } from "./chunk.ts";
import { configure, labelsOf, type RunConfig } from "./config.ts";
import { Cursor, startPosition, visitKeys, type Cut, type Position } from "./cursor.ts";
import { allFinite, DivergenceError } from "./divergence.ts";
import { evaluationOf, openEngine } from "./engines.ts";
import type { RunEvent, StopReason } from "./events.ts";
import { Recorder, type History, type Moment } from "./history.ts";
import { learningRates } from "./learning-rate.ts";
import type { TrainOptions } from "./options.ts";
import { nextTask } from "../runtime/next-task.ts";
import { startRun, type Run } from "./run-stream.ts";
import { trainedModel, type TrainedModel } from "./trained-model.ts";
import { Watch } from "./watch.ts";

/** What a run gives. */
export interface TrainResult {
  /** The trained model: with early stopping that of the best evaluation, unless told otherwise. */
  readonly model: TrainedModel;
  readonly history: History;
  /** Why the run ended. */
  readonly reason: StopReason;
  readonly seed: number;
  readonly batchSize: number;
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
  /** Seconds of training: sampling, forward, backward, update. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  readonly compileSeconds: number;
  /** When the target was reached; undefined when it was not, or there was none. */
  readonly target: Moment | undefined;
}

/** A training run. */
export type TrainRun = Run<RunEvent, TrainResult>;

/**
 * Trains `model` on `data` by gradient descent: θ ← θ − ε · (1/B) Σ ∂ℓ(xᵢ, yᵢ; θ)/∂θ over batches of B examples,
 * or whatever rule the optimizer gives.
 *
 * The run starts at once. Iterate it for its events, await `result` for the outcome, stop it with an `AbortSignal`.
 * What was wrong with the options is thrown here, before any work.
 *
 * @throws InputError, ShapeError, DataError; `result` rejects with DivergenceError when the loss stops being finite
 * @example
 * const run = train(sequential([dense(128), relu(), dense(10)]), training, {
 *   optimizer: sgd({ learningRate: 0.32 }), batchSize: 64, epochs: 5, validation: test, seed: 1,
 * });
 * for await (const event of run) console.log(event.type);
 * const { model, history } = await run.result;
 */
export function train(model: Model, data: Dataset, options: TrainOptions = {}): TrainRun {
  if (typeof (model as Partial<Model> | undefined)?.forward !== "function")
    throw new InputError("train: the model must be made by sequential([...]) or functional(...)");
  const config = configure(model, data, options);
  return startRun(execute(config, options.signal, options.runtime));
}

async function* execute(
  config: RunConfig,
  signal: AbortSignal | undefined,
  runtime: Runtime | undefined,
): AsyncGenerator<RunEvent, TrainResult> {
  const engine = await openEngine(config, runtime);
  try {
    return yield* new Execution(config, engine, signal, runtime).run();
  } finally {
    await engine.close();
  }
}

/** The moving parts of one run. */
class Execution {
  readonly #config: RunConfig;
  readonly #engine: Engine;
  readonly #signal: AbortSignal | undefined;
  readonly #runtime: Runtime | undefined;
  readonly #cursor: Cursor;
  readonly #recorder: Recorder;
  readonly #watch: Watch;
  #state: State;
  #position: Position = startPosition;
  #seconds = 0;
  #evaluationSeconds = 0;
  #secondsPerUpdate: number | undefined;
  #evaluatedAt = -1;

  constructor(config: RunConfig, engine: Engine, signal?: AbortSignal, runtime?: Runtime) {
    const { training, spec, sampler, batchSize, dropLast, seed } = config;
    this.#config = config;
    this.#engine = engine;
    this.#signal = signal;
    this.#runtime = runtime;
    this.#cursor = new Cursor({
      sampler,
      size: training.size,
      seed,
      batchSize,
      dropLast,
      ...labelsOf(training),
    });
    this.#recorder = new Recorder(spec.metrics.map(({ name }) => name));
    this.#watch = new Watch(config);
    this.#state = initialState(config);
  }

  async *run(): AsyncGenerator<RunEvent, TrainResult> {
    const { training, batchSize, seed, engine, threads, initial, validation } = this.#config;
    yield {
      type: "start",
      batchSize,
      updatesPerEpoch: this.#cursor.plan(0).updates,
      examples: training.size,
      parameters: initial.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      seed,
      engine,
      threads,
    };
    let reason = this.#reasonToStop();
    while (reason === undefined) {
      yield* this.#chunk();
      if (validation !== undefined && this.#watch.due(this.#moment(), this.#position))
        yield* this.#validate(validation);
      await nextTask();
      reason = this.#reasonToStop();
    }
    if (validation !== undefined && this.#evaluatedAt !== this.#position.updates)
      yield* this.#validate(validation);
    yield { type: "end", reason, ...this.#moment() };
    return this.#result(reason);
  }

  #moment(): Moment {
    return {
      updates: this.#position.updates,
      examples: this.#position.examples,
      epochs: this.#cursor.epochs(this.#position),
      seconds: this.#seconds,
    };
  }

  #reasonToStop(): StopReason | undefined {
    if (this.#signal?.aborted === true) return "aborted";
    if (this.#watch.stop !== undefined) return this.#watch.stop;
    const { budget } = this.#config;
    const { updates, examples, seconds } = this.#moment();
    const spent =
      updates >= budget.updates ||
      examples >= this.#lastExample() ||
      this.#position.epoch >= budget.epochs ||
      seconds >= budget.seconds;
    return spent ? "budget" : undefined;
  }

  /** Number of examples at which the budget of epochs or examples ends. */
  #lastExample(): number {
    const { budget } = this.#config;
    const whole = Math.floor(budget.epochs);
    const { epoch, batch, examples } = this.#position;
    if (epoch < whole || budget.epochs === Infinity) return budget.examples;
    const plan = this.#cursor.plan(epoch);
    const start = examples - plan.offsets[batch]!;
    return Math.min(budget.examples, start + Math.ceil((budget.epochs - whole) * plan.examples));
  }

  /** Makes one chunk of updates. */
  async *#chunk(): AsyncGenerator<RunEvent> {
    const start = performance.now();
    const compiled = this.#engine.compileSeconds();
    const cut = this.#cut();
    const { rates, coefficients } = learningRates(this.#config, this.#position, cut, {
      factor: this.#watch.factor,
      plan: this.#cursor.plan(this.#position.epoch),
    });
    const keys =
      this.#config.usesVisitKeys &&
      visitKeys(this.#config.seed, this.#position.examples, cut.indices.length);
    const result = await this.#engine.advance(this.#state, {
      batchSize: cut.batchSize,
      updates: cut.updates,
      indices: cut.indices,
      visitKeys: keys || undefined,
      coefficients,
    });
    const compiling = this.#engine.compileSeconds() - compiled;
    const elapsed = (performance.now() - start) / 1000 - compiling;
    this.#seconds += elapsed;
    this.#secondsPerUpdate = elapsed / cut.updates;
    this.#refuseDivergence(cut, result, rates);
    this.#state = result.state;
    yield* this.#record(cut, result, rates);
  }

  #cut(): Cut {
    const { budget } = this.#config;
    const byTime = updatesOfChunk(
      this.#config,
      this.#secondsPerUpdate,
      budget.seconds - this.#seconds,
    );
    const next =
      this.#config.validation === undefined ? undefined : this.#watch.next(this.#moment());
    return this.#cursor.cut(this.#position, {
      maxUpdates: Math.min(
        byTime,
        budget.updates - this.#position.updates,
        (next?.updates ?? Infinity) - this.#position.updates,
      ),
      maxExamples: Math.min(this.#lastExample(), next?.examples ?? Infinity),
      maxEpochs: Math.min(
        Math.floor(budget.epochs) || Infinity,
        nextMultiple(next?.epochs, this.#position.epoch),
      ),
    });
  }

  #refuseDivergence(cut: Cut, result: ChunkResult, rates: Float64Array): void {
    const { loss, state } = result;
    const bad = loss.findIndex((value) => !Number.isFinite(value));
    if (bad < 0 && allFinite(state.parameters)) return;
    // Where all losses are finite and the parameters are not, it was the last update that broke them.
    this.#remember(cut, result, rates, bad < 0 ? cut.updates : bad);
    const at = bad < 0 ? cut.updates - 1 : bad;
    throw new DivergenceError({
      update: this.#position.updates + at + 1,
      loss: bad < 0 ? NaN : loss[bad]!,
      learningRate: rates[at]!,
      batchSize: cut.batchSize,
      history: this.#recorder.history(),
      parameters: this.#named(this.#state.parameters),
    });
  }

  /** Enters the first `count` updates of a cut into the history; the epochs that they end, with their mean losses. */
  #remember(
    { batchSize, epochEnds }: Cut,
    { loss, gradientNorm }: ChunkResult,
    rates: Float64Array,
    count: number,
  ): readonly { readonly updates: number; readonly loss: number }[] {
    const ends = new Set(epochEnds);
    const closed: { updates: number; loss: number }[] = [];
    for (let u = 0; u < count; u++) {
      this.#recorder.update(loss[u]!, rates[u]!, batchSize, gradientNorm?.[u]);
      if (ends.has(u + 1)) closed.push({ updates: u + 1, loss: this.#recorder.epoch() });
    }
    return closed;
  }

  *#record(cut: Cut, result: ChunkResult, rates: Float64Array): Generator<RunEvent> {
    const before = this.#position;
    this.#position = cut.next;
    const moment = this.#moment();
    const closed = this.#remember(cut, result, rates, cut.updates);
    for (const [i, { updates, loss }] of closed.entries()) {
      const epoch = before.epoch + i + 1;
      yield {
        type: "epoch",
        updates: before.updates + updates,
        examples: before.examples + updates * cut.batchSize,
        epochs: epoch,
        seconds: moment.seconds,
        epoch,
        loss,
      };
    }
    yield {
      ...moment,
      type: "progress",
      loss: result.loss.reduce((sum, value) => sum + value, 0) / cut.updates,
      learningRate: rates[cut.updates - 1]!,
      losses: result.loss,
      parameters: this.#state.parameters,
    };
  }

  async *#validate(validation: Dataset): AsyncGenerator<RunEvent> {
    const start = performance.now();
    const compiled = this.#engine.compileSeconds();
    const evaluation = evaluationOf(
      this.#config,
      await this.#engine.evaluate(this.#state.parameters, validation),
      validation.size,
    );
    const compiling = this.#engine.compileSeconds() - compiled;
    this.#evaluationSeconds += (performance.now() - start) / 1000 - compiling;
    const moment = this.#moment();
    const trainLoss = this.#recorder.meanLoss(Math.max(0, this.#evaluatedAt));
    this.#evaluatedAt = this.#position.updates;
    this.#recorder.evaluation(moment, evaluation);
    const { best, events } = this.#watch.evaluated(evaluation, moment, this.#state.parameters);
    yield {
      ...moment,
      ...evaluation,
      type: "evaluation",
      best,
      trainLoss,
      parameters: this.#state.parameters,
    };
    yield* events;
  }

  #named(parameters: readonly Tensor[]): Record<string, Tensor> {
    return Object.fromEntries(this.#config.parameterNames.map((name, i) => [name, parameters[i]!]));
  }

  #result(reason: StopReason): TrainResult {
    const config = this.#config;
    const { updates, examples, epochs, seconds } = this.#moment();
    return {
      model: trainedModel(
        config,
        this.#named(this.#watch.bestParameters ?? this.#state.parameters),
        this.#runtime,
      ),
      history: this.#recorder.history(),
      reason,
      seed: config.seed,
      batchSize: config.batchSize,
      updates,
      examples,
      epochs,
      seconds,
      evaluationSeconds: this.#evaluationSeconds,
      compileSeconds: this.#engine.compileSeconds(),
      target: this.#watch.reached,
    };
  }
}
