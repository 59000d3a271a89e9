/** @file What came of one run, as a table. */
import { sizesText, sizesUsed } from "../report/batch-sizes.ts";
import { formats } from "../report/format.ts";
import { targetName } from "../report/labels.ts";
import { metricName } from "../report/text.ts";
import type { StopReason } from "../train/stop-reason.ts";
import type { ChangedSize, RunRecord } from "./run-record.ts";
import { textTable } from "./table.ts";

const format = formats("en");

/** The record as quantities and values. */
export function runTable(record: RunRecord, width: number): string {
  const { metric, batchSize, batchSizes } = record;
  const sizes = sizesText(sizesUsed(batchSize, batchSizes), format.count);
  const rows: readonly (readonly [string, string])[] = [
    ["batch size", `${sizes} (${record.regime})`],
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

/** A change of the batch size, and why. The factor on the learning rate is not that of this change alone. */
export function changeText({ updates, batchSize, rateFactor, reason }: ChangedSize): string {
  const { count, number } = format;
  return `batch size ${count(batchSize)} from update ${count(updates + 1)} on, learning rate ${number(rateFactor)} times the one asked for: ${reason}`;
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
