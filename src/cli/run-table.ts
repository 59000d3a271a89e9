/** @file What came of one run: its record, and the record as a table. */
import type { TargetResult } from "../advisor/race.ts";
import { formats } from "../report/format.ts";
import { targetName } from "../report/labels.ts";
import { metricName } from "../report/text.ts";
import type { StopReason } from "../train/events.ts";
import type { History } from "../train/history.ts";
import { textTable } from "./table.ts";

/** One run, for the record: what `train --json` prints and `run.json` holds. */
export interface RunRecord {
  readonly data: {
    readonly name: string;
    readonly training: number;
    readonly validation: number;
    readonly task: "classification" | "regression";
    readonly source: string | null;
  };
  readonly model: { readonly text: string; readonly parameters: number };
  readonly loss: string;
  readonly metric: { readonly name: string; readonly better: "higher" | "lower" };
  readonly optimizer: string;
  readonly dtype: "float32" | "float64";
  readonly seed: number;
  readonly threads: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly regime: "SGD" | "mini-batch" | "full batch";
  readonly engine: "onnx" | "loops";
  readonly updates: number;
  readonly examples: number;
  readonly epochs: number;
  /** Training alone; evaluation and compilation stand beside it. */
  readonly seconds: number;
  readonly evaluationSeconds: number;
  readonly compileSeconds: number;
  /** Loss on all training data, at the end. */
  readonly trainLoss: number;
  /** Of the last evaluation. */
  readonly validationLoss: number | null;
  readonly validationMetric: number | null;
  readonly target: (TargetResult & { readonly metric: string; readonly value: number }) | null;
  readonly samplesPerSecond: number | null;
  readonly memoryBytes: number | null;
  /** Why the run ended. */
  readonly ended: StopReason;
  readonly history: History;
  readonly environment: {
    readonly minibatch: string;
    readonly runtime: string;
    readonly machine: string;
    readonly date: string;
  };
  /** The command that made it. */
  readonly command: string;
}

const format = formats("en");

/** The record as quantities and values. */
export function runTable(record: RunRecord, width: number): string {
  const { metric } = record;
  const rows: readonly (readonly [string, string])[] = [
    ["batch size", `${format.count(record.batchSize)} (${record.regime})`],
    ["updates", format.count(record.updates)],
    ["examples", format.count(record.examples)],
    ["epochs", format.number(record.epochs)],
    ["seconds of training", format.finerSeconds(record.seconds)],
    ...targetRow(record),
    ["training loss", format.number(record.trainLoss)],
    ["validation loss", orNone(record.validationLoss, format.number)],
    [metricName("en", metric.name), orNone(record.validationMetric, format.metric(metric.name))],
    ["examples/s", orNone(record.samplesPerSecond, format.compact)],
    ["peak memory", orNone(record.memoryBytes, format.bytes)],
    ["ended", endings[record.ended]],
  ];
  return textTable(
    rows.map(([label, cell]) => ({ label, cells: [cell] })),
    width,
  );
}

const endings: Readonly<Record<StopReason, string>> = {
  budget: "by budget",
  target: "at the target",
  earlyStopping: "by early stopping",
  aborted: "stopped",
};

function targetRow({ target }: RunRecord): readonly (readonly [string, string])[] {
  if (target === null) return [];
  const { metric, value, seconds, updates } = target;
  const cell =
    seconds === null || updates === null
      ? "not reached"
      : `${format.finerSeconds(seconds)}, ${format.count(updates)} updates`;
  return [[`to ${targetName("en", { metric, value, better: "higher" })}`, cell]];
}

function orNone(value: number | null, formatter: (value: number) => string): string {
  return value !== null && Number.isFinite(value) ? formatter(value) : "–";
}
