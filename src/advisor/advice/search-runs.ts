/** @file The runs of a search: how one is made, and what is kept of it. */
import type { AdviceTarget, RacedRun, ThroughputPoint } from "./advice.ts";
import type { AdvicePlan } from "./advise-options.ts";
import type { MadeRun } from "./target-run.ts";

/** One run of a search. */
export interface SearchRequest {
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** It is given up after so many updates… */
  readonly most: number;
  /** …and not evaluated before so many: it will not have arrived. */
  readonly notBefore?: number;
  /** Without a target: it does not end before `most` updates. */
  readonly patient?: boolean;
}

/** Makes the runs of a search, and keeps them. */
export class SearchRuns {
  readonly all: RacedRun[] = [];
  /** Undefined: runs go on until they get no further. */
  target: AdviceTarget | undefined;
  /** The monitored value that came nearest to the target: for what is said when nothing arrives. */
  closest: number | undefined;

  readonly #plan: AdvicePlan;
  readonly #times: ReadonlyMap<number, ThroughputPoint>;

  constructor(plan: AdvicePlan, times: readonly ThroughputPoint[]) {
    this.#plan = plan;
    this.#times = new Map(times.map((point) => [point.batchSize, point]));
    this.target = plan.target;
  }

  get aborted(): boolean {
    return this.#plan.options.signal?.aborted === true;
  }

  timeOf(batchSize: number): ThroughputPoint {
    return this.#times.get(batchSize)!;
  }

  async make({ most, notBefore = 1, ...at }: SearchRequest): Promise<MadeRun> {
    const { threads, secondsPerUpdate } = this.timeOf(at.batchSize);
    const made = await this.#plan.makeRun({
      ...at,
      ...{ threads, purpose: "search" as const, target: this.target },
      ...{ most: Math.max(1, Math.floor(most)), notBefore: Math.max(1, Math.floor(notBefore)) },
      validation: this.#plan.judged,
      secondsPerUpdate: secondsPerUpdate.value,
    });
    this.all.push(made.run);
    this.#keepClosest(made);
    return made;
  }

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
