/** @file The table of regrets. */
import { fitCriticalBatchSize } from "../../src/index.ts";
import { median } from "../results.ts";
import type { Sweep, Swept } from "./sweep.ts";

/** What one task gave. */
export type Row =
  | {
      readonly task: string;
      readonly reason: null;
      readonly advice: {
        readonly batchSize: number;
        readonly learningRate: number;
        readonly confident: boolean;
        readonly verdict: string | null;
        /** Geometric mean over the seeds that time it; null where half of them did not arrive. */
        readonly seconds: number | null;
        /** Those seeds that arrived, and all of them. */
        readonly arrived: readonly [number, number];
        readonly wallSeconds: number;
        readonly trainingSeconds: number;
      };
      /** The best of the sweep, timed by the seeds of the recommendation. */
      readonly best: Swept;
      readonly sweep: Sweep;
      readonly exhaustiveSeconds: number;
      /** Null where half of its runs did not arrive. */
      readonly auto: number | null;
    }
  | { readonly task: string; readonly advice: null; readonly reason: string };

const percent = (part: number): string => `${(100 * part).toPrecision(2)} %`;
const short = (value: number): string => String(Number(value.toPrecision(2)));

/** S(B) = S_min (1 + B_crit / B) through the sweep. */
function fitted({ swept }: Sweep): readonly [string, string] {
  if (swept.length < 3) return ["–", "–"];
  const { criticalBatchSize, rmsLogError } = fitCriticalBatchSize(swept);
  return [short(criticalBatchSize.value), rmsLogError.toFixed(2)];
}

/** The regret of a row: seconds of the recommendation over those of the best; Infinity where it did not arrive. */
export function regretOf(row: Row): number {
  if (row.advice === null) return Infinity;
  return (row.advice.seconds ?? Infinity) / row.best.seconds;
}

/** A Markdown table, with median and largest regret below. */
export function regretTable(rows: readonly Row[]): string {
  const head =
    "| task | best: batch size, learning rate | s | recommended | s | seeds that arrived | regret | verdict | advice, of an exhaustive sweep | `auto` over best | B_crit of the sweep | rms log error |";
  const lines = rows.map((row) => {
    if (row.advice === null)
      return `| ${row.task} | – | – | none: ${row.reason} | – | – | – | – | – | – | – | – |`;
    const { advice, best, sweep, auto, exhaustiveSeconds } = row;
    return (
      [
        `| ${row.task}`,
        `${best.batchSize}, ${short(best.learningRate)}`,
        short(best.seconds),
        `${advice.batchSize}, ${short(advice.learningRate)}${advice.confident ? "" : " (unsure)"}`,
        advice.seconds === null ? "not reached" : short(advice.seconds),
        advice.arrived.join(" of "),
        regretOf(row).toFixed(2),
        advice.verdict ?? "–",
        percent(advice.trainingSeconds / exhaustiveSeconds),
        auto === null ? "not reached" : auto.toFixed(2),
        ...fitted(sweep),
      ].join(" | ") + " |"
    );
  });
  const regrets = rows.map(regretOf);
  return [
    head,
    "| --- | --- | ---: | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |",
    ...lines,
    "",
    `Median regret ${median(regrets).toFixed(2)}, largest ${Math.max(...regrets).toFixed(2)}; ${regrets.filter((regret) => regret <= 1.15).length} of ${rows.length} within 1.15.`,
  ].join("\n");
}
