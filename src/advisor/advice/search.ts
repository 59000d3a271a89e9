/** @file The search: runs to the target at a few batch sizes, each at its best learning rate. */
import { meanOf } from "../statistics.ts";
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
import { climbing, rounded } from "../learning-rate/climb.ts";
import type { BestConstant } from "./constant.ts";
import { targetOfPilot, type Learned } from "./pilot-target.ts";
import { updatesModel, type UpdatesModel } from "./predict.ts";
import { inContention } from "./contention.ts";
import {
  leastLoss,
  saferThan,
  steadyFrom,
  updatesToTarget,
  type SeededTrial,
} from "./seeded-trial.ts";
import { seedsFor } from "./seeds.ts";
import { growth, makeRun, type MadeRun } from "./target-run.ts";

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
  /** What the pilot came to, where that is no better than a constant prediction: there is no target then. */
  nothing: Learned | undefined;

  readonly #plan: AdvicePlan;
  readonly #times: ReadonlyMap<number, ThroughputPoint>;
  readonly #memory: MemoryAdvice;

  readonly #constant: BestConstant;

  constructor(
    plan: AdvicePlan,
    {
      throughput,
      memory,
      constant,
    }: {
      readonly throughput: MeasuredThroughput;
      readonly memory: MemoryAdvice;
      readonly constant: BestConstant;
    },
  ) {
    this.#plan = plan;
    this.#constant = constant;
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

  /** Seeds of one trial: several where runs are so short that chance says more than the learning rate. */
  #seeds(seconds: number): readonly number[] {
    return Array.from({ length: seedsFor(seconds).perTrial }, (_, i) => this.#plan.race.seed + i);
  }

  /** The first batch size: a learning rate for it, and the target, where none was given. */
  async *start(): AsyncGenerator<AdviceEvent> {
    const { first, race } = this.#plan;
    const { suggestion } = await rangeTest(race, first);
    this.tried.push(first);
    if (this.target === undefined) {
      const pilot = yield* this.#pilot(first, rounded(suggestion));
      if (pilot === undefined || this.#aborted) return;
      const pilots = pilot.made.flatMap(({ least }) => least ?? []);
      ({ target: this.target, nothing: this.nothing } = await targetOfPilot(
        this.#plan,
        pilots,
        this.#constant,
      ));
      if (this.target === undefined) return;
      const most = 2 * Math.max(...pilot.made.map(({ run }) => run.updates));
      const longest = Math.max(...pilot.made.map((made) => arrivalAt(this.target!.value, made)));
      yield* this.#race(first, pilot.learningRate, { most, expected: 0, longest });
    } else {
      const most = this.#plan.mostUpdates(first);
      yield* this.#race(first, rounded(suggestion), { most, expected: 0, longest: most });
    }
  }

  /** Races batch sizes until more promise nothing, then each of the promising ones once more with other seeds. */
  async *continue(prior: number): AsyncGenerator<AdviceEvent> {
    const { goal } = this.#plan;
    for (;;) {
      const candidates = this.candidates(prior);
      const next = this.#aborted
        ? undefined
        : nextToRace(goal, candidates, this.tried, [...this.raced.keys()]);
      const predicted = candidates.find(({ batchSize }) => batchSize === next);
      if (next === undefined || predicted === undefined) break;
      this.tried.push(next);
      const expected = predicted.updates.value;
      const { slower } = seedsFor(this.first!.run.seconds);
      const most = Math.min(this.#plan.mostUpdates(next), Math.ceil(slower * expected));
      yield* this.#race(next, predicted.learningRate, { most, expected, longest: most });
    }
    yield* this.#repeat();
  }

  /** Rounds of one more seed for each batch size that may still be the best, until one is left. */
  async *#repeat(): AsyncGenerator<AdviceEvent> {
    const most = seedsFor(this.first?.run.seconds ?? Infinity).perBatchSize;
    for (let count = 2; count <= most && !this.#aborted; count++) {
      const contenders = inContention([...this.raced.values()]);
      if (count > 2 && contenders.length < 2) break;
      for (const runs of contenders) {
        if (runs.length >= count) continue;
        const { batchSize, learningRate } = runs[0]!;
        const again = yield* this.#again(batchSize, learningRate, runs);
        if (again.reached) runs.push(again);
        else yield* this.#slower(batchSize, runs);
      }
    }
  }

  /** A rate that not every seed survives is none to recommend: half of it, or a quarter, that brings as many to the target. */
  async *#slower(batchSize: number, failed: readonly RacedRun[]): AsyncGenerator<AdviceEvent> {
    const fast = failed[0]!;
    for (const factor of [1 / 2, 1 / 4]) {
      const rate = rounded(fast.learningRate * factor);
      const runs: RacedRun[] = [];
      while (runs.length <= failed.length) {
        const before = runs.length === 0 ? [fast] : runs;
        const run = yield* this.#again(batchSize, rate, before, runs.length);
        if (!run.reached) break;
        runs.push(run);
      }
      if (runs.length <= failed.length) continue;
      this.raced.set(batchSize, runs);
      return;
    }
    this.raced.delete(batchSize);
  }

  /** One more run, with the seed after those of `runs`, and four times the updates that the slowest of them needed. */
  async *#again(
    batchSize: number,
    learningRate: number,
    runs: readonly RacedRun[],
    seed = runs.length,
  ): AsyncGenerator<AdviceEvent, RacedRun> {
    if (this.#aborted) return { ...runs[0]!, reached: false };
    const updates = meanOf(runs.map((run) => run.updates));
    const { run } = await this.#make(batchSize, learningRate, {
      most: Math.max(20, 4 * Math.max(...runs.map((run) => run.updates))),
      notBefore: Math.floor(updates / 4),
      seed: this.#plan.race.seed + seed,
    });
    yield { type: "run", run };
    return run;
  }

  /**
   * Runs at one batch size: the rate that needs the fewest updates to the target.
   *
   * @param limits updates that a run may make, that it is expected to make, and that it makes at most while no run has arrived yet
   */
  async *#race(
    batchSize: number,
    from: number,
    { most, expected, longest }: Readonly<Record<"most" | "expected" | "longest", number>>,
  ): AsyncGenerator<AdviceEvent> {
    const { secondsPerUpdate } = this.timeOf(batchSize);
    const seeds = this.#seeds(this.first?.run.seconds ?? longest * secondsPerUpdate.value);
    const tried: SeededTrial[] = [];
    const attempt = async (rate: number, bestYet: SeededTrial | undefined) => {
      if (this.#aborted) return undefined;
      const trial = await updatesToTarget(rate, seeds, bestYet, async (seed, left) =>
        this.#make(batchSize, rate, {
          most: Math.max(1, Math.floor(Math.min(most, left))),
          notBefore: Math.floor((bestYet?.score ?? expected) / 4),
          seed,
        }),
      );
      tried.push(trial);
      return trial;
    };
    const fastest = yield* told(climbing(from, attempt));
    const climbed = this.runs.length;
    const best = fastest && (await saferThan(fastest, tried, attempt));
    for (const run of this.runs.slice(climbed)) yield { type: "run", run };
    if (best === undefined) return;
    this.raced.set(
      batchSize,
      best.made.map(({ run }) => run),
    );
    this.first ??= best.made[0]!;
  }

  /** Runs of a fixed length at the first batch size: the rate with the least validation loss, and more seeds of it. */
  async *#pilot(
    batchSize: number,
    from: number,
  ): AsyncGenerator<AdviceEvent, SeededTrial | undefined> {
    const perEpoch = Math.ceil(this.#plan.race.training.size / batchSize);
    const most = Math.max(pilotUpdates[0], Math.min(pilotUpdates[1], perEpoch));
    // The runs to its target will be shorter; as many seeds as they will have, since its worst seed sets what all of them can reach.
    const { secondsPerUpdate } = this.timeOf(batchSize);
    const [seed, ...others] = this.#seeds((most / 2) * secondsPerUpdate.value);
    const tryRate = async (rate: number, seeds: readonly number[]) =>
      leastLoss(rate, seeds, async (each) =>
        this.#make(batchSize, rate, { most, seed: each, notBefore: firstOfPilot }),
      );
    const best = yield* told(
      climbing(from, async (rate) => (this.#aborted ? undefined : tryRate(rate, [seed!]))),
    );
    const climbed = this.runs.length;
    const steady = best && (this.#aborted ? best : await steadyFrom(best, others, tryRate));
    for (const run of this.runs.slice(climbed)) yield { type: "run", run };
    return steady;
  }

  async #make(
    batchSize: number,
    learningRate: number,
    { most, notBefore = 1, seed }: { most: number; notBefore?: number; seed: number },
  ): Promise<MadeRun> {
    const { threads, secondsPerUpdate } = this.timeOf(batchSize);
    const made = await makeRun(this.#plan, {
      ...{ batchSize, learningRate, threads, most, purpose: "search" as const },
      notBefore: Math.max(1, notBefore),
      seed,
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

/** Tells the runs of each trial of a climb. */
async function* told(
  trials: AsyncGenerator<SeededTrial, SeededTrial | undefined>,
): AsyncGenerator<AdviceEvent, SeededTrial | undefined> {
  for (;;) {
    const step = await trials.next();
    if (step.done === true) return step.value;
    for (const { run } of step.value.made) yield { type: "run", run };
  }
}

/** Updates of a run that only shows how far one gets: an epoch, but neither fewer nor more than these. */
const pilotUpdates = [200, 2000] as const;
/** Its first evaluation: from here on they are a factor apart, so that what ends it is a doubling without progress, not a dozen updates. */
const firstOfPilot = Math.ceil(1 / (growth - 1));
/** Updates after which a run without a target had come to it. */
const arrivalAt = (value: number, { losses, run }: MadeRun): number =>
  losses.find(({ loss }) => loss <= value)?.updates ?? run.updates;
