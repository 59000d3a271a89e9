/** @file What came of a prediction, as a record and in lines. */
import { formats } from "../../report/format.ts";
import { metricName } from "../../report/text.ts";
import type { InputCounts } from "./input-source.ts";
import type { OutputFormat } from "./output-writer.ts";
import type { ScoreResult } from "./score.ts";

/** What `predict --json` prints. */
export interface PredictSummary extends InputCounts {
  readonly run: string;
  readonly model: string;
  readonly data: string;
  readonly task: "classification" | "regression";
  /** Rows of the output, and those among them that have a prediction. */
  readonly rows: number;
  readonly predicted: number;
  /** Against the targets, where DATA has them. */
  readonly score: ScoreResult | null;
  readonly out: string | null;
  readonly format: OutputFormat;
  readonly columns: readonly string[];
  readonly seconds: number;
}

const { count, metric } = formats("en");

/** The summary in lines. */
export function summaryLines(summary: PredictSummary): readonly string[] {
  const { rows, predicted, out } = summary;
  const empty = rows - predicted;
  return [
    `${count(predicted)} ${word(predicted, "row")} predicted` +
      (empty === 0
        ? ""
        : `, ${count(empty)} left empty: a value that the run needs is missing there`),
    ...columnsLine(summary.imputed, "missing value", "imputed"),
    ...columnsLine(summary.others, "category", 'taken as "other": rare, or not known to the run'),
    ...columnsLine(summary.unknown, "category", "not known to the run, left without an input"),
    ...scoreLines(summary.score),
    ...(out === null ? [] : [`predictions: ${out}`]),
  ];
}

/** `3 missing values imputed (age 2, city 1)`; nothing for none. */
function columnsLine(
  rows: Readonly<Record<string, number>>,
  noun: string,
  what: string,
): readonly string[] {
  const entries = Object.entries(rows);
  if (entries.length === 0) return [];
  const total = entries.reduce((sum, [, n]) => sum + n, 0);
  const few = entries.slice(0, 9).map(([column, n]) => `${column} ${count(n)}`);
  const more = entries.length > few.length ? [`${entries.length - few.length} more columns`] : [];
  return [`${count(total)} ${word(total, noun)} ${what} (${[...few, ...more].join(", ")})`];
}

function scoreLines(score: ScoreResult | null): readonly string[] {
  if (score === null) return [];
  const { name, value, rows, unknownClass } = score;
  const line = `${metricName("en", name)} ${metric(name)(value)} on ${count(rows)} ${word(rows, "row")} with a target`;
  if (unknownClass === 0) return [line];
  return [
    line,
    `${count(unknownClass)} of them have a class that the run does not know: counted as wrong`,
  ];
}

function word(n: number, singular: string): string {
  return n === 1 ? singular : `${singular}s`.replace(/ys$/, "ies");
}
