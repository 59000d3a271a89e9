/** @file One chart of curves: loss or metric of every batch size over the chosen axis. */
import * as Plot from "@observablehq/plot";
import type { Race } from "../../advisor/race.ts";
import { type Axis, band, type Band, type BandPoint, type Quantity } from "../curves.ts";
import { formats } from "../format.ts";
import { madeApart, type Group } from "../groups.ts";
import { shortName } from "../labels.ts";
import { halfWindow, isTangled, runningMean } from "../smooth.ts";
import { isShare, type Language, say } from "../text.ts";
import { chart, emptyChart, type AxisOptions } from "./chart.ts";
import { faint, lookOf, marker, stroke } from "./look.ts";
import { extent, logTicks } from "./scale.ts";
import type { Scale, ViewState } from "./state.ts";

/** What one chart of curves shows. */
export interface CurveChart {
  readonly race: Race;
  readonly groups: readonly Group[];
  readonly quantity: Quantity;
  /** Its name, for the label and the tips. */
  readonly name: string;
  readonly target: number | null;
  readonly state: ViewState;
}

interface Line {
  readonly group: Group;
  readonly band: Band;
  /** In place of the mean over seeds, where curves cannot be followed; the mean stays as a thin line. */
  readonly smooth?: readonly BandPoint[];
}

const axisLabels = {
  updates: "axisUpdates",
  examples: "axisExamples",
  epochs: "axisEpochs",
  seconds: "axisSeconds",
} as const;

/** The label of a horizontal axis. */
export function axisName(language: Language, axis: Axis): string {
  return say(language, axisLabels[axis]);
}

/** Draws the curves of the groups that are shown. */
export function curveChart(options: CurveChart, width: number): Element {
  const { race, groups, quantity, name, state, target } = options;
  const { language } = state;
  const view = viewOf(race, quantity, state.yScale);
  const shown = groups.filter((group) => !state.hidden.has(group.key));
  const lines = linesOf({ race, groups: shown, quantity, state });
  const xs = extent(
    lines.flatMap(({ band: { points, tails } }) => [...points, ...tails.flat()].map((p) => p.x)),
  );
  const goal = target === null ? null : view.place(target);
  const ys = extent([
    ...lines.flatMap(valuesOf),
    ...(goal === null || !view.fits(goal) ? [] : [goal]),
  ]);
  if (xs === null || ys === null) return emptyChart(language);
  const format = formats(language);
  const axis = axisName(language, state.axis);
  return chart({
    width,
    height: Math.round(Math.max(210, Math.min(300, width * 0.72))),
    x: { domain: xs, scale: state.xScale, label: axis, format: format.compact },
    y: yAxis(view, ys, format.metric(quantity === "validationMetric" ? race.metric.name : "")),
    label: say(language, madeApart(race) ? "runsChart" : "chartLabel", {
      name,
      axis,
      runs: shown.map((group) => shortName(language, group)).join(", "),
    }),
    marks: [
      ...lines.map(({ group, band: { points, seeds } }) =>
        Plot.areaY(seeds > 1 ? points : [], {
          x: "x",
          y1: "least",
          y2: "greatest",
          fill: lookOf(group).color,
          fillOpacity: 0.18,
        }),
      ),
      ...goalMarks(
        goal,
        view,
        say(language, "target", { value: format.metric(goalMetric(options))(target ?? 0) }),
      ),
      ...lines.flatMap((line) => lineMarks(line, state.xScale)),
      tip(lines, options, view),
    ],
  });
}

/** What decides which lines are drawn. */
export type Curves = Pick<CurveChart, "race" | "groups" | "quantity"> & {
  readonly state: Pick<ViewState, "axis" | "xScale" | "yScale">;
};

/** Whether the lines are running means, with what was measured as thin lines. */
export function isSmoothed(curves: Curves): boolean {
  return linesOf(curves).some(({ smooth }) => smooth !== undefined);
}

function linesOf({ race, groups, quantity, state }: Curves): readonly Line[] {
  const view = viewOf(race, quantity, state.yScale);
  const lines = groups.map((group): Line => {
    const drawn = drawable(band(group.runs, state.axis, quantity), state.xScale, view);
    return { group, band: drawn };
  });
  const y = scaled(view.scale);
  const tangled = ({ band: { points } }: Line) => isTangled(points.map(({ mean }) => y.on(mean)));
  if (!lines.some(tangled)) return lines;
  const x = scaled(state.xScale);
  const ends = extent(lines.flatMap(({ band }) => band.points.map((point) => x.on(point.x))));
  const reach = ends === null ? 0 : halfWindow * (ends[1] - ends[0]);
  return lines.map((line) => {
    const { points } = line.band;
    const placed = points.map((point) => ({ x: x.on(point.x), y: y.on(point.mean) }));
    const means = runningMean(placed, reach);
    return { ...line, smooth: points.map((p, i) => ({ ...p, mean: y.off(means[i]?.y ?? NaN) })) };
  });
}

/** From values to even steps of an axis, and back. */
function scaled(scale: Scale) {
  return scale === "log"
    ? { on: Math.log, off: Math.exp }
    : { on: (value: number) => value, off: (value: number) => value };
}

/** How values are placed on the vertical axis: as they are, or, for shares near 1, by their distance from 1. */
interface View {
  readonly scale: Scale;
  readonly ofError: boolean;
  readonly place: (value: number) => number;
  readonly fits: (placed: number) => boolean;
}

function viewOf(race: Race, quantity: Quantity, yScale: Scale): View {
  const metric = quantity === "validationMetric";
  if (yScale === "linear" || (metric && !isShare(race.metric.name))) {
    return { scale: "linear", ofError: false, place: (value) => value, fits: () => true };
  }
  const least = 0.5 / Math.max(1, race.data.validation);
  return {
    scale: "log",
    ofError: metric,
    place: metric ? (value) => Math.max(1 - value, least) : (value) => value,
    fits: (placed) => placed > 0,
  };
}

/** Whether the metric's chart spaces a share by the logarithm of its error. */
export function isOfError(race: Race, state: ViewState): boolean {
  return viewOf(race, "validationMetric", state.yScale).ofError;
}

function yAxis(
  view: View,
  domain: readonly [number, number],
  format: (value: number) => string,
): AxisOptions {
  if (!view.ofError) return { domain, scale: view.scale, label: "", format };
  const percent = (placed: number): string => format(Number((1 - placed).toPrecision(6)));
  const ticks = logTicks(domain, 9);
  return { domain, scale: "log", label: "", format: percent, reverse: true, ticks };
}

function drawable({ points, tails, seeds }: Band, xScale: Scale, view: View): Band {
  const visible = (x: number, ...ys: readonly number[]): boolean =>
    (xScale === "linear" || x > 0) && ys.every(view.fits);
  return {
    seeds,
    points: points
      .map((point): BandPoint => ({
        x: point.x,
        mean: view.place(point.mean),
        least: view.place(point.least),
        greatest: view.place(point.greatest),
      }))
      .filter((point) => visible(point.x, point.mean, point.least, point.greatest)),
    tails: tails.map((tail) =>
      tail.map(({ x, y }) => ({ x, y: view.place(y) })).filter(({ x, y }) => visible(x, y)),
    ),
  };
}

function valuesOf({ band: { points, tails } }: Line): number[] {
  return [...points.flatMap((p) => [p.least, p.greatest]), ...tails.flat().map((p) => p.y)];
}

function lineMarks({ group, band, smooth }: Line, xScale: Scale): Plot.Markish[] {
  const look = lookOf(group);
  const { points: measured, tails } = band;
  const points = smooth ?? measured;
  const last = points.at(-1);
  const diverged = group.runs.some((run) => run.status === "diverged");
  return [
    ...tails.map((tail) =>
      Plot.line(tail, { x: "x", y: "y", stroke: look.color, strokeWidth: 0.9 }),
    ),
    smooth && Plot.line(measured, { x: "x", y: "mean", ...faint(look) }),
    Plot.line(points, { x: "x", y: "mean", ...stroke(look) }),
    Plot.dot(sparse(points, xScale), { x: "x", y: "mean", ...marker(look, 3.5) }),
    diverged && last !== undefined
      ? Plot.dot([last], {
          x: "x",
          y: "mean",
          symbol: "times",
          r: 7,
          stroke: look.color,
          strokeWidth: 2.5,
        })
      : null,
  ];
}

/** A few points spread evenly along the axis, to carry markers; the last one is always among them. */
function sparse(points: readonly BandPoint[], xScale: Scale): readonly BandPoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const at = (x: number): number => (xScale === "log" ? Math.log(x) : x);
  const step = (at(last.x) - at(first.x)) / 4;
  const found = new Set<BandPoint>([last]);
  for (let k = 1; k < 4; k++) {
    const next = points.find((point) => at(point.x) >= at(first.x) + k * step);
    if (next !== undefined) found.add(next);
  }
  return [...found];
}

function goalMetric({ race, quantity }: CurveChart): string {
  return quantity === "validationMetric" ? race.metric.name : "";
}

function goalMarks(goal: number | null, view: View, text: string): Plot.Markish[] {
  if (goal === null || !view.fits(goal)) return [];
  return [
    Plot.ruleY([goal], {
      stroke: "var(--ink)",
      strokeDasharray: "1 4",
      strokeLinecap: "round",
      strokeWidth: 1.5,
    }),
    Plot.text([goal], {
      y: (value: number) => value,
      text: () => text,
      frameAnchor: "left",
      textAnchor: "start",
      dy: -8,
      dx: 2,
      fill: "var(--ink)",
      stroke: "var(--paper)",
      strokeWidth: 4,
    }),
  ];
}

function tip(
  lines: readonly Line[],
  { name, race, quantity, state }: CurveChart,
  view: View,
): Plot.Markish {
  const { compact, metric, number } = formats(state.language);
  const format = metric(quantity === "validationMetric" ? race.metric.name : "");
  const value = (placed: number): string => format(view.ofError ? 1 - placed : placed);
  const rows = lines.flatMap(({ group, band: { points } }) =>
    points.map((point) => ({ ...point, group })),
  );
  return Plot.tip(
    rows,
    Plot.pointer({
      x: "x",
      y: "mean",
      maxRadius: 60,
      fill: "var(--paper)",
      stroke: "var(--line)",
      title: (row: BandPoint & { group: Group }) =>
        [
          shortName(state.language, row.group),
          `${name}: ${value(row.mean)}`,
          ...(row.least < row.greatest ? [`${value(row.least)} – ${value(row.greatest)}`] : []),
          `${say(state.language, state.axis)}: ${row.x >= 1000 ? compact(row.x) : number(row.x)}`,
        ].join("\n"),
    }),
  );
}
