/** @file One line of progress, made to fit the terminal: pure text. */
import { formats } from "../report/format.ts";
import { metricName } from "../report/text.ts";

/** What is known of a run that is under way. */
export interface LaneView {
  /** Which run it is: `64`, `full · seed 2`. */
  readonly label: string;
  /** Width of the longest label. */
  readonly labelWidth: number;
  /** Share of the budget that is used, from 0 to 1. */
  readonly part: number;
  /** The same in words: `5.2/10 s`. */
  readonly budget: string;
  readonly updates: number;
  readonly examples: number;
  /** Seconds of training. */
  readonly seconds: number;
  readonly loss: number | undefined;
  readonly metric: { readonly name: string; readonly value: number | undefined };
  /** What goes on beside training, in place of the speeds. */
  readonly status: string | undefined;
}

/** Colours a text, or not. */
export type Paint = (style: "done" | "open" | "faint" | "good", text: string) => string;

/** Without colours. */
export const plainPaint: Paint = (_style, text) => text;

/** With colours of the terminal's own palette. */
export const colourPaint: Paint = (style, text) => {
  const code = { done: "36", open: "2", faint: "2", good: "32" }[style];
  return `\u001b[${code}m${text}\u001b[0m`;
};

const { compact, metric: formatMetric, number } = formats("en");

const barWidth = 12;

/** A bar of `barWidth` columns. */
function bar(part: number, paint: Paint): string {
  const filled = Math.round(Math.min(1, Math.max(0, part)) * barWidth);
  const done = "━".repeat(filled);
  const open = "─".repeat(barWidth - filled);
  return (done && paint("done", done)) + (open && paint("open", open));
}

/** The line, at most `width` columns wide: what does not fit is left out from the end. */
export function laneLine(view: LaneView, width: number, paint: Paint): string {
  const label = view.label.padStart(view.labelWidth);
  const head = `${label} ${"x".repeat(barWidth)} ${view.budget.padStart(9)}`;
  const fields = view.status === undefined ? numbersOf(view) : [...resultOf(view), view.status];
  let length = head.length;
  const shown: string[] = [];
  for (const field of fields) {
    if (length + 2 + field.length > width) break;
    shown.push(field);
    length += 2 + field.length;
  }
  const line = [`${label} ${bar(view.part, paint)} ${view.budget.padStart(9)}`, ...shown];
  return line.join("  ");
}

/** The same for a log: no bar, nothing left out. */
export function logLine(view: LaneView): string {
  const fields = view.status === undefined ? numbersOf(view) : [...resultOf(view), view.status];
  const name = view.label.startsWith("full")
    ? "full batch" + view.label.slice(4)
    : `batch size ${view.label}`;
  return `${name}: ${[view.budget, ...fields.map((field) => field.trim())].join(", ")}`;
}

function numbersOf(view: LaneView): readonly string[] {
  const { updates, examples, seconds } = view;
  const speeds =
    seconds > 0
      ? [
          `${compact(updates / seconds)} updates/s`.padStart(15),
          `${compact(examples / seconds)} examples/s`.padStart(16),
        ]
      : [];
  return [...resultOf(view), ...speeds];
}

function resultOf({ updates, loss, metric }: LaneView): readonly string[] {
  return [
    `${compact(updates)} ${updates === 1 ? "update" : "updates"}`.padStart(13),
    ...(loss === undefined ? [] : [`loss ${fixed(loss)}`]),
    ...(metric.value === undefined
      ? []
      : [
          `${metricName("en", metric.name)} ${formatMetric(metric.name)(metric.value).replace(/\s/g, " ")}`,
        ]),
  ];
}

/** Losses in the same width while they fall: four decimals, unless that would show nothing. */
function fixed(loss: number): string {
  return loss >= 0.001 && loss < 1000 ? loss.toFixed(4) : number(loss);
}

/** What is used of a budget, in the unit that ends the run first. */
export function budgetUsed(
  used: Readonly<Record<Unit, number>>,
  budget: Readonly<Record<Unit, number | undefined | null>>,
): { readonly part: number; readonly text: string } {
  const bounds = units.flatMap((unit) => {
    const bound = budget[unit];
    return bound == null ? [] : [{ unit, bound, part: used[unit] / bound }];
  });
  const [first] = bounds.sort((a, b) => b.part - a.part);
  if (first === undefined) return { part: 0, text: "" };
  const { unit, bound, part } = first;
  const digits = unit === "seconds" ? 1 : unit === "epochs" && bound < 100 ? 2 : 0;
  const now = digits > 0 ? Math.min(used[unit], bound).toFixed(digits) : compact(used[unit]);
  const name = { seconds: "s", epochs: "epochs", updates: "updates", examples: "examples" }[unit];
  const singular = bound === 1 && unit === "epochs" ? "epoch" : name;
  return { part, text: `${now}/${compact(bound)} ${singular}` };
}

type Unit = "epochs" | "updates" | "examples" | "seconds";
const units: readonly Unit[] = ["seconds", "epochs", "updates", "examples"];
