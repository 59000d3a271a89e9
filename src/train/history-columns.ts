/** @file A recorded history as columns of numbers, and back. */
import { invariant } from "../errors.ts";
import type { Evaluation, RecordedHistory, UpdateColumns } from "./history.ts";

/** Columns by name, all of them flat. */
export type Columns = Readonly<Record<string, Float64Array>>;

type EpochEntry = RecordedHistory["epochs"][number];
type EvaluationEntry = RecordedHistory["evaluations"][number];

/** One entry an update: `loss`, `learningRate`, `batchSize` and, where it is recorded, `gradientNorm`. */
export function columnsOfUpdates(updates: UpdateColumns): Columns {
  return { ...updates };
}

/** @throws Error where a column is missing */
export function updatesFrom(columns: Columns): UpdateColumns {
  const { gradientNorm } = columns;
  return {
    loss: column(columns, "loss"),
    learningRate: column(columns, "learningRate"),
    batchSize: column(columns, "batchSize"),
    ...(gradientNorm === undefined ? {} : { gradientNorm }),
  };
}

/** One entry an epoch. Those without an evaluation have 0 in `evaluated`, and NaN in the columns of the evaluation. */
export function columnsOfEpochs(epochs: readonly EpochEntry[]): Columns {
  return {
    loss: Float64Array.from(epochs, ({ loss }) => loss),
    evaluated: Float64Array.from(epochs, ({ evaluation }) => (evaluation === null ? 0 : 1)),
    ...columnsOfEvaluation(epochs.map(({ evaluation }) => evaluation)),
  };
}

export function epochsFrom(columns: Columns): readonly EpochEntry[] {
  const evaluated = column(columns, "evaluated");
  const evaluations = evaluationsFrom(columns, evaluated.length);
  return Array.from(column(columns, "loss"), (loss, i) => ({
    loss,
    evaluation: evaluated[i] === 1 ? evaluations[i]! : null,
  }));
}

const moment = ["updates", "examples", "epochs", "seconds"] as const;

/** One entry an evaluation. */
export function columnsOfEvaluations(evaluations: readonly EvaluationEntry[]): Columns {
  return {
    ...Object.fromEntries(
      moment.map((name) => [name, Float64Array.from(evaluations, (entry) => entry[name])]),
    ),
    ...columnsOfEvaluation(evaluations),
  };
}

export function evaluationsOf(columns: Columns): readonly EvaluationEntry[] {
  const [updates, examples, epochs, seconds] = moment.map((name) => column(columns, name));
  return evaluationsFrom(columns, updates!.length).map((evaluation, i) => ({
    updates: updates![i]!,
    examples: examples![i]!,
    epochs: epochs![i]!,
    seconds: seconds![i]!,
    ...evaluation,
  }));
}

const lossOfEvaluation = "evaluation/loss";
const metricPrefix = "evaluation/metrics/";

function columnsOfEvaluation(evaluations: readonly (Evaluation | null)[]): Columns {
  const names = Object.keys(evaluations.find((evaluation) => evaluation !== null)?.metrics ?? {});
  for (const evaluation of evaluations)
    invariant(
      evaluation === null || sameNames(Object.keys(evaluation.metrics), names),
      "evaluations of one run have different metrics",
    );
  return {
    [lossOfEvaluation]: Float64Array.from(evaluations, (evaluation) => evaluation?.loss ?? NaN),
    ...Object.fromEntries(
      names.map((name) => [
        metricPrefix + name,
        Float64Array.from(evaluations, (evaluation) => evaluation?.metrics[name] ?? NaN),
      ]),
    ),
  };
}

function evaluationsFrom(columns: Columns, count: number): readonly Evaluation[] {
  const losses = column(columns, lossOfEvaluation);
  const metrics = Object.entries(columns).flatMap(([name, values]) =>
    name.startsWith(metricPrefix) ? [[name.slice(metricPrefix.length), values] as const] : [],
  );
  return Array.from({ length: count }, (_, i) => ({
    loss: losses[i]!,
    metrics: Object.fromEntries(metrics.map(([name, values]) => [name, values[i]!])),
  }));
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

function column(columns: Columns, name: string): Float64Array {
  const found = columns[name];
  invariant(found !== undefined, `a history without its column ${name}`);
  return found;
}
