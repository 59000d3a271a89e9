/** @file Advice as a table of batch sizes, and as one paragraph. */
import type { Advice, PredictionPoint } from "../advisor/advice/advice.ts";
import type { Estimate } from "../advisor/noise/estimate.ts";
import { adviceTarget, adviceWords } from "../report/advice-words.ts";
import { formats, type Formatter } from "../report/format.ts";
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
  const note = `updates and ${unit.label} to ${adviceTarget("en", advice)}, with 95% intervals; batch: batch size, rate: learning rate, ex/s: examples a second, MB: memory, →: recommended`;
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

/** What to use, why, with the numbers it rests on, and whether racing it said the same. */
export function adviceParagraph(advice: Advice, width: number): string {
  const { headline, details } = adviceWords("en", advice);
  const stopped = advice.complete
    ? []
    : ["Stopped before the end: what was not measured is missing."];
  return wrapped([headline, ...details, ...stopped].join(" "), width);
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
