/** @file Advice as a table of batch sizes, and as one paragraph. */
import type { Advice, PredictionPoint } from "../advisor/advice/advice.ts";
import type { Estimate } from "../advisor/noise/estimate.ts";
import { formats, type Formatter } from "../report/format.ts";
import { targetName } from "../report/labels.ts";
import { listTable, wrapped } from "./table.ts";

const format = formats("en");
const none = "–";

/** The batch sizes that were weighed, a row each, the recommended one marked; undefined when nothing could be predicted. */
export function adviceTable(advice: Advice, width: number): string | undefined {
  const { prediction, recommendation, memory } = advice;
  const { points } = prediction;
  if (points.length === 0) return undefined;
  const column = (label: string, cell: (point: PredictionPoint) => string, more: object = {}) => ({
    label,
    cells: points.map(cell),
    align: "right" as const,
    ...more,
  });
  const mark = ({ batchSize }: PredictionPoint) =>
    batchSize === recommendation.batchSize ? "→ " : "";
  const unit = unitOf(points);
  const bytes = ({ batchSize }: PredictionPoint) =>
    memory.points.find((point) => point.batchSize === batchSize)?.predictedBytes;
  const table = listTable(
    [
      column("batch", (point) => mark(point) + format.count(point.batchSize)),
      column("rate", ({ learningRate }) => format.number(learningRate)),
      column("threads", ({ threads }) => format.count(threads), { leaveOut: 1 }),
      column("updates", ({ updates }) => withInterval(updates, format.compact)),
      column(unit.label, ({ seconds }) =>
        withInterval(seconds, (value) => format.number(value / unit.seconds)),
      ),
      column(
        "ex/s",
        (point) => format.compact(twoDigits(point.batchSize / point.secondsPerUpdate)),
        { leaveOut: 2 },
      ),
      column("MB", (point) => {
        const predicted = bytes(point);
        return predicted === undefined ? none : format.number(predicted / 1e6);
      }),
    ],
    width,
  );
  const note = `updates and ${unit.label} to ${targetText(advice)}, with 95% intervals; batch: batch size, rate: learning rate, ex/s: examples a second, MB: memory, →: recommended`;
  return `${table}\n${wrapped(note, width, "  ")}`;
}

/** What makes the times short to write: milliseconds where the fastest takes less than 10. */
function unitOf(points: readonly PredictionPoint[]): {
  readonly label: string;
  readonly seconds: number;
} {
  const least = Math.min(...points.map(({ seconds }) => seconds.value));
  return least < 0.01 ? { label: "milliseconds", seconds: 1e-3 } : { label: "seconds", seconds: 1 };
}

/** Why, with the numbers it rests on, and whether racing it said the same. */
export function adviceParagraph(advice: Advice, width: number): string {
  const { recommendation, complete } = advice;
  const parts = [
    sentence(recommendation.reason),
    ...verificationText(advice),
    ...(complete ? [] : ["Stopped before the end: what was not measured is missing."]),
  ];
  return wrapped(parts.filter((part) => part !== "").join(" "), width);
}

/** The target of advice in words: `97% accuracy`. */
export function targetText({ prediction: { target } }: Pick<Advice, "prediction">): string {
  return targetName("en", { ...target, metric: target.monitor });
}

function verificationText({ verification }: Advice): readonly string[] {
  if (verification === null) return [];
  const { verdict, reason, points } = verification;
  const sizes = points.map(({ batchSize }) => format.count(batchSize));
  const raced =
    sizes.length === 0 ? "" : ` of batch size${sizes.length === 1 ? "" : "s"} ${listed(sizes)}`;
  const said = {
    held: "the prediction held",
    "did not hold": "the prediction did not hold",
    "cannot tell": "cannot tell whether the prediction holds",
  }[verdict];
  return [`Verification by races${raced}: ${said}.`, sentence(reason)];
}

function listed(parts: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(parts);
}

/** With a capital in front and a stop behind. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** `1.7K (1.5K–1.9K)`: an interval is not known to more than two digits, nor is what is in it. */
export function withInterval({ value, low, high }: Estimate, formatter: Formatter): string {
  const bound = (end: number) => (Number.isFinite(end) ? formatter(twoDigits(end)) : "∞");
  const text = bound(value);
  return low === value && high === value ? text : `${text} (${bound(low)}–${bound(high)})`;
}

function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}
