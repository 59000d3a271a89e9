/** @file One run of a race: trained, watched, and its gradient noise measured afterwards. */
import type { Tensor } from "../graph/types.ts";
import { DivergenceError } from "../train/divergence.ts";
import { openEngine } from "../train/engines.ts";
import { evaluateOn } from "../train/evaluator.ts";
import type { EvaluationEvent, ProgressEvent, RunEvent } from "../train/events.ts";
import type { Evaluation } from "../train/history.ts";
import { train } from "../train/train.ts";
import type { TrainResult } from "../train/result.ts";
import type { Lane, RaceData, RacePlan } from "./compare-options.ts";
import { laneConfig, raceBudget, runOptions } from "./lane-options.ts";
import { batchesFor, batchNoise, fullGradient } from "./noise/batch-noise.ts";
import { openInstrument, type Instrument } from "./noise/instrument.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Curve, GradientNoise, RaceRun, Regime, TargetResult } from "./race.ts";
import type { Vector } from "./vectors.ts";

/** A run with what only the race itself needs. */
export interface LaneResult {
  readonly run: RaceRun;
  readonly trajectory: Trajectory;
  readonly parameters: Vector;
}

/** What a lane tells while it runs. */
export type LaneEvent =
  RunEvent | { readonly type: "noise"; readonly done: number; readonly total: number };

/** Runs one lane to its end; a run that diverges is a result, not an error. */
export async function* runLane(
  plan: RacePlan<RaceData>,
  lane: Lane,
  learningRate: number,
): AsyncGenerator<LaneEvent, LaneResult> {
  const { options } = plan;
  const config = laneConfig(plan, lane, learningRate);
  options.memory?.reset();
  const watched = new Watched(config.initial);
  const run = train(plan.model, plan.training, {
    ...runOptions(plan, lane, learningRate),
    validateEvery: evaluationTimes(plan),
  });
  let failure: DivergenceError | undefined;
  try {
    for await (const event of run) {
      watched.take(event);
      yield event;
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    failure = error;
  }
  const outcome = failure ?? (await run.result);
  const memoryBytes = options.memory?.peak() ?? null;
  const onnx = { ...config, engine: "onnx" } as const;
  const engine = await openEngine(onnx, options.runtime);
  const instrument = await openInstrument(onnx, options.runtime, engine);
  try {
    const start = await evaluateOn(onnx, engine, config.initial, plan.validation);
    const curve = watched.curve(plan.metric.name, start);
    const training = await evaluateOn(onnx, engine, watched.last, plan.training);
    const noise = yield* noiseAlongPath(plan, lane, instrument, watched.trajectory());
    return {
      run: describeRun(plan, lane, learningRate, outcome, curve, {
        memoryBytes,
        noise,
        trainLoss: training.loss,
        seconds: watched.seconds,
      }),
      trajectory: watched.trajectory(),
      parameters: watched.last,
    };
  } finally {
    await instrument.close();
    await engine.close();
  }
}

/** Follows the events of a run. */
class Watched {
  readonly #evaluations: EvaluationEvent[] = [];
  readonly #initial: Vector;
  #progress: ProgressEvent | undefined;

  constructor(initial: readonly Tensor[]) {
    this.#initial = initial;
  }

  take(event: RunEvent): void {
    if (event.type === "evaluation") this.#evaluations.push(event);
    if (event.type === "progress") this.#progress = event;
  }

  /** The last parameters that are known. */
  get last(): Vector {
    return this.#progress?.parameters ?? this.#initial;
  }

  get seconds(): number {
    return this.#progress?.seconds ?? 0;
  }

  trajectory(): Trajectory {
    return {
      updates: [0, ...this.#evaluations.map(({ updates }) => updates)],
      examples: [0, ...this.#evaluations.map(({ examples }) => examples)],
      points: [this.#initial, ...this.#evaluations.map(({ parameters }) => parameters)],
    };
  }

  /** @param start what the run began with */
  curve(metric: string, start: Evaluation): Curve {
    const column = (key: "updates" | "examples" | "epochs" | "seconds") => [
      0,
      ...this.#evaluations.map((event) => event[key]),
    ];
    return {
      updates: column("updates"),
      examples: column("examples"),
      epochs: column("epochs"),
      seconds: column("seconds"),
      trainLoss: [null, ...this.#evaluations.map(({ trainLoss }) => trainLoss)],
      validationLoss: [start.loss, ...this.#evaluations.map(({ loss }) => loss)],
      validationMetric: [
        start.metrics[metric] ?? NaN,
        ...this.#evaluations.map(({ metrics }) => metrics[metric] ?? NaN),
      ],
    };
  }
}

/** When a run is evaluated: densely at the start, where the loss falls fast, then in even steps. */
function evaluationTimes({ options, training, evaluations }: RacePlan<RaceData>) {
  const { epochs, seconds: limit, ...bound } = raceBudget(options);
  return (at: { updates: number; examples: number; seconds: number }): number => {
    const { updates, examples, seconds } = at;
    if (updates === 0) return 1;
    const perUpdate = examples / updates;
    const total = Math.min(
      ((epochs ?? Infinity) * training.size) / perUpdate,
      bound.updates ?? Infinity,
      (bound.examples ?? Infinity) / perUpdate,
      ((limit ?? Infinity) * updates) / Math.max(seconds, 1e-6),
    );
    return updates + Math.max(1, Math.min(Math.ceil(updates / 4), Math.ceil(total / evaluations)));
  };
}

/** Measures the noise at points of the path, evenly spaced in the logarithm of the updates. */
async function* noiseAlongPath(
  plan: RacePlan<RaceData>,
  { batchSize, seed }: Lane,
  instrument: Instrument,
  { updates, examples, points }: Trajectory,
): AsyncGenerator<LaneEvent, GradientNoise | null> {
  const { noisePoints, training, options } = plan;
  const chosen = spacedPoints(updates, noisePoints);
  const measured: GradientNoise = {
    updates: chosen.map((i) => updates[i]!),
    examples: chosen.map((i) => examples[i]!),
    relativeError: [],
    cosine: [],
    fullNorm: [],
    batches: batchesFor(batchSize, training.size),
  };
  const push = (column: readonly number[], value: number) => (column as number[]).push(value);
  for (const [point, i] of chosen.entries()) {
    if (options.signal?.aborted === true) return null;
    const full = await fullGradient(instrument, points[i]!);
    const noise = await batchNoise(instrument, points[i]!, full, { batchSize, seed, point });
    push(measured.relativeError, noise.relativeError);
    push(measured.cosine, noise.cosine);
    push(measured.fullNorm, noise.fullNorm);
    yield { type: "noise", done: point + 1, total: chosen.length };
  }
  return chosen.length === 0 ? null : measured;
}

/** Indices of about `count` of `updates`, evenly spaced in log(1 + updates), first and last included. */
function spacedPoints(updates: readonly number[], count: number): readonly number[] {
  if (count === 0) return [];
  const top = Math.log1p(updates.at(-1)!);
  const wanted = Array.from({ length: count }, (_, k) => (top * k) / Math.max(1, count - 1));
  const nearest = wanted.map((at) => {
    const distances = updates.map((u) => Math.abs(Math.log1p(u) - at));
    return distances.indexOf(Math.min(...distances));
  });
  return [...new Set(nearest)];
}

/** The regime that a batch size is. */
export function regimeOf(batchSize: number, size: number): Regime {
  if (batchSize >= size) return "full batch";
  return batchSize === 1 ? "SGD" : "mini-batch";
}

interface Measured {
  readonly memoryBytes: number | null;
  readonly noise: GradientNoise | null;
  readonly trainLoss: number;
  readonly seconds: number;
}

function describeRun(
  { training, options }: RacePlan<RaceData>,
  { batchSize, seed, engine }: Lane,
  learningRate: number,
  outcome: TrainResult | DivergenceError,
  curve: Curve,
  { memoryBytes, noise, trainLoss, seconds }: Measured,
): RaceRun {
  const { history } = outcome;
  const failed = outcome instanceof DivergenceError;
  // `train` looks at some examples after the last update; this is the loss on all of them.
  const overflowed = !Number.isFinite(trainLoss);
  const { length: updates } = history.updates.loss;
  const examples = history.updates.batchSize.reduce((sum, size) => sum + size, 0);
  return {
    batchSize,
    regime: regimeOf(batchSize, training.size),
    learningRate,
    engine,
    seed,
    updates,
    examples,
    epochs: failed ? examples / training.size : outcome.epochs,
    seconds,
    evaluationSeconds: failed ? 0 : outcome.evaluationSeconds,
    compileSeconds: failed ? 0 : outcome.compileSeconds,
    trainLoss,
    validationLoss: curve.validationLoss.at(-1)!,
    validationMetric: curve.validationMetric.at(-1)!,
    target: options.target === undefined ? null : targetResult(failed ? undefined : outcome.target),
    samplesPerSecond: examples / seconds,
    memoryBytes,
    gradientNoise: noise,
    jitter: jitterOf(history.updates.loss),
    curve,
    status: failed || overflowed ? "diverged" : outcome.reason === "aborted" ? "aborted" : "done",
    message: failed
      ? outcome.message
      : overflowed
        ? `training diverged by update ${updates}, its last: the loss after it is ${trainLoss} at learning rate ${learningRate} and batch size ${batchSize}; try a smaller learning rate`
        : null,
  };
}

function targetResult(moment: TrainResult["target"]): TargetResult {
  if (moment === undefined)
    return { reached: false, updates: null, examples: null, epochs: null, seconds: null };
  const { updates, examples, epochs, seconds } = moment;
  return { reached: true, updates, examples, epochs, seconds };
}

/** √ mean (ℓₜ₊₁ − ℓₜ)² over the second half of the run, divided by the mean loss there. */
function jitterOf(loss: Float64Array): number | null {
  const half = loss.subarray(Math.floor(loss.length / 2));
  if (loss.length < 4) return null;
  let squares = 0;
  for (let t = 1; t < half.length; t++) squares += (half[t]! - half[t - 1]!) ** 2;
  const mean = half.reduce((sum, value) => sum + value, 0) / half.length;
  return Math.sqrt(squares / (half.length - 1)) / mean;
}
