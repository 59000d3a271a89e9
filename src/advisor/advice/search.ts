/** @file The search: runs to the target at a few batch sizes, each at its best learning rate. */
import type { NoiseScales, RateRule } from "../learning-rate/scaling.ts";
import { scaleLearningRate } from "../learning-rate/scaling.ts";
import { rangeTest } from "../learning-rate/range-test.ts";
import type { MeasuredThroughput } from "../throughput/measure.ts";
import type {
  AdviceEvent,
  AdviceTarget,
  MemoryAdvice,
  PredictionPoint,
  RacedRun,
  ThroughputPoint,
} from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import { nextToRace, type Candidate } from "./choose-next.ts";
import { climb, rounded, type Trial } from "../learning-rate/climb.ts";
import { updatesModel, type UpdatesModel } from "./predict.ts";
import { makeRun, type MadeRun } from "./target-run.ts";

/** What a search has found so far; it grows. */
export class Search {
  readonly runs: RacedRun[] = [];
  /** Runs to the target at the best learning rate of a batch size, one a seed. */
  readonly raced: Map<number, RacedRun[]> = new Map<number, RacedRun[]>();
  /** Batch sizes that were tried, reached or not. */
  readonly tried: number[] = [];
  target: AdviceTarget | undefined;
  /** What a run without a target came to, at its best: for what is said when nothing arrives. */
  closest: number | undefined;
  first: MadeRun | undefined;

  readonly #plan: AdvicePlan;
  readonly #times: ReadonlyMap<number, ThroughputPoint>;
  readonly #memory: MemoryAdvice;

  constructor(plan: AdvicePlan, throughput: MeasuredThroughput, memory: MemoryAdvice) {
    this.#plan = plan;
    this.#times = new Map(throughput.best.map((point) => [point.batchSize, point]));
    this.#memory = memory;
    this.target = plan.target;
  }

  get #aborted(): boolean {
    return this.#plan.options.signal?.aborted === true;
  }

  timeOf(batchSize: number): ThroughputPoint {
    return this.#times.get(batchSize)!;
  }

  /** S(B) by what was raced. */
  model(prior: number): UpdatesModel {
    return updatesModel(
      [...this.raced].map(([batchSize, runs]) => ({
        batchSize,
        updates: runs.map(({ updates }) => updates),
      })),
      prior,
    );
  }

  /** All batch sizes that fit, as they are predicted to do. */
  candidates(prior: number): readonly (Candidate & PredictionPoint)[] {
    if (this.raced.size === 0) return [];
    const { updatesAt, criticalBatchSize } = this.model(prior);
    const fits = this.#memory.points.filter(
      ({ batchSize, predictedBytes }) =>
        batchSize <= this.#memory.largestBatchSize &&
        predictedBytes <= (this.#memory.limitBytes ?? Infinity),
    );
    return fits.map(({ batchSize, predictedBytes }) => {
      const { threads, secondsPerUpdate } = this.timeOf(batchSize);
      const updates = updatesAt(batchSize);
      const times = (factor: number) => ({
        value: updates.value * factor,
        low: updates.low * factor,
        high: updates.high * factor,
      });
      return {
        batchSize,
        learningRate: this.rateFor(batchSize, criticalBatchSize),
        threads,
        secondsPerUpdate: secondsPerUpdate.value,
        updates,
        seconds: times(secondsPerUpdate.value),
        examples: times(batchSize),
        bytes: predictedBytes,
      };
    });
  }

  /** The learning rate of a batch size: as it was found, or from the nearest that was raced, by the rule for the optimizer. */
  rateFor(batchSize: number, noiseScale: number): number {
    const own = this.raced.get(batchSize)?.[0];
    if (own !== undefined) return own.learningRate;
    const distance = (other: RacedRun) => Math.abs(Math.log(other.batchSize / batchSize));
    const nearest = [...this.raced.values()]
      .map(([run]) => run!)
      .reduce((a, b) => (distance(b) < distance(a) ? b : a));
    const scales: NoiseScales = { noiseScale: Math.min(1e9, noiseScale) };
    const factor = scaleLearningRate(this.#rule(), nearest.batchSize, batchSize, scales);
    return rounded(nearest.learningRate * factor);
  }

  /** Optimizers that divide by a gradient's size feel the noise in the divisor, too. */
  #rule(): RateRule {
    return this.#plan.race.optimizer({ learningRate: 1 }).name === "sgd" ? "noise" : "squareRoot";
  }

  /** The first batch size: a learning rate for it, and the target, where none was given. */
  async *start(): AsyncGenerator<AdviceEvent> {
    const { first, race } = this.#plan;
    const { suggestion } = await rangeTest(race, first);
    this.tried.push(first);
    if (this.target === undefined) {
      const pilot = yield* this.#pilotRate(first, rounded(suggestion));
      if (pilot?.last === undefined || this.#aborted) return;
      const value = Number((pilot.last.loss * (1 + margin)).toPrecision(4));
      this.target = { monitor: "valLoss", value, better: "lower", origin: "pilot" };
      yield* this.#race(first, pilot.run.learningRate, {
        most: 2 * pilot.run.updates,
        expected: 0,
      });
    } else {
      const most = this.#plan.mostUpdates(first);
      yield* this.#race(first, rounded(suggestion), { most, expected: 0 });
    }
  }

  /** Races batch sizes until more promise nothing, then each of the promising ones once more with another seed. */
  async *continue(prior: number): AsyncGenerator<AdviceEvent> {
    const { goal } = this.#plan;
    for (;;) {
      const candidates = this.candidates(prior);
      const next = this.#aborted ? undefined : nextToRace(goal, candidates, this.tried);
      const predicted = candidates.find(({ batchSize }) => batchSize === next);
      if (next === undefined || predicted === undefined) break;
      this.tried.push(next);
      const expected = predicted.updates.value;
      const most = Math.min(this.#plan.mostUpdates(next), Math.ceil(3 * expected));
      yield* this.#race(next, predicted.learningRate, { most, expected });
    }
    yield* this.#repeat(prior);
  }

  /** A second seed for each batch size that may be the best. */
  async *#repeat(prior: number): AsyncGenerator<AdviceEvent> {
    const candidates = this.candidates(prior);
    const least = Math.min(...candidates.map(({ seconds }) => seconds.value));
    const { seed } = this.#plan.race;
    for (const [batchSize, runs] of [...this.raced]) {
      const { seconds } = candidates.find((each) => each.batchSize === batchSize)!;
      const [run] = runs;
      if (this.#aborted || run === undefined || seconds.value > repeatWithin * least) continue;
      const again = yield* this.#again(batchSize, run.learningRate, run, seed + 1);
      if (again.reached) runs.push(again);
      else yield* this.#slower(batchSize, run);
    }
  }

  /** A rate that not every seed survives is none to recommend: half of it, or a quarter, that brings both to the target. */
  async *#slower(batchSize: number, run: RacedRun): AsyncGenerator<AdviceEvent> {
    const { seed } = this.#plan.race;
    for (const factor of [1 / 2, 1 / 4]) {
      const rate = rounded(run.learningRate * factor);
      const first = yield* this.#again(batchSize, rate, run, seed);
      if (!first.reached) continue;
      const second = yield* this.#again(batchSize, rate, run, seed + 1);
      if (!second.reached) continue;
      this.raced.set(batchSize, [first, second]);
      return;
    }
    this.raced.delete(batchSize);
  }

  /** A run like `run`, which needed that many updates. */
  async *#again(
    batchSize: number,
    learningRate: number,
    { updates }: RacedRun,
    seed: number,
  ): AsyncGenerator<AdviceEvent, RacedRun> {
    if (this.#aborted) return { ...this.runs.at(-1)!, reached: false };
    const notBefore = Math.floor(updates / 4);
    const { run } = await this.#make(batchSize, learningRate, {
      most: Math.max(20, 4 * updates),
      ...{ notBefore, seed },
    });
    yield { type: "run", run };
    return run;
  }

  /** Runs at one batch size: the one that needs the fewest updates to the target. */
  async *#race(
    batchSize: number,
    from: number,
    { most, expected }: { readonly most: number; readonly expected: number },
  ): AsyncGenerator<AdviceEvent> {
    const before = this.runs.length;
    const best = await climb<Trial & { readonly made: MadeRun }>(from, async (rate, bestYet) => {
      if (this.#aborted) return undefined;
      const known = bestYet?.made.run.updates;
      const made = await this.#make(batchSize, rate, {
        most: known === undefined ? most : Math.max(1, known - 1),
        notBefore: Math.floor((known ?? expected) / 4),
      });
      const { reached, updates, diverged } = made.run;
      return { learningRate: rate, score: reached ? updates : Infinity, diverged, made };
    });
    for (const run of this.runs.slice(before)) yield { type: "run", run };
    if (best === undefined) return;
    this.raced.set(batchSize, [best.made.run]);
    this.first ??= best.made;
  }

  /** Runs of a fixed length at the first batch size: the one with the least validation loss. */
  async *#pilotRate(
    batchSize: number,
    from: number,
  ): AsyncGenerator<AdviceEvent, MadeRun | undefined> {
    const perEpoch = Math.ceil(this.#plan.race.training.size / batchSize);
    const most = Math.max(pilotUpdates[0], Math.min(pilotUpdates[1], perEpoch));
    const before = this.runs.length;
    const best = await climb<Trial & { readonly made: MadeRun }>(from, async (rate) => {
      if (this.#aborted) return undefined;
      const made = await this.#make(batchSize, rate, { most });
      const loss = made.last?.loss ?? Infinity;
      return {
        learningRate: rate,
        score: Number.isFinite(loss) ? loss : Infinity,
        diverged: made.run.diverged,
        made,
      };
    });
    for (const run of this.runs.slice(before)) yield { type: "run", run };
    return best?.made;
  }

  async #make(
    batchSize: number,
    learningRate: number,
    { most, notBefore = 1, seed }: { most: number; notBefore?: number; seed?: number },
  ): Promise<MadeRun> {
    const { threads, secondsPerUpdate } = this.timeOf(batchSize);
    const made = await makeRun(this.#plan, {
      ...{ batchSize, learningRate, threads, most, purpose: "search" as const },
      notBefore: Math.max(1, notBefore),
      seed: seed ?? this.#plan.race.seed,
      target: this.target,
      validation: this.#plan.judged,
      secondsPerUpdate: secondsPerUpdate.value,
    });
    this.runs.push(made.run);
    this.#keepClosest(made);
    return made;
  }

  /** The monitored value that came nearest to the target. */
  #keepClosest({ last }: MadeRun): void {
    if (this.target === undefined || last === undefined) return;
    const { monitor, better } = this.target;
    const value =
      monitor === "valLoss" || monitor === "loss" ? last.loss : (last.metrics[monitor] ?? NaN);
    const nearer =
      this.closest === undefined ||
      (better === "higher" ? value > this.closest : value < this.closest);
    if (nearer && Number.isFinite(value)) this.closest = value;
  }
}

/** Updates of a run that only shows how far one gets: an epoch, but neither fewer nor more than these. */
const pilotUpdates = [500, 2000] as const;
/** The target is this much above the loss of the pilot: what one run reached once, every seed should reach. */
const margin = 0.05;
/** Batch sizes within this factor of the least time get a second seed. */
const repeatWithin = 1.6;
