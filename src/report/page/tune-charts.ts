/** @file The charts of time: seconds to the target, and the two curves behind it. */
import * as Plot from "@observablehq/plot";
import type { PredictionPoint, RacedRun } from "../../advisor/advice/advice.ts";
import { updatesToTarget } from "../../advisor/noise/fit.ts";
import { upTo } from "../advice-reasons.ts";
import { adviceTarget, threadsName } from "../advice-words.ts";
import { formats } from "../format.ts";
import { list, say } from "../text.ts";
import { chart, emptyChart } from "./chart.ts";
import { lookAt, marker, stroke, type Look } from "./look.ts";
import { extent } from "./scale.ts";
import { batchAxis, logBars, recommendedMarks, type Bar, type TuneScene } from "./tune-axes.ts";

/** Looks of what was predicted, and of what was raced afterwards. */
export const looks: Readonly<Record<"predicted" | "verified" | "other", Look>> = {
  predicted: { color: "var(--series-0)", dash: "none", symbol: "circle", hollow: false },
  verified: { color: "var(--series-1)", dash: "none", symbol: "diamond", hollow: false },
  other: { color: "var(--soft)", dash: "none", symbol: "circle", hollow: true },
};

const bars = { x: "x", y1: "low", y2: "high" } as const;
const at = { x: "x", y: "y" } as const;

/** The runs of the search that reached the target: at the best learning rate of their batch size, and at others. */
function searched({ advice: { prediction } }: TuneScene): {
  readonly best: readonly RacedRun[];
  readonly others: readonly RacedRun[];
} {
  const key = ({ batchSize, learningRate }: RacedRun): string => [batchSize, learningRate].join();
  const chosen = new Set(prediction.raced.map(key));
  const reached = prediction.runs.filter((run) => run.reached);
  return {
    best: reached.filter((run) => chosen.has(key(run))),
    others: reached.filter((run) => !chosen.has(key(run))),
  };
}

/** Seconds to the target against batch size: prediction, search and verification. */
export function timeChart(scene: TuneScene, width: number): Element {
  const { advice, language } = scene;
  const { points } = advice.prediction;
  const { best, others } = searched(scene);
  const verified = (advice.verification?.points ?? []).flatMap(({ batchSize, measured }) =>
    measured === null
      ? []
      : [{ x: batchSize, y: measured.value, low: measured.low, high: measured.high }],
  );
  const { domain, bars: band } = logBars(
    points.map(({ batchSize, seconds }) => ({ x: batchSize, estimate: seconds })),
    [
      ...[...best, ...others].map((run) => run.seconds),
      ...verified.flatMap((v) => [v.low, v.high]),
    ],
  );
  if (domain === null) return emptyChart(language);
  const format = formats(language);
  const sizes = [...points, ...best, ...others].map(({ batchSize }) => batchSize);
  return chart({
    width,
    height: Math.round(Math.max(260, Math.min(400, width * 0.52))),
    x: batchAxis(language, sizes, width),
    y: { domain: [domain[0], domain[1] * 1.15], scale: "log", label: "", format: format.seconds },
    label: say(language, "tuneTimeLabel", {
      target: adviceTarget(language, advice),
      points: best.length + others.length + verified.length,
    }),
    marks: [
      ...bandMarks(band),
      ...recommendedMarks(scene, true),
      ...runMarks(best, others, "seconds"),
      Plot.ruleX(verified, { ...bars, stroke: looks.verified.color, strokeWidth: 2.5 }),
      Plot.dot(verified, { ...at, ...marker(looks.verified, 6) }),
      tip(points, scene),
    ],
  });
}

function bandMarks(band: readonly Bar[]): readonly Plot.Markish[] {
  const { color } = looks.predicted;
  return [
    Plot.areaY(band, { ...bars, fill: color, fillOpacity: 0.16 }),
    Plot.line(band, { ...at, ...stroke(looks.predicted) }),
  ];
}

function runMarks(
  best: readonly RacedRun[],
  others: readonly RacedRun[],
  quantity: "seconds" | "updates",
): readonly Plot.Markish[] {
  const place = { x: "batchSize", y: quantity } as const;
  return [
    Plot.dot(others, { ...place, ...marker(looks.other, 3) }),
    Plot.dot(best, { ...place, ...marker(looks.predicted, 4.5) }),
  ];
}

function tip(points: readonly PredictionPoint[], { language }: TuneScene): Plot.Markish {
  const { count, compact, number, seconds } = formats(language);
  const row = (name: string, value: string): string => `${name}: ${value}`;
  return Plot.tip(
    points.map((point) => ({ ...point, at: point.seconds.value })),
    Plot.pointer({
      x: "batchSize",
      y: "at",
      maxRadius: 60,
      fill: "var(--paper)",
      stroke: "var(--line)",
      title: (point: PredictionPoint) =>
        [
          row(say(language, "tuneColBatch"), count(point.batchSize)),
          `${seconds(point.seconds.value)} (${seconds(point.seconds.low)}–${upTo(point.seconds.high, seconds)})`,
          row(say(language, "tuneColUpdates"), compact(point.updates.value)),
          row(say(language, "tuneColRate"), number(point.learningRate)),
          threadsName(language, point.threads),
        ].join("\n"),
    }),
  );
}

/** Updates to the target against batch size: the fit and what it was fitted to. */
export function updatesChart(scene: TuneScene, width: number): Element {
  const { advice, language } = scene;
  const { points, fit } = advice.prediction;
  const { best, others } = searched(scene);
  const { domain, bars: band } = logBars(
    points.map(({ batchSize, updates }) => ({ x: batchSize, estimate: updates })),
    [...best, ...others].map((run) => run.updates),
  );
  if (domain === null) return emptyChart(language);
  const sizes = [...points, ...best, ...others].map(({ batchSize }) => batchSize);
  const line =
    fit === null
      ? []
      : points.map(({ batchSize }) => ({ x: batchSize, y: updatesToTarget(fit, batchSize) }));
  return chart({
    width,
    height: smaller(width),
    x: batchAxis(language, sizes, width),
    y: { domain, scale: "log", label: "", format: formats(language).compact },
    label: say(language, "tuneUpdatesLabel"),
    marks: [
      ...bandMarks(band),
      Plot.line(line, { ...at, stroke: "var(--ink)", strokeWidth: 1, strokeDasharray: "4 3" }),
      ...recommendedMarks(scene, false),
      ...runMarks(best, others, "updates"),
    ],
  });
}

/** Height of the charts beside the main one. */
export function smaller(width: number): number {
  return Math.round(Math.max(200, Math.min(270, width * 0.62)));
}

/** The numbers of threads that were timed, ascending. */
export function threadCounts({ advice: { throughput } }: TuneScene): readonly number[] {
  return [...new Set(throughput.points.map(({ threads }) => threads))].sort((a, b) => a - b);
}

/** Powers of ten of a second in little space: `30 µs`, `1 ms`. */
function shortTime(seconds: number): string {
  const units = [
    [1, "s"],
    [1e-3, "ms"],
    [1e-6, "µs"],
  ] as const;
  const [unit, name] = units.find(([one]) => seconds >= one * (1 - 1e-9)) ?? [1e-6, "µs"];
  return `${Number((seconds / unit).toPrecision(3))}\u00a0${name}`;
}

/** Seconds of one update against batch size, a line for each number of threads. */
export function speedChart(scene: TuneScene, width: number): Element {
  const { advice, language } = scene;
  const { points } = advice.throughput;
  const counts = threadCounts(scene);
  const series = counts.map((threads, place) => ({
    look: lookAt(place),
    points: points
      .filter((point) => point.threads === threads)
      .map(({ batchSize, secondsPerUpdate: { value, low, high } }) => ({
        ...{ x: batchSize, y: value, low, high },
      })),
  }));
  const domain = extent(
    series.flatMap((one) => one.points.flatMap(({ low, high }) => [low, high])),
  );
  if (domain === null) return emptyChart(language);
  const sizes = points.map(({ batchSize }) => batchSize);
  return chart({
    width,
    height: smaller(width),
    x: batchAxis(language, sizes, width),
    y: { domain, scale: "log", label: "", format: shortTime },
    label: say(language, "tuneSpeedLabel", {
      threads: list(
        language,
        counts.map((threads) => threadsName(language, threads)),
      ),
    }),
    marks: [
      ...recommendedMarks(scene, false),
      ...series.flatMap(({ look, points: timed }) => [
        Plot.ruleX(timed, { ...bars, stroke: look.color, strokeWidth: 1.5 }),
        Plot.line(timed, { ...at, ...stroke(look) }),
        Plot.dot(timed, { ...at, ...marker(look, 3.2) }),
      ]),
    ],
  });
}
