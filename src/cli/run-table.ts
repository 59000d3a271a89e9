/** @file What came of one run, as a table. */
import { formats } from "../report/format.ts";
import { targetName } from "../report/labels.ts";
import { metricName } from "../report/text.ts";
import type { StopReason } from "../train/stop-reason.ts";
import type { RunRecord } from "./run-record.ts";
import { textTable } from "./table.ts";

const format = formats("en");

/** The batch size; with `auto` that of the start and the last one. */
function sizesOf({ batchSize, history }: RunRecord): string {
  // The last batch of an epoch may be short.
  const last = history.updates.batchSize.slice(-2).reduce((a, b) => Math.max(a, b), 0);
  return last > batchSize
    ? `${format.count(batchSize)} to ${format.count(last)}`
    : format.count(batchSize);
}

/** The record as quantities and values. */
export function runTable(record: RunRecord, width: number): string {
  const { metric } = record;
  const rows: readonly (readonly [string, string])[] = [
    ["batch size", `${sizesOf(record)} (${record.regime})`],
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
