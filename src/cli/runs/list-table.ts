/** @file Runs as a list, a row each. */
import { formats, type Formatter } from "../../report/format.ts";
import { sizesText, sizesUsed } from "../../report/batch-sizes.ts";
import { listTable } from "../table.ts";
import type { RunFacts } from "./run-facts.ts";
import type { StoredRun } from "./stored-run.ts";

const format = formats("en");
/** What stands where there is no value. */
export const none = "–";

/** Short names of metrics, for the list. */
const shortNames: Readonly<Record<string, string>> = {
  rootMeanSquaredError: "RMSE",
  meanAbsoluteError: "MAE",
  r2: "R²",
};

/** The list of runs. */
export function runsTable(runs: readonly StoredRun[], width: number): string {
  const column = (label: string, cell: (run: StoredRun) => string, more: object = {}) => ({
    label,
    cells: runs.map(cell),
    ...more,
  });
  const right = { align: "right" } as const;
  const metrics = new Set(runs.flatMap(({ facts }) => facts.metric?.name ?? []));
  const [only = "metric"] = metrics.size === 1 ? metrics : [];
  return listTable(
    [
      column("name", ({ name }) => name),
      column("made", ({ created }) => timeText(created), { leaveOut: 1 }),
      column("data", ({ facts }) => facts.data.name ?? none, { flexible: true }),
      column("model", ({ facts }) => shortModel(facts.model), { flexible: true }),
      column("batch", ({ facts }) => batchText(facts), right),
      column("rate", ({ facts }) => orNone(facts.learningRate, format.number), {
        ...right,
        leaveOut: 3,
      }),
      column("epochs", ({ reached }) => orNone(reached?.epochs, format.number), {
        ...right,
        leaveOut: 4,
      }),
      column(
        shortNames[only] ?? only,
        (run) => (metrics.size === 1 ? valueText(run) : metricText(run)),
        right,
      ),
      column("time", ({ reached }) => orNone(reached?.seconds, format.seconds), {
        ...right,
        leaveOut: 2,
      }),
      column("status", ({ status }) => status),
    ],
    width,
  );
}

/** The batch size, or those that a probe changed it to. */
export function batchText({ batchSize, batchSizes }: RunFacts): string {
  return batchSize === null ? none : sizesText(sizesUsed(batchSize, batchSizes), format.count);
}

function valueText({ facts: { metric, validationMetric } }: StoredRun): string {
  return orNone(validationMetric, format.metric(metric?.name ?? ""));
}

/** `97.8% accuracy`, `0.41 RMSE`. */
function metricText(run: StoredRun): string {
  const name = run.facts.metric?.name ?? "";
  return `${valueText(run)} ${shortNames[name] ?? name}`.trimEnd();
}

/** Local time to the minute: `2026-11-23 14:05`. */
export function timeText(iso: string | null): string {
  const time = new Date(iso ?? "");
  if (Number.isNaN(time.getTime())) return none;
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** `mlp:128` for dense(128) relu dense(10), `cnn:16,32` likewise. */
export function shortModel(text: string | null): string {
  if (text === null) return none;
  if (/^dense\(\d+\)$/.test(text)) return "linear";
  for (const [kind, stage, pattern] of shortKinds) {
    const [, stages] = pattern.exec(text) ?? [];
    if (stages === undefined) continue;
    return `${kind}:${Array.from(stages.matchAll(stage), ([, width]) => width).join()}`;
  }
  return text;
}

/** Networks of the terminal: their name, a stage of them, and the whole. */
const shortKinds = [
  ["mlp", /dense\((\d+)\) relu /g, /^((?:dense\(\d+\) relu )+)dense\(\d+\)$/],
  [
    "cnn",
    /conv2d\((\d+),3x3,padding=same\) maxPool2d\(2x2\) relu /g,
    /^(?:reshape\(\S+\) |channelsFirst )?((?:conv2d\(\d+,3x3,padding=same\) maxPool2d\(2x2\) relu )+)dense\(\d+\)$/,
  ],
] as const;

/** A value, or a dash for none. */
export function orNone(value: number | null | undefined, formatter: Formatter): string {
  return value != null && Number.isFinite(value) ? formatter(value) : none;
}
