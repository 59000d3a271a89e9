/** @file The outcome of a study as a table of text. */
import Table from "cli-table3";
import type { Study } from "../advisor/study/study.ts";
import { studyHead } from "../report/study-html.ts";
import { bareTable, wrapped } from "./table.ts";

/** Widths of the columns for the number and the verdict, with the gap behind them. */
const [numberWidth, verdictWidth] = [4, 16];

/** Claims with their verdicts and the numbers behind them, at most `width` columns. */
export function studyTable(study: Study, width: number): string {
  if (study.claims.length === 0) return "stopped before the first claim: there is nothing to show";
  const table = new Table({ ...bareTable });
  const room = width - numberWidth - verdictWidth;
  for (const { number, claim, verdict, evidence } of study.claims)
    table.push([
      `${number}.`.padEnd(numberWidth),
      verdict.padEnd(verdictWidth),
      `${wrapped(claim.en, room)}\n${wrapped(evidence.summary.en, room - 2).replace(/^/gm, "  ")}\n`,
    ]);
  const rows = table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
  const stopped = study.complete ? "" : "\nStopped before all claims were tested.";
  return `${rows}\n${wrapped(studyHead("en", study), width)}${stopped}`;
}
