/** @file What all charts share: sizes, type, axes, and the drawing of an empty one. */
import * as Plot from "@observablehq/plot";
import { say, type Language } from "../text.ts";
import { h } from "./dom.ts";
import { evenTicks, logTicks, roomy } from "./scale.ts";
import type { Scale } from "./state.ts";

/** One axis of a chart. */
export interface AxisOptions {
  readonly domain: readonly [number, number];
  readonly scale: Scale;
  readonly label: string;
  readonly format: (value: number) => string;
  readonly reverse?: boolean;
  /** Ticks of one's own in place of computed ones. */
  readonly ticks?: readonly number[];
}

/** A chart with two axes. */
export interface ChartOptions {
  readonly width: number;
  readonly height: number;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  /** For readers who do not see it. */
  readonly label: string;
  readonly marks: readonly Plot.Markish[];
  /** Room for the labels of the vertical axis; 46 by default. */
  readonly marginLeft?: number;
}

const type = {
  background: "transparent",
  color: "var(--ink)",
  fontFamily: "inherit",
  fontSize: "11.5px",
  fontVariantNumeric: "tabular-nums",
};

/** Draws a chart: hairlines across, ticks that fit, the label of the horizontal axis beneath it. */
export function chart(options: ChartOptions): Element {
  const { width, height, x, y, label, marks, marginLeft = 46 } = options;
  const [xs, ys] = [axisScale(x), axisScale(y)];
  const xTicks = ticksOf(x, Math.max(3, Math.floor(width / 54)));
  const yTicks = ticksOf(y, Math.max(4, Math.floor(height / 34)));
  const drawing = Plot.plot({
    width,
    height,
    marginTop: 12,
    marginRight: 14,
    marginBottom: 40,
    marginLeft,
    insetTop: 3,
    insetBottom: 5,
    insetRight: 3,
    style: type,
    ariaLabel: label,
    x: xs,
    y: ys,
    marks: [
      Plot.gridY({ ticks: yTicks, stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisY({
        ticks: yTicks,
        text: y.format,
        tickSize: 0,
        label: null,
        color: "var(--soft)",
      }),
      Plot.axisX({
        ticks: xTicks,
        text: x.format,
        label: x.label,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 34,
        tickSize: 4,
        color: "var(--soft)",
      }),
      ...marks,
    ],
  });
  return asImage(drawing);
}

/** Says to assistive technology that a drawing is one picture. */
export function asImage(drawing: Element): Element {
  drawing.setAttribute("role", "img");
  return drawing;
}

/** What stands where there is nothing to draw. */
export function emptyChart(language: Language): Element {
  return h("p", { class: "empty" }, say(language, "empty"));
}

/** Style of the text in drawings that are not made by `chart`. */
export const typeOfCharts: typeof type = type;

function axisScale({ domain, scale, reverse = false }: AxisOptions): Plot.ScaleOptions {
  return { type: scale, domain: roomy(domain, scale), reverse, nice: false };
}

function ticksOf({ domain, scale, ticks }: AxisOptions, most: number): number[] {
  if (ticks !== undefined) return [...ticks];
  const within = roomy(domain, scale);
  return scale === "log" ? logTicks(within, most) : evenTicks(within, Math.min(most, 8));
}
