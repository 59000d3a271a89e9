/** @file What the charts of advice share: the axis of batch sizes, bands with open ends, the mark of the recommendation. */
import * as Plot from "@observablehq/plot";
import type { Advice } from "../../advisor/advice/advice.ts";
import type { Estimate } from "../../advisor/noise/estimate.ts";
import { formats } from "../format.ts";
import { type Language, say } from "../text.ts";
import type { AxisOptions } from "./chart.ts";
import { extent, roomy } from "./scale.ts";

/** What the charts and tables of advice draw from. */
export interface TuneScene {
  readonly advice: Advice;
  readonly language: Language;
}

/** A logarithmic axis with ticks at powers of two, as many as have room. */
export function batchAxis(
  language: Language,
  sizes: readonly number[],
  width: number,
  label = say(language, "tuneAxisBatch"),
): AxisOptions {
  const domain = roomy(extent(sizes) ?? [1, 2], "log");
  const [first, last] = domain.map(Math.log2) as [number, number];
  const powers = Array.from(
    { length: Math.floor(last) - Math.ceil(first) + 1 },
    (_, i) => Math.ceil(first) + i,
  );
  const most = Math.max(2, Math.floor(width / 58));
  const step = Math.ceil(powers.length / most);
  const ticks = powers.filter((power) => power % step === 0).map((power) => 2 ** power);
  return { domain, scale: "log", label, format: formats(language).count, ticks };
}

/** An estimate at a place, for a band or an error bar. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** Ends of intervals further away than this from all values do not widen an axis. */
const farthest = 6;

/**
 * Estimates on a logarithmic axis: the domain that holds their values and, as far as it is sensible, their intervals, and the bars, cut to it.
 * What is not positive has no place.
 */
export function logBars(
  estimates: readonly { readonly x: number; readonly estimate: Estimate }[],
  others: readonly number[] = [],
): { readonly domain: readonly [number, number] | null; readonly bars: readonly Bar[] } {
  const there = estimates.filter(({ estimate: { value } }) => isPlace(value));
  const values = [...there.map(({ estimate }) => estimate.value), ...others.filter(isPlace)];
  const inner = extent(values);
  if (inner === null) return { domain: null, bars: [] };
  const [least, greatest] = [inner[0] / farthest, inner[1] * farthest];
  const cut = (value: number): number => Math.min(greatest, Math.max(least, value));
  const bars = there.map(({ x, estimate: { value, low, high } }) => ({
    ...{ x, y: value, low: cut(low), high: cut(high) },
  }));
  const domain = extent([...values, ...bars.flatMap(({ low, high }) => [low, high])]);
  return { domain, bars };
}

function isPlace(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/** A vertical line at the recommended batch size. */
export function recommendedMarks(
  { advice: { recommendation, prediction }, language }: TuneScene,
  named: boolean,
): readonly Plot.Markish[] {
  const { batchSize } = recommendation;
  if (batchSize === null) return [];
  const line = Plot.ruleX([batchSize], {
    stroke: "var(--ink)",
    strokeDasharray: "1 4",
    strokeLinecap: "round",
    strokeWidth: 1.5,
  });
  if (!named) return [line];
  // Beside the line, towards the middle.
  const sizes = prediction.points.map((point) => point.batchSize);
  const early = batchSize ** 2 <= (sizes[0] ?? 1) * (sizes.at(-1) ?? 1);
  return [
    line,
    Plot.text([batchSize], {
      x: (value: number) => value,
      text: (value: number) =>
        `${say(language, "tuneKeyChosen")} ${formats(language).count(value)}`,
      frameAnchor: "top",
      dx: early ? 6 : -6,
      dy: 2,
      textAnchor: early ? "start" : "end",
      lineAnchor: "top",
      fill: "var(--ink)",
      stroke: "var(--paper)",
      strokeWidth: 4,
      fontWeight: 600,
    }),
  ];
}
