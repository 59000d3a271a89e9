/** @file The search: runs to the target at a few batch sizes, each at its best learning rate. */
import { meanOf } from "../statistics.ts";
import { scaleLearningRate, type NoiseScales, type RateRule } from "../learning-rate/scaling.ts";
import { climbing, doublings, rounded, rootsOfTwo } from "../learning-rate/climb.ts";
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
import type { BestConstant } from "./constant.ts";
import { arrivalAt, pilot } from "./pilot.ts";
import { targetOfPilot } from "./pilot-target.ts";
import type { Learned } from "./reason.ts";
import { updatesModel, type UpdatesModel } from "./predict.ts";
import { leaderOf, luckOf } from "./contention.ts";
import { repeatContenders, type Raced } from "./repeats.ts";
import { SearchRuns } from "./search-runs.ts";
import { saferThan, updatesToTarget, type SeededTrial } from "./seeded-trial.ts";
import { seedsFor } from "./seeds.ts";
import type { MadeRun } from "./target-run.ts";
import { told } from "./told.ts";

/** A batch size that takes so many times as long as the best is hardly the best at any rate: one seed a trial is enough for the curve. */
const unlikely = 1.5;

/** What a search has found so far; it grows. */
export class Search {
  /** Runs to the target at the best learning rate of a batch size, one a seed. */
  readonly raced: Raced = new Map<number, RacedRun[]>();
  /** Batch sizes that were tried, reached or not. */
  readonly tried: number[] = [];
  first: MadeRun | undefined;
  /** What the pilot came to, where that is no better than a constant prediction: there is no target then. */
  nothing: Learned | undefined;
  /** What it came to, where that is hardly better. */
  little: Learned | undefined;

  /** Runs at other rates of the same batch sizes, where these stay in the race. */
  readonly #others: RacedRun[][] = [];
  readonly #plan: AdvicePlan;
  readonly #runs: SearchRuns;
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
    this.#runs = new SearchRuns(plan, throughput.best);
    this.#memory = memory;
  }

  get runs(): readonly RacedRun[] {
    return this.#runs.all;
  }

  get target(): AdviceTarget | undefined {
    return this.#runs.target;
  }

  /** The monitored value that came nearest to the target. */
  get closest(): number | undefined {
    return this.#runs.closest;
  }

  timeOf(batchSize: number): ThroughputPoint {
    return this.#runs.timeOf(batchSize);
  }

  /** S(B) by what was raced. */
  model(prior: number): UpdatesModel {
    const leader = leaderOf([...this.raced.values()])!;
    return updatesModel(
      [...this.raced].map(([batchSize, runs]) => {
        const luck = Math.exp(luckOf(runs, leader));
        return { batchSize, updates: runs.map(({ updates }) => updates * luck) };
      }),
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
    if (this.#runs.aborted) return;
    const { suggestion } = await rangeTest(race, first);
    this.tried.push(first);
    if (this.target === undefined) yield* this.#startWithPilot(first, rounded(suggestion));
    else {
      const most = this.#plan.mostUpdates(first);
      yield* this.#race(first, rounded(suggestion), { most, expected: 0, longest: most });
    }
  }

  async *#startWithPilot(first: number, from: number): AsyncGenerator<AdviceEvent> {
    const runs = this.#runs;
    const { loss: constantLoss } = this.#constant.evaluation;
    const best = yield* pilot(this.#plan, runs, first, { from, constantLoss });
    if (best === undefined || runs.aborted) return;
    const { made, learningRate } = best;
    const least = made.flatMap((one) => one.least ?? []);
    const set = await targetOfPilot(this.#plan, least, this.#constant);
    const { target } = set;
    runs.target = target;
    this.nothing = set.nothing;
    if (target === undefined) return;
    this.little = set.little;
    const most = 2 * Math.max(...made.map(({ run }) => run.updates));
    const longest = Math.max(...made.map((one) => arrivalAt(target.value, one)));
    yield* this.#race(first, learningRate, { most, expected: 0, longest });
  }

  /** Races batch sizes until more promise nothing, then each of the promising ones once more with other seeds. */
  async *continue(prior: number): AsyncGenerator<AdviceEvent> {
    const { goal, race } = this.#plan;
    const seeding = seedsFor(this.first?.run.seconds ?? Infinity);
    for (;;) {
      const candidates = this.candidates(prior);
      const next = this.#runs.aborted
        ? undefined
        : nextToRace(goal, candidates, this.tried, [...this.raced.keys()]);
      const predicted = candidates.find(({ batchSize }) => batchSize === next);
      if (next === undefined || predicted === undefined) break;
      this.tried.push(next);
      const expected = predicted.updates.value;
      const most = Math.min(this.#plan.mostUpdates(next), Math.ceil(seeding.slower * expected));
      yield* this.#race(next, predicted.learningRate, { most, expected, longest: most });
    }
    yield* repeatContenders(this.raced, this.#others, this.#runs, seeding, race.seed);
  }

  /**
   * Runs at one batch size: the rate that needs the fewest updates to the target. From what a range test says it is looked for by factors of
   * two; from what the last batch sizes say, by √2, where several seeds can tell rates so near.
   *
   * @param limits updates that a run may make, that it is expected to make, and that it makes at most while no run has arrived yet
   */
  async *#race(
    batchSize: number,
    from: number,
    { most, expected, longest }: Readonly<Record<"most" | "expected" | "longest", number>>,
  ): AsyncGenerator<AdviceEvent> {
    const runs = this.#runs;
    const { secondsPerUpdate } = this.timeOf(batchSize);
    // How long runs take, and so how many seeds, is known with the first that arrives.
    const seedsOf = (updates: number) => {
      const seconds = this.first?.run.seconds ?? updates * secondsPerUpdate.value;
      const { perTrial } = seedsFor(seconds);
      return Array.from({ length: perTrial }, (_, i) => this.#plan.race.seed + i);
    };
    const limit = this.#plan.goal === "time" ? unlikely * this.#leastSeconds() : Infinity;
    const enough = limit / secondsPerUpdate.value;
    const { slower } = seedsFor(this.first?.run.seconds ?? longest * secondsPerUpdate.value);
    const tried: SeededTrial[] = [];
    const attempt = async (learningRate: number, bestYet: SeededTrial | undefined) => {
      if (runs.aborted) return undefined;
      const isUnlikely = (bestYet?.score ?? 0) > enough;
      const seeds = seedsOf(bestYet?.score ?? longest).slice(0, isUnlikely ? 1 : Infinity);
      const make = async (seed: number, left: number) =>
        runs.make({
          ...{ batchSize, learningRate, seed },
          most: Math.min(most, left, slower * slowestOf(tried)),
          notBefore: (bestYet?.score ?? expected) / 4,
        });
      const trial = await updatesToTarget(learningRate, seeds, bestYet, make, enough);
      tried.push(trial);
      return trial;
    };
    const steps = this.first === undefined || seedsOf(expected).length === 1 ? doublings : rootsOfTwo; // prettier-ignore
    const fastest = yield* told(climbing(from, attempt, steps));
    const climbed = runs.all.length;
    const best = fastest && (await saferThan(fastest, tried, attempt));
    for (const run of runs.all.slice(climbed)) yield { type: "run", run };
    if (best === undefined) return;
    this.raced.set(
      batchSize,
      best.made.map(({ run }) => run),
    );
    this.first ??= best.made[0]!;
    if (seedsFor(this.first.run.seconds).rates)
      this.#others.push(...tried.filter((trial) => trial !== best).flatMap(arrivedOf));
  }

  /** Of the batch sizes that were raced, the mean seconds of the fastest. */
  #leastSeconds(): number {
    return Math.min(
      ...[...this.raced.values()].map((own) => meanOf(own.map(({ seconds }) => seconds))),
    );
  }
}

/** The runs of a trial that arrived, if any did: one that was given up was slower than the best by a few seeds alone. */
function arrivedOf({ made, diverged }: SeededTrial): readonly RacedRun[][] {
  const arrived = made.map(({ run }) => run).filter(({ reached }) => reached);
  return diverged || arrived.length === 0 ? [] : [arrived];
}

/** Updates of the slowest run that arrived; Infinity before one has. */
function slowestOf(trials: readonly SeededTrial[]): number {
  const arrived = trials.flatMap(({ made }) => made.filter(({ run }) => run.reached));
  return arrived.length === 0 ? Infinity : Math.max(...arrived.map(({ run }) => run.updates));
}
