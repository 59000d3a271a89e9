/** @file From the events of a race to lines of progress. */
import type { RaceEvent } from "../advisor/compare.ts";
import type { Lane } from "../advisor/compare-options.ts";
import { formats } from "../report/format.ts";
import { LaneWatch } from "./lane-view.ts";
import type { Progress } from "./progress.ts";
import type { BudgetArgument } from "./settings.ts";

const { count, number } = formats("en");

type EventOf<T extends RaceEvent["type"]> = Extract<RaceEvent, { type: T }>;

/** Shows a race: give it every event. */
export class RaceProgress {
  readonly #progress: Progress;
  readonly #race: { metric: string; budget: BudgetArgument; size: number };
  #lanes: readonly Lane[] = [];
  #labelWidth = 0;
  #trials = 0;
  #lane: { index: number; watch: LaneWatch } | undefined;

  constructor(progress: Progress, race: { metric: string; budget: BudgetArgument; size: number }) {
    this.#progress = progress;
    this.#race = race;
  }

  take(event: RaceEvent): void {
    switch (event.type) {
      case "plan":
        this.#lanes = event.lanes;
        this.#labelWidth = Math.max(...event.lanes.map((lane) => this.#label(lane).length));
        break;
      case "trial":
        this.#trial(event);
        break;
      case "learningRate":
        this.#trials = 0;
        this.#progress.clear();
        this.#progress.note(
          `${this.#name(event.search.batchSize)}: learning rate ${number(event.search.chosen)}, best of ${event.search.trials.length} tried`,
        );
        break;
      case "lane":
        this.#laneEvent(event);
        break;
      case "laneEnd":
        this.#laneEnd(event);
        break;
      case "plane":
        this.#progress.work("drawing the paths on the loss surface …");
        break;
    }
  }

  #trial({ batchSize, trial: { learningRate, loss } }: EventOf<"trial">): void {
    const outcome = loss === null ? "diverged" : `loss ${number(loss)}`;
    this.#progress.work(
      `${this.#name(batchSize)}: looking for a learning rate, trial ${++this.#trials}: ${number(learningRate)} ${outcome}`,
    );
  }

  #laneEvent({ index, lane, event }: EventOf<"lane">): void {
    if (this.#lane?.index !== index) {
      const { metric, budget } = this.#race;
      const start = { label: this.#label(lane), labelWidth: this.#labelWidth, metric, budget };
      this.#lane = { index, watch: new LaneWatch(start) };
    }
    const { watch } = this.#lane;
    if (event.type === "note") this.#progress.note(event.text);
    this.#progress.lane(
      event.type === "noise"
        ? watch.status(`measuring gradient noise ${event.done}/${event.total}`)
        : watch.take(event),
    );
  }

  #laneEnd({ run }: EventOf<"laneEnd">): void {
    const end = run.status === "done" ? undefined : run.status;
    if (this.#lane !== undefined)
      this.#progress.lane(this.#lane.watch.finish(run.validationLoss, run.validationMetric, end));
    this.#progress.end();
  }

  #name(batchSize: number): string {
    return batchSize === this.#race.size ? "full batch" : `batch size ${count(batchSize)}`;
  }

  #size(batchSize: number): string {
    return batchSize === this.#race.size ? "full" : count(batchSize);
  }

  #label({ batchSize, seed, engine }: Lane): string {
    const several = (key: "seed" | "engine") => new Set(this.#lanes.map((l) => l[key])).size > 1;
    return [
      this.#size(batchSize),
      ...(several("engine") ? [engine] : []),
      ...(several("seed") ? [`seed ${seed}`] : []),
    ].join(" · ");
  }
}
