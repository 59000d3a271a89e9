/** @file What was done to a table before training: figures, and the same in a few lines of text. */
import type { Dataset, Preparation } from "../dataset.ts";
import type { FitNotes } from "./fit.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** What happened to a table. */
export interface TableReport extends FitNotes, Preparation {
  readonly source: string;
  readonly training: number;
  readonly validation: number;
  readonly columns: number;
  readonly inputs: number;
  readonly task: Dataset["task"];
  /** Why the target is taken so. */
  readonly taskReason: string;
  readonly target: Preprocessing["target"];
  /** Rows of the validation part with a category that the training part does not have, by column. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Classes without an example in the training part. */
  readonly untrained: readonly string[];
  /** Columns that count the rows. */
  readonly counters: readonly string[];
  /** How the file was understood, where that was a guess. */
  readonly reading: readonly string[];
}

/** What became of the rows, for whoever reports on the data set. */
export function preparationOf({ rows, dropped, imputed }: TableReport): Preparation {
  return { rows, dropped, imputed };
}

/** The report in lines of text, the plain facts first and then what deserves a second look. */
export function reportLines(report: TableReport): readonly string[] {
  return [...facts(report), ...cautions(report)];
}

function facts(report: TableReport): string[] {
  const { source, rows, training, validation, dropped, target, columns, inputs } = report;
  const lines = [
    `${source}: ${rows} rows, ${training} to train and ${validation} to validate; ${columns} columns become ${inputs} inputs`,
    `${report.task} of ${JSON.stringify(target.column)}: ${report.taskReason}${targetFact(target)}`,
    `${dropped.target + dropped.features} rows dropped${droppedWhy(dropped)}, ${total(report.imputed)} values imputed${list(
      report.imputed.map(({ column, rows: n, value }) => `${column} ${n} as ${short(value)}`),
    )}`,
  ];
  for (const { column, kept, merged, rows: n } of report.merged) {
    lines.push(`${column}: ${kept} categories kept, ${merged} with ${n} rows merged into one`);
  }
  return [...report.reading, ...lines];
}

function cautions(report: TableReport): string[] {
  const lines = report.leftOut.map(({ column, reason }) => `${column}: left out, ${reason}`);
  const { constant, counters, untrained } = report;
  if (constant.length > 0) lines.push(`the same in every row: ${names(constant)}`);
  if (counters.length > 0) {
    lines.push(
      `counts the rows, so it may be an identifier that should be dropped: ${names(counters)}`,
    );
  }
  if (untrained.length > 0) lines.push(`classes without a row to train on: ${names(untrained)}`);
  for (const [column, n] of Object.entries(report.unknown)) {
    lines.push(`${column}: ${n} rows to validate have a category that no row to train on has`);
  }
  return lines;
}

function targetFact(target: Preprocessing["target"]): string {
  if (target.kind === "classes") return `; ${target.classes.length} classes`;
  if (target.mean === 0 && target.scale === 1) return "";
  return `; standardised, so errors are in units of its deviation, ${short(String(target.scale))}`;
}

function droppedWhy({ target, features }: TableReport["dropped"]): string {
  if (target + features === 0) return "";
  return ` (${target} without a target, ${features} with another missing value)`;
}

function total(imputed: TableReport["imputed"]): number {
  return imputed.reduce((sum, { rows }) => sum + rows, 0);
}

function list(entries: readonly string[]): string {
  return entries.length === 0 ? "" : ` (${few(entries).join(", ")})`;
}

function names(columns: readonly string[]): string {
  return few(columns).join(", ");
}

/** At most ten of them. */
function few(entries: readonly string[]): readonly string[] {
  return entries.length <= 10 ? entries : [...entries.slice(0, 9), `${entries.length - 9} more`];
}

/** A number in 5 digits; a text as it is. */
function short(value: string): string {
  const number = Number(value);
  return value.length > 8 && Number.isFinite(number)
    ? String(Number(number.toPrecision(5)))
    : value;
}
