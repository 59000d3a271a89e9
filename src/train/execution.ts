/** @file The work of a run: chunk after chunk of updates, and what happens between them. */
import type { TrainingData } from "../data/dataset.ts";
import type { Tensor } from "../graph/types.ts";
import type { ChunkResult } from "../runtime/engine.ts";
import { nextTask } from "../runtime/next-task.ts";
import { CheckpointTimes } from "./checkpoint-times.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { rememberedRows, updatesOfChunk } from "./chunk.ts";
import type { RunConfig } from "./run-config.ts";
import { visitKeys, type Cut, type CutLimits, type Position } from "./cursor.ts";
import { divergenceIn, DivergenceError, examplesOfMean } from "./divergence.ts";
import type { Evaluator } from "./evaluator.ts";
import { startEvent, type RunEvent } from "./events.ts";
import type { StopReason } from "./stop-reason.ts";
import { Recorder, type Moment } from "./history.ts";
import { learningRates, scheduledRate } from "./learning-rate.ts";
import { look } from "./look.ts";
import { cutLimits, isSpent, lastExample } from "./limits.ts";
import { checkpointOf, namedTensors, restored, startOf, type Standing } from "./standing.ts";
import { SafePoints } from "./safe-points.ts";
import { lookAtStart } from "./start-loss.ts";
import type { Tools } from "./tools.ts";
import { trainedModel } from "./trained-model.ts";
import type { TrainResult } from "./result.ts";
import { Watch } from "./watch.ts";

/** The moving parts of one run. */
export class Execution {
  readonly #config: RunConfig<TrainingData>;
  readonly #tools: Tools;
  readonly #checkpoints: CheckpointTimes;
  readonly #safePoints = new SafePoints();
  #recorder: Recorder;
  #watch: Watch;
  #standing: Standing;
  #secondsPerUpdate: number | undefined;
  #lastCheckpoint: Checkpoint | undefined;

  constructor(config: RunConfig<TrainingData>, tools: Tools) {
    const { spec } = config;
    this.#config = config;
    this.#tools = tools;
    this.#checkpoints = new CheckpointTimes(
      config.checkpointEvery ?? (config.onDivergence === "rollback" ? { epochs: 1 } : {}),
    );
    this.#recorder = new Recorder(spec.metrics.map(({ name }) => name));
    this.#watch = new Watch(config);
    this.#standing = startOf(config);
  }

  async *run(): AsyncGenerator<RunEvent, TrainResult> {
    const { resume, checkpointEvery } = this.#config;
    const { evaluator } = this.#tools;
    if (resume !== undefined) this.#restore(resume);
    yield startEvent(this.#config, this.#tools.visits.epoch(0).updates);
    if (this.#config.onDivergence === "rollback") this.#safePoints.add(this.#checkpoint());
    let reason = this.#reasonToStop();
    while (reason === undefined) {
      yield* this.#look();
      yield* this.#chunkOrRollback();
      if (evaluator !== undefined && this.#watch.due(this.#moment(), this.#standing.position))
        yield* this.#validate(evaluator);
      if (this.#checkpoints.due(this.#standing.position.epoch)) yield* this.#save();
      await nextTask();
      reason = this.#reasonToStop();
    }
    // Before the last evaluation, which a run that goes on would not have made here.
    if (checkpointEvery !== undefined) yield* this.#save();
    if (evaluator !== undefined && this.#standing.evaluatedAt !== this.#standing.position.updates)
      yield* this.#validate(evaluator);
    yield { type: "end", reason, ...this.#moment() };
    return this.#result(reason);
  }

  #moment(): Moment {
    const { position, seconds } = this.#standing;
    const { updates, examples } = position;
    return { updates, examples, epochs: this.#tools.visits.epochs(position), seconds };
  }

  #reasonToStop(): StopReason | undefined {
    if (this.#tools.signal?.aborted === true) return "aborted";
    if (this.#watch.stop !== undefined) return this.#watch.stop;
    return this.#isSpent(this.#standing.position) ? "budget" : undefined;
  }

  #isSpent(position: Position): boolean {
    return isSpent(this.#config.budget, position, this.#standing.seconds, this.#tools.visits);
  }

  async *#chunkOrRollback(): AsyncGenerator<RunEvent> {
    try {
      yield* this.#chunk();
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      const point = this.#safePoints.back();
      if (point === undefined) throw error;
      yield this.#rollBack(error, point);
    }
  }

  /** Makes one chunk of updates. */
  async *#chunk(): AsyncGenerator<RunEvent> {
    const { engine, visits } = this.#tools;
    const { position, state } = this.#standing;
    const start = performance.now();
    const compiled = engine.compileSeconds();
    const cut = await visits.next(position, this.#limits());
    const { rates, coefficients } = learningRates(this.#config, position, cut, {
      factor: this.#rateFactor(),
      epoch: visits.epoch(position.epoch),
    });
    const keys =
      this.#config.usesVisitKeys &&
      visitKeys(this.#config.seed, position.examples, cut.updates * cut.batchSize);
    const { batchSize, updates } = cut;
    const { rows, last } = rememberedRows(cut.rows);
    const chunk = { batchSize, updates, rows, visitKeys: keys || undefined, coefficients };
    const result = await engine.advance(state, chunk);
    const elapsed = (performance.now() - start) / 1000 - (engine.compileSeconds() - compiled);
    this.#secondsPerUpdate = elapsed / updates;
    const { seconds, startLoss } = this.#standing;
    const tools = { engine, config: this.#config };
    this.#set({
      seconds: seconds + elapsed,
      startLoss: await lookAtStart(startLoss, tools, chunk, last()),
    });
    // No update follows the last one, whose loss would tell what it did: some of its examples are looked at again.
    const after = this.#isSpent(cut.next)
      ? await engine.lossAfter(result.state, chunk, last(), Math.min(batchSize, examplesOfMean))
      : undefined;
    this.#refuseDivergence(cut, result, rates, after);
    yield* this.#record(cut, result, rates);
    for (const text of visits.notes?.() ?? []) yield { type: "note", ...this.#moment(), text };
  }

  /** Factor on the learning rate of the schedule. */
  #rateFactor(): number {
    const { rateFactor, batchSizes } = this.#standing;
    return this.#watch.factor * rateFactor * (batchSizes.at(-1)?.rateFactor ?? 1);
  }

  /** Lets the probe look at the run when it is due, and does what it says. */
  async *#look(): AsyncGenerator<RunEvent> {
    const { probe, visits } = this.#tools;
    const { position, batchSizes } = this.#standing;
    if (probe === undefined || position.examples < (this.#standing.probe?.nextAt ?? 0)) return;
    const start = performance.now();
    const { spec, budget } = this.#config;
    const rate = scheduledRate(spec.optimizer, budget, visits.epoch(position.epoch));
    const looked = await look(probe, this.#standing, {
      ...this.#moment(),
      batchSize: batchSizes.at(-1)?.batchSize ?? this.#config.batchSize,
      learningRate: rate(position.examples) * this.#rateFactor(),
      loss: this.#recorder.recentLoss(1000),
    });
    const seconds = this.#standing.seconds + (performance.now() - start) / 1000;
    this.#set({ ...looked.changes, seconds });
    if (looked.changes.batchSizes !== undefined) {
      visits.changeTo(looked.changes.batchSizes);
      this.#secondsPerUpdate = undefined;
    }
    for (const event of looked.events) yield { ...this.#moment(), ...event };
  }

  #set(changes: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...changes };
  }

  #limits(): CutLimits {
    const { budget } = this.#config;
    const { position, seconds } = this.#standing;
    const byTime = updatesOfChunk(this.#config, this.#secondsPerUpdate, budget.seconds - seconds);
    const probed = this.#standing.probe?.nextAt ?? Infinity;
    const next = this.#watch.next(this.#moment());
    const last = lastExample(budget, position, this.#tools.visits);
    const limits = cutLimits(budget, position, last, next);
    return {
      ...limits,
      maxUpdates: Math.min(limits.maxUpdates, byTime),
      maxExamples: Math.min(limits.maxExamples, probed),
    };
  }

  /** @param after the loss after the last update, where the run ends with it */
  #refuseDivergence(cut: Cut, result: ChunkResult, rates: Float64Array, after?: number): void {
    const explosions = this.#config.onDivergence !== "ignore";
    const before = this.#recorder.losses();
    const { loss: startLoss } = this.#standing.startLoss;
    const rule = { startLoss, explosions };
    const found = divergenceIn({ ...result, after }, cut.batchSize, before, rule);
    if (found === undefined) return;
    const { at, loss, entered } = found;
    this.#remember(cut, result, rates, entered);
    throw new DivergenceError({
      update: this.#standing.position.updates + at + 1,
      loss,
      startLoss,
      learningRate: rates[at]!,
      batchSize: cut.batchSize,
      history: this.#recorder.history(),
      parameters: namedTensors(this.#config, this.#standing.state.parameters),
      checkpoint: this.#lastCheckpoint,
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
    const before = this.#standing.position;
    this.#set({ state: result.state, position: cut.next });
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
      parameters: result.state.parameters,
    };
    for (const { loss } of closed) yield* this.#watch.epochEnded(loss, moment);
  }

  async *#validate(evaluator: Evaluator): AsyncGenerator<RunEvent> {
    const { engine } = this.#tools;
    const { parameters } = this.#standing.state;
    const start = performance.now();
    const compiled = engine.compileSeconds();
    const evaluation = await evaluator.evaluate(parameters);
    const compiling = engine.compileSeconds() - compiled;
    const elapsed = (performance.now() - start) / 1000 - compiling;
    const moment = this.#moment();
    const trainLoss = this.#recorder.meanLoss(Math.max(0, this.#standing.evaluatedAt));
    this.#set({
      evaluatedAt: moment.updates,
      evaluationSeconds: this.#standing.evaluationSeconds + elapsed,
    });
    this.#recorder.evaluation(moment, evaluation);
    const { best, events } = this.#watch.evaluated(evaluation, moment, parameters);
    yield { ...moment, ...evaluation, type: "evaluation", best, trainLoss, parameters };
    yield* events;
  }

  #checkpoint(): Checkpoint {
    return checkpointOf(this.#config, {
      standing: this.#standing,
      watch: this.#watch,
      recorder: this.#recorder,
    });
  }

  *#save(): Generator<RunEvent> {
    const checkpoint = this.#checkpoint();
    this.#lastCheckpoint = checkpoint;
    if (this.#config.onDivergence === "rollback") this.#safePoints.add(checkpoint);
    if (this.#config.checkpointEvery !== undefined)
      yield { type: "checkpoint", ...this.#moment(), checkpoint };
  }

  #restore(checkpoint: Checkpoint): void {
    const { standing, watch, recorder } = restored(this.#config, checkpoint);
    this.#standing = standing;
    this.#watch = watch;
    this.#recorder = recorder;
    this.#checkpoints.restart(standing.position.epoch);
    this.#tools.visits.changeTo(standing.batchSizes);
  }

  /** Goes back to `point` with a lower learning rate. The clock goes on. */
  #rollBack(error: DivergenceError, point: Checkpoint): RunEvent {
    const { seconds, evaluationSeconds, rateFactor } = this.#standing;
    this.#restore(point);
    this.#set({ seconds, evaluationSeconds, rateFactor: rateFactor / 2 });
    return {
      type: "rollback",
      ...this.#moment(),
      divergedAt: error.update,
      loss: error.loss,
      learningRate: error.learningRate,
      factor: this.#standing.rateFactor,
    };
  }

  #result(reason: StopReason): TrainResult {
    const config = this.#config;
    const { engine, runtime } = this.#tools;
    const { state, evaluationSeconds, batchSizes } = this.#standing;
    const parameters: readonly Tensor[] = this.#watch.bestParameters ?? state.parameters;
    return {
      model: trainedModel(config, namedTensors(config, parameters), runtime),
      history: this.#recorder.history(),
      reason,
      seed: config.seed,
      batchSize: config.batchSize,
      batchSizes,
      ...this.#moment(),
      evaluationSeconds,
      compileSeconds: engine.compileSeconds(),
      target: this.#watch.reached,
    };
  }
}
