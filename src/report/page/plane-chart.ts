/** @file The descent paths of all runs over contours of the loss on one plane. */
import * as Plot from "@observablehq/plot";
import type { LossPlane, PlanePath } from "../../advisor/race.ts";
import { formats } from "../format.ts";
import type { Group } from "../groups.ts";
import { shortName } from "../labels.ts";
import { isFiniteNumber } from "../statistics.ts";
import { say } from "../text.ts";
import { asImage, emptyChart, typeOfCharts } from "./chart.ts";
import { svg } from "./dom.ts";
import { lookOf, marker } from "./look.ts";
import { extent } from "./scale.ts";
import type { ViewState } from "./state.ts";

const levels = 14;

/** Contours of the loss with a path for each run; the first seed of each group is drawn bold. */
export function planeChart(
  plane: LossPlane,
  groups: readonly Group[],
  state: ViewState,
  width: number,
): Element {
  const { language } = state;
  const values = logLoss(plane);
  const [xs, ys] = [extent(plane.a), extent(plane.b)];
  const thresholds = levelsOf(values);
  if (xs === null || ys === null || thresholds === null) return emptyChart(language);
  const margins = { marginTop: 4, marginRight: 4, marginBottom: 38, marginLeft: 50 };
  const { x, y, height } = equalAspect(xs, ys, width - 54);
  const shown = groups.filter((group) => !state.hidden.has(group.key));
  const tick = formats(language).number;
  const drawing = Plot.plot({
    ...margins,
    width,
    height: height + 42,
    style: typeOfCharts,
    ariaLabel: say(language, "planeLabel", {
      runs: shown.map((group) => shortName(language, group)).join(", "),
    }),
    x: { domain: x, label: null },
    y: { domain: y, label: null },
    color: {
      type: "threshold",
      domain: thresholds.slice(1),
      range: thresholds.map((_, place) => levelColor(place)),
    },
    marks: [
      Plot.contour(values, {
        width: plane.a.length,
        height: plane.b.length,
        ...cells(plane),
        fill: Plot.identity,
        stroke: "var(--paper)",
        strokeWidth: 0.6,
        strokeOpacity: 0.7,
        thresholds,
        clip: true,
      }),
      Plot.axisX({
        ticks: Math.max(3, width / 90),
        tickFormat: tick,
        color: "var(--soft)",
        tickSize: 3,
        label: say(language, "axisA"),
        labelAnchor: "center",
        labelArrow: "none",
      }),
      Plot.axisY({
        ticks: Math.max(3, height / 70),
        tickFormat: tick,
        color: "var(--soft)",
        tickSize: 3,
        label: say(language, "axisB"),
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 46,
      }),
      ...shown.flatMap((group) => groupMarks(plane, group)),
    ],
  });
  return asImage(drawing);
}

/** The colours of the contours with the losses between them. */
export function contourRamp(plane: LossPlane, state: ViewState): Element | null {
  const thresholds = levelsOf(logLoss(plane));
  if (thresholds === null) return null;
  const { number } = formats(state.language);
  const [step, top] = [20, 15];
  const labels = [0, 4, 8, 12].flatMap((place) => {
    const level = thresholds[place];
    return level === undefined
      ? []
      : [{ place, text: number(Number((10 ** level).toPrecision(2))) }];
  });
  return svg(
    "svg",
    {
      class: "ramp",
      width: levels * step,
      height: 42,
      viewBox: `0 0 ${levels * step} 42`,
      role: "img",
      "aria-label": say(state.language, "lossOnPlane"),
    },
    svg(
      "text",
      { x: 0, y: 10, "font-size": 11.5, fill: "var(--soft)" },
      say(state.language, "lossOnPlane"),
    ),
    thresholds.map((_, place) =>
      svg("rect", { x: place * step, y: top, width: step, height: 10, fill: levelColor(place) }),
    ),
    labels.map(({ place, text }) =>
      svg("text", { x: place * step, y: 38, "font-size": 11.5, fill: "var(--soft)" }, text),
    ),
  );
}

function logLoss(plane: LossPlane): number[] {
  return plane.loss.flatMap((row) =>
    row.map((loss) => (isFiniteNumber(loss) && loss > 0 ? Math.log10(loss) : Number.NaN)),
  );
}

/** Thresholds evenly spaced in the logarithm; the least is the least value, so that everything known is filled. */
function levelsOf(values: readonly number[]): number[] | null {
  const range = extent(values.filter(isFiniteNumber));
  if (range === null) return null;
  const [least, greatest] = range;
  const step = (greatest - least || 1) / levels;
  return Array.from({ length: levels }, (_, place) => least + place * step);
}

function levelColor(place: number): string {
  const share = (200 * place) / (levels - 1);
  return share <= 100
    ? `color-mix(in oklab, var(--contour-mid) ${share.toFixed(1)}%, var(--contour-low))`
    : `color-mix(in oklab, var(--contour-high) ${(share - 100).toFixed(1)}%, var(--contour-mid))`;
}

/** The bounds of the grid, half a cell beyond its outermost points. */
function cells({ a, b }: LossPlane): { x1: number; x2: number; y1: number; y2: number } {
  const half = (axis: readonly number[]): number =>
    axis.length < 2 ? 0.5 : (Number(axis.at(-1)) - Number(axis[0])) / (axis.length - 1) / 2;
  return {
    x1: Number(a[0]) - half(a),
    x2: Number(a.at(-1)) + half(a),
    y1: Number(b[0]) - half(b),
    y2: Number(b.at(-1)) + half(b),
  };
}

/** Domains in which a unit is as long across as up, no flatter than 3 : 10 and no taller than square. */
function equalAspect(
  [x1, x2]: readonly [number, number],
  [y1, y2]: readonly [number, number],
  width: number,
): { x: [number, number]; y: [number, number]; height: number } {
  const [across, up] = [x2 - x1 || 1, y2 - y1 || 1];
  const ratio = Math.min(1, Math.max(0.3, up / across));
  const [wide, tall] = [Math.max(across, up / ratio), Math.max(up, across * ratio)];
  const around = (least: number, greatest: number, size: number): [number, number] => {
    const middle = (least + greatest) / 2;
    return [middle - size / 2, middle + size / 2];
  };
  return { x: around(x1, x2, wide), y: around(y1, y2, tall), height: width * ratio };
}

interface Place {
  readonly a: number;
  readonly b: number;
}

function pathPoints(path: PlanePath): readonly Place[] {
  return path.a.flatMap((a, i) => {
    const b = path.b[i];
    return isFiniteNumber(a) && isFiniteNumber(b) ? [{ a, b }] : [];
  });
}

function groupMarks(plane: LossPlane, group: Group): Plot.Markish[] {
  const paths = group.places.flatMap((place) => plane.paths[place] ?? []);
  return paths
    .map((path, place) => pathMarks(pathPoints(path), group, place === 0))
    .reverse()
    .flat();
}

function pathMarks(points: readonly Place[], group: Group, first: boolean): Plot.Markish[] {
  const look = lookOf(group);
  const [start, end] = [points[0], points.at(-1)];
  if (start === undefined || end === undefined) return [];
  const at = { x: "a", y: "b" };
  const line = { ...at, strokeLinejoin: "round", strokeLinecap: "round" } as const;
  const [width, opacity] = first ? [2.2, 1] : [1, 0.6];
  return [
    first
      ? Plot.line(points, {
          ...line,
          stroke: "var(--paper)",
          strokeWidth: 4.4,
          strokeOpacity: 0.75,
        })
      : null,
    Plot.line(points, { ...line, stroke: look.color, strokeWidth: width, strokeOpacity: opacity }),
    first
      ? Plot.vector(arrows(points), {
          ...at,
          rotate: "angle",
          length: 13,
          shape: { draw: arrowhead },
          fill: look.color,
          stroke: "var(--paper)",
          strokeWidth: 0.8,
        })
      : null,
    Plot.dot([start], {
      ...at,
      r: first ? 4.5 : 2.5,
      fill: "var(--paper)",
      stroke: "var(--ink)",
      strokeWidth: 1.5,
    }),
    points.length > 1 ? Plot.dot([end], { ...at, ...marker(look, first ? 6 : 4) }) : null,
  ];
}

/** A filled head that points up, from its tail at 0 to its tip at -length. */
function arrowhead(
  path: Parameters<Plot.VectorShapeImplementation["draw"]>[0],
  length: number,
): void {
  const half = length * 0.42;
  path.moveTo(0, -length / 2);
  path.lineTo(half, length / 2);
  path.lineTo(0, length / 4);
  path.lineTo(-half, length / 2);
  path.closePath();
}

/** Where heads stand: at a sixth, two and four fifths or so of the way, with the angle clockwise from up in degrees. */
function arrows(points: readonly Place[]): readonly (Place & { angle: number })[] {
  const lengths = points.map((point, i) => {
    const before = points[i - 1] ?? point;
    return Math.hypot(point.a - before.a, point.b - before.b);
  });
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total === 0) return [];
  return [0.15, 0.4, 0.7].flatMap((share) => {
    let gone = 0;
    const i = lengths.findIndex((length) => (gone += length) >= share * total);
    const [from, to] = [points[i - 1], points[i]];
    if (from === undefined || to === undefined) return [];
    const angle = (Math.atan2(to.a - from.a, to.b - from.b) * 180) / Math.PI;
    return [{ a: (from.a + to.a) / 2, b: (from.b + to.b) / 2, angle }];
  });
}
