/** @file From the events of a run to the line that shows it. */
import type { RunEvent } from "../train/events.ts";
import type { Moment } from "../train/history.ts";
import { budgetUsed, type LaneView } from "./progress-line.ts";
import type { BudgetArgument } from "./settings.ts";

/** How a line starts. */
export interface LaneStart {
  readonly label: string;
  readonly labelWidth: number;
  readonly metric: string;
  readonly budget: BudgetArgument;
  /** Where the run goes on; its beginning by default. */
  readonly from?: Moment;
}

const beginning: Moment = { updates: 0, examples: 0, epochs: 0, seconds: 0 };

/** Follows one run: give it every event, show what it returns. */
export class LaneWatch {
  #view: LaneView;
  readonly #budget: BudgetArgument;

  constructor({ label, labelWidth, metric, budget, from = beginning }: LaneStart) {
    this.#budget = budget;
    const { updates, examples, seconds } = from;
    const { part, text } = budgetUsed({ ...from }, budget);
    this.#view = {
      ...{ updates, examples, seconds },
      label,
      labelWidth,
      part,
      budget: text,
      loss: undefined,
      metric: { name: metric, value: undefined },
      status: "starting",
    };
  }

  get view(): LaneView {
    return this.#view;
  }

  take(event: RunEvent): LaneView {
    if (event.type === "progress") this.#advance(event, event.loss);
    else if (event.type === "evaluation") this.#evaluated(event.metrics);
    return this.#view;
  }

  /** Another name, for a batch size that changed. */
  rename(label: string): void {
    this.#view = { ...this.#view, label, labelWidth: label.length };
  }

  /** Says what goes on beside training. */
  status(text: string | undefined): LaneView {
    this.#view = { ...this.#view, status: text };
    return this.#view;
  }

  /** The final numbers. */
  finish(loss: number | undefined, metric: number | undefined, status?: string): LaneView {
    this.#view = {
      ...this.#view,
      loss: loss ?? this.#view.loss,
      metric: { ...this.#view.metric, value: metric ?? this.#view.metric.value },
      status,
    };
    return this.#view;
  }

  #advance(moment: Moment, loss: number): void {
    const { updates, examples, seconds } = moment;
    const { part, text } = budgetUsed(moment, this.#budget);
    this.#view = {
      ...this.#view,
      ...{ updates, examples, seconds, loss, part, budget: text },
      status: undefined,
    };
  }

  #evaluated(metrics: Readonly<Record<string, number>>): void {
    const { name } = this.#view.metric;
    this.#view = { ...this.#view, metric: { name, value: metrics[name] } };
  }
}
