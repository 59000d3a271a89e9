/** @file What the tests of a study share: its data, its learning rates and its races, each made once. */
import type { Dataset } from "../../data/dataset.ts";
import { range } from "../../data/sampler.ts";
import { take } from "../../data/split.ts";
import { compare } from "../compare.ts";
import type { CompareOptions, RacePlan } from "../compare-options.ts";
import { planRace } from "../plan-race.ts";
import { chosenBy, searchLearningRate } from "../learning-rate/find.ts";
import type { Race } from "../race.ts";
import type { StudyPlan } from "./options.ts";
import { raceToTarget, type TargetRace, type Workbench } from "./to-target.ts";

/** The study was stopped by its signal. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** The batch sizes that are compared, below the number of examples. */
const usualSizes = [1, 8, 32, 64, 256, 1024, 4096];

/** The workbench of a study. */
export class Bench implements Workbench {
  readonly plan: StudyPlan;
  readonly #plans = new Map<Dataset, RacePlan>();
  readonly #rates = new Map<Dataset, Map<number, number>>();
  readonly #targetRaces = new Map<Dataset, TargetRace>();
  readonly #parts = new Map<number, Dataset>();
  #firstEpoch: Race | undefined;

  constructor(plan: StudyPlan) {
    this.plan = plan;
  }

  get training(): Dataset {
    return this.plan.race.training;
  }

  get seeds(): readonly number[] {
    return this.plan.seeds;
  }

  /** Batch sizes to compare on `data`, the last of them the full batch. */
  sizes({ size }: Dataset = this.training): readonly number[] {
    return [...usualSizes.filter((batchSize) => 2 * batchSize <= size), size];
  }

  /** @throws Stopped when the signal came */
  check(): void {
    if (this.plan.options.signal?.aborted === true) throw new Stopped();
  }

  /** The first rows of the training data, at most `rows`. */
  part(rows: number): Dataset {
    const { training } = this;
    if (rows >= training.size) return training;
    const known = this.#parts.get(rows);
    if (known !== undefined) return known;
    const part = take(training, range(rows));
    this.#parts.set(rows, part);
    return part;
  }

  /** A race's plan on `data`. */
  planOn(data: Dataset): RacePlan {
    const { race } = this.plan;
    const known = data === race.training ? race : this.#plans.get(data);
    if (known !== undefined) return known;
    const plan = planRace(race.model, data, {
      ...race.options,
      validation: race.validation,
      batchSizes: [1, "full"],
    });
    this.#plans.set(data, plan);
    return plan;
  }

  /** The learning rate for a batch size on `data`, by short trials with the first seed. */
  async *learningRate(data: Dataset, batchSize: number): AsyncGenerator<string, number> {
    const rates = this.#rates.get(data) ?? new Map<number, number>();
    this.#rates.set(data, rates);
    const known = rates.get(batchSize);
    if (known !== undefined) return known;
    const search = searchLearningRate(this.planOn(data), batchSize);
    const what = `learning rate for batch size ${batchSize}`;
    yield what;
    let step = await search.next();
    for (; step.done !== true; step = await search.next()) {
      this.check();
      yield what;
    }
    this.check();
    const { chosen } = chosenBy(step.value)!; // it was not stopped
    rates.set(batchSize, chosen);
    return chosen;
  }

  /** One epoch of each batch size with each seed, and the gradient noise along it. */
  async *firstEpoch(): AsyncGenerator<string, Race> {
    if (this.#firstEpoch !== undefined) return this.#firstEpoch;
    const batchSizes = this.sizes();
    const learningRate: number[] = [];
    for (const batchSize of batchSizes)
      learningRate.push(yield* this.learningRate(this.training, batchSize));
    this.#firstEpoch = yield* this.compare(this.training, {
      ...{ batchSizes, learningRate, epochs: 1, noisePoints: 2, evaluations: 40 },
      seeds: this.seeds.length,
    });
    return this.#firstEpoch;
  }

  /** A race with the options of the study. */
  async *compare(data: Dataset, options: CompareOptions): AsyncGenerator<string, Race> {
    const { race } = this.plan;
    const running = compare(race.model, data, {
      ...race.options,
      validation: race.validation,
      seed: race.seed,
      ...options,
    });
    let last = -1;
    for await (const event of running) {
      if (event.type !== "lane" || event.index === last) continue;
      last = event.index;
      const { batchSize, seed, engine } = event.lane;
      yield `batch size ${batchSize}, seed ${seed}${engine === "loops" ? ", loops" : ""}`;
    }
    this.check();
    return running.result;
  }

  /** Races of all batch sizes to one target on `data`. */
  async *targetRace(data: Dataset = this.training): AsyncGenerator<string, TargetRace> {
    const known = this.#targetRaces.get(data);
    if (known !== undefined) return known;
    const made = yield* raceToTarget(this, data);
    this.#targetRaces.set(data, made);
    return made;
  }
}
