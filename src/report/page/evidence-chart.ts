/** @file A chart of any evidence: two columns of its rows, a line with markers for each value of a third. */
import * as Plot from "@observablehq/plot";
import type { Evidence, EvidenceRow } from "../../advisor/study/study.ts";
import { formats } from "../format.ts";
import type { Language } from "../text.ts";
import { studyWord } from "../text-study.ts";
import { chart, emptyChart, type AxisOptions } from "./chart.ts";
import { lookAt, marker, stroke, type Look } from "./look.ts";
import { extent } from "./scale.ts";

/** One line of the chart. */
export interface EvidenceSeries {
  /** As it stands in the column; null for the only one. */
  readonly name: string | number | null;
  readonly look: Look;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** The lines of evidence: points where both numbers are known, and positive where their axis is logarithmic. */
export function seriesOf({ rows, chart: wanted }: Evidence): readonly EvidenceSeries[] {
  if (wanted === null) return [];
  const { x, y, series, logX, logY } = wanted;
  const names = [...new Set(rows.map((row) => (series === null ? null : (row[series] ?? null))))];
  return names.map((name, place) => ({
    name,
    look: lookAt(place),
    points: rows
      .filter((row) => series === null || row[series] === name)
      .flatMap((row) => pointOf(row, x, y))
      .filter((point) => (!logX || point.x > 0) && (!logY || point.y > 0))
      .sort((a, b) => a.x - b.x),
  }));
}

function pointOf(row: EvidenceRow, xName: string, yName: string) {
  const [x, y] = [row[xName], row[yName]];
  return typeof x === "number" && typeof y === "number" ? [{ x, y }] : [];
}

/** Sizes of the markers of two lines: what was measured is seen below the law that it follows. */
const ofTwo = [5.5, 3];

/** Draws evidence. */
export function evidenceChart(evidence: Evidence, language: Language, width: number): Element {
  const series = seriesOf(evidence);
  const points = series.flatMap((each) => each.points);
  const xs = extent(points.map((point) => point.x));
  const ys = extent(points.map((point) => point.y));
  if (evidence.chart === null || xs === null || ys === null) return emptyChart(language);
  const { x, y, logX, logY } = evidence.chart;
  const { compact, number } = formats(language);
  const axis = (name: string, domain: readonly [number, number], log: boolean): AxisOptions => ({
    domain,
    scale: log ? "log" : "linear",
    label: studyWord(language, name),
    format: name === "batch size" ? compact : number,
  });
  return chart({
    width,
    height: Math.round(Math.min(300, Math.max(210, width * 0.55))),
    x: axis(x, xs, logX),
    y: axis(y, logY ? ys : [Math.min(0, ys[0]), ys[1]], logY),
    label: `${studyWord(language, y)} · ${studyWord(language, x)}`,
    marks: series.flatMap(({ points: own, look }, i) => [
      Plot.line(own, { x: "x", y: "y", ...stroke(look) }),
      Plot.dot(own, {
        x: "x",
        y: "y",
        ...marker(look, series.length === 2 ? ofTwo[i] : undefined),
      }),
    ]),
  });
}
