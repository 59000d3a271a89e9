/** @file Watching one number of the evaluations: targets, early stopping and plateaus. */
import { InputError, show, text } from "../errors.ts";
import type { Metric } from "../nn/metric.ts";
import type { Evaluation } from "./history.ts";

/** A number that evaluations give, and which way is better. */
export interface Monitor {
  readonly name: string;
  readonly better: "higher" | "lower";
  /** The best value there can be, where that is known. */
  readonly best?: number;
  readonly read: (evaluation: Evaluation) => number;
}

/** The monitor called `name`: `"valLoss"` (or `"loss"`), or a metric, with or without `val` in front. @throws InputError */
export function monitorNamed(name: string, metrics: readonly Metric[]): Monitor {
  text("monitor", name);
  if (name === "valLoss" || name === "loss")
    return { name, better: "lower", read: ({ loss }) => loss };
  const bare = name.startsWith("val") ? name.slice(3, 4).toLowerCase() + name.slice(4) : name;
  const metric = metrics.find((candidate) => candidate.name === name || candidate.name === bare);
  if (metric === undefined)
    throw new InputError(
      `monitor must be one of ${["valLoss", ...metrics.map((m) => m.name)].join(", ")}; got ${show(name)}`,
    );
  return {
    name,
    better: metric.better,
    ...(metric.best !== undefined && { best: metric.best }),
    read: ({ metrics: values }) => values[metric.name] ?? NaN,
  };
}

/** Whether `value` is better than `other` by more than `minDelta`: any number is better than none, and NaN is not one. */
export function improves(
  { better }: Pick<Monitor, "better">,
  value: number,
  other: number | undefined,
  minDelta = 0,
): boolean {
  if (other === undefined || Number.isNaN(other)) return !Number.isNaN(value);
  return better === "higher" ? value > other + minDelta : value < other - minDelta;
}

/** `value` when it can be reached. @throws InputError */
export function targetValue(monitor: Monitor, value: number): number {
  if (!Number.isFinite(value))
    throw new InputError(`target.value must be a number, got ${show(value)}`);
  const { name, better, best } = monitor;
  if (best === undefined || reaches(monitor, best, value)) return value;
  const hint = better === "higher" && value <= 100 ? `; ${show(value)}% is ${value / 100}` : "";
  throw new InputError(
    `target.value must be at ${better === "higher" ? "most" : "least"} ${best}, the best ${name} there is, got ${show(value)}${hint}`,
  );
}

/** Whether `value` has reached `target`. */
export function reaches(
  { better }: Pick<Monitor, "better">,
  value: number,
  target: number,
): boolean {
  return better === "higher" ? value >= target : value <= target;
}
