/** @file Charts of what else was measured: memory, noise along the pilot, estimates of the critical batch size. */
import * as Plot from "@observablehq/plot";
import type { CriticalEstimate } from "../../advisor/advice/advice.ts";
import { sourceName } from "../advice-facts.ts";
import { upTo } from "../advice-reasons.ts";
import { formats } from "../format.ts";
import { list, say } from "../text.ts";
import { chart, emptyChart } from "./chart.ts";
import { lookAt, marker, stroke } from "./look.ts";
import { extent } from "./scale.ts";
import { batchAxis, logBars, recommendedMarks, type TuneScene } from "./tune-axes.ts";
import { smaller } from "./tune-charts.ts";

const at = { x: "x", y: "y" } as const;
const bars = { x: "x", y1: "low", y2: "high" } as const;

/** Memory against batch size, with the bound. */
export function memoryChart(scene: TuneScene, width: number): Element {
  const { advice, language } = scene;
  const { points, limitBytes } = advice.memory;
  const [predicted, measured] = [lookAt(0), lookAt(1)];
  const measuredPoints = points.flatMap(({ batchSize, measuredBytes }) =>
    measuredBytes === null ? [] : [{ x: batchSize, y: measuredBytes }],
  );
  const line = points.map(({ batchSize, predictedBytes }) => ({ x: batchSize, y: predictedBytes }));
  const all = [...line, ...measuredPoints].map(({ y }) => y);
  const domain = extent([0, ...all, ...(limitBytes === null ? [] : [limitBytes * 1.08])]);
  if (domain === null || all.length === 0) return emptyChart(language);
  const { bytes } = formats(language);
  return chart({
    width,
    height: Math.round(Math.max(200, Math.min(280, width * 0.45))),
    x: batchAxis(
      language,
      points.map(({ batchSize }) => batchSize),
      width,
    ),
    y: {
      domain,
      scale: "linear",
      label: "",
      format: (value) => (value === 0 ? "0" : bytes(value)),
    },
    label: say(language, "tuneMemoryLabel"),
    marginLeft: 58,
    marks: [
      ...recommendedMarks(scene, false),
      ...(limitBytes === null ? [] : limitMarks(limitBytes, scene)),
      Plot.line(line, { ...at, ...stroke(predicted) }),
      Plot.dot(measuredPoints, { ...at, ...marker(measured, 4) }),
    ],
  });
}

function limitMarks(limit: number, { language }: TuneScene): readonly Plot.Markish[] {
  return [
    Plot.ruleY([limit], { stroke: "var(--series-3)", strokeWidth: 2, strokeDasharray: "6 3" }),
    Plot.text([limit], {
      y: (value: number) => value,
      text: () => say(language, "tuneLimit", { bytes: formats(language).bytes(limit) }),
      frameAnchor: "left",
      textAnchor: "start",
      dy: 9,
      dx: 2,
      fill: "var(--ink)",
      stroke: "var(--paper)",
      strokeWidth: 4,
    }),
  ];
}

/** Looks of both noise scales. */
export const noiseLooks = { simple: lookAt(3), curvature: lookAt(2) } as const;

/** Both noise scales along the pilot run. */
export function pilotChart(scene: TuneScene, width: number): Element {
  const { advice, language } = scene;
  const points = advice.noise.pilot?.points ?? [];
  const estimates = (["simpleNoiseScale", "noiseScale"] as const).map((key) =>
    points.map((point) => ({ x: point.updates, estimate: point[key] })),
  );
  const { domain } = logBars(estimates.flat());
  const xs = extent(points.map(({ updates }) => updates));
  if (domain === null || xs === null) return emptyChart(language);
  const both = [noiseLooks.simple, noiseLooks.curvature];
  // A little apart, so that the bars do not cover each other.
  const shift = (xs[1] - xs[0]) * 0.006;
  return chart({
    width,
    height: smaller(width),
    x: {
      domain: xs,
      scale: "linear",
      label: say(language, "tuneAxisPilot"),
      format: formats(language).compact,
    },
    y: { domain, scale: "log", label: "", format: formats(language).compact },
    label: say(language, "tunePilotLabel"),
    marks: both.flatMap((look, i) => {
      const drawn = logBars(estimates[i] ?? []).bars.map((bar) => ({
        ...bar,
        x: bar.x + (i === 0 ? -shift : shift),
        low: Math.max(bar.low, domain[0]),
        high: Math.min(bar.high, domain[1]),
      }));
      return [
        Plot.ruleX(drawn, { ...bars, stroke: look.color, strokeWidth: 1.5, strokeOpacity: 0.6 }),
        Plot.line(drawn, { ...at, ...stroke(look) }),
        Plot.dot(drawn, { ...at, ...marker(look, 3.6) }),
      ];
    }),
  });
}

/** The estimates of the critical batch size side by side, with their intervals. */
export function estimatesChart(scene: TuneScene, width: number): Element {
  const { advice, language } = scene;
  const { estimates } = advice.noise;
  const name = ({ source }: CriticalEstimate): string => sourceName(language, source);
  const { domain, bars: drawn } = logBars(
    estimates.map(({ criticalBatchSize }, x) => ({ x, estimate: criticalBatchSize })),
  );
  if (domain === null) return emptyChart(language);
  const { compact } = formats(language);
  const label = say(language, "tuneColCritical");
  const row = (x: number): number => estimates.length - x;
  const look = lookAt(0);
  const rows = drawn.map(({ x, ...bar }) => ({
    ...{ value: bar.y, low: bar.low, high: bar.high, y: row(x) },
    text: estimates[x] === undefined ? "" : name(estimates[x]),
  }));
  return chart({
    width,
    height: Math.max(150, 62 + 52 * estimates.length),
    x: batchAxis(language, [domain[0] / 1.3, domain[1] * 1.1], width, label),
    y: {
      domain: [0.5, estimates.length + 0.7],
      scale: "linear",
      label: "",
      format: () => "",
      ticks: [],
    },
    label: say(language, "tuneEstimatesLabel", {
      list: list(
        language,
        estimates.map(
          (one) =>
            `${name(one)} ${upTo(one.criticalBatchSize.value, compact)} (${compact(one.criticalBatchSize.low)}–${upTo(one.criticalBatchSize.high, compact)})`,
        ),
      ),
    }),
    marks: [
      Plot.ruleY(rows, { y: "y", x1: "low", x2: "high", stroke: look.color, strokeWidth: 2.5 }),
      Plot.dot(rows, { x: "value", y: "y", ...marker(look, 5.5) }),
      Plot.text(rows, {
        y: "y",
        text: "text",
        frameAnchor: "left",
        textAnchor: "start",
        dy: -16,
        fill: "var(--ink)",
        stroke: "var(--paper)",
        strokeWidth: 4,
      }),
    ],
  });
}
