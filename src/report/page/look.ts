/** @file How each batch size looks: a colour, a dash and a marker, so that no reader depends on colour alone. */
import * as Plot from "@observablehq/plot";
import type { Group } from "../groups.ts";

const dashes = ["none", "7 3", "2.5 2.5", "10 3 2 3", "5 2"] as const;
const symbols = ["circle", "square", "triangle", "diamond", "star", "cross", "wye"] as const;

/** The look of a group. */
export interface Look {
  readonly color: string;
  readonly dash: string;
  readonly symbol: (typeof symbols)[number];
  /** Runs of the loops engine: the same look, thinner, with hollow markers. */
  readonly hollow: boolean;
}

/** The look of a group: with up to 40 batch sizes no two share all three. */
export function lookOf(group: Group): Look {
  return lookAt(group.look, group.engine === "loops");
}

/** The look of what stands at `place` in a list. */
export function lookAt(place: number, hollow = false): Look {
  const round = Math.floor(place / 8);
  return {
    color: `var(--series-${place % 8})`,
    dash: dashes[(place + round) % dashes.length] ?? "none",
    symbol: symbols[(place + round) % symbols.length] ?? "circle",
    hollow,
  };
}

/** Options of a marker in a group's look. */
export function marker(look: Look, r = 4): Plot.DotOptions {
  return look.hollow
    ? { symbol: look.symbol, r, fill: "var(--paper)", stroke: look.color, strokeWidth: 1.5 }
    : { symbol: look.symbol, r, fill: look.color, stroke: "var(--paper)", strokeWidth: 1 };
}

/** Options of a line in a group's look. */
export function stroke(look: Look): Plot.LineOptions {
  return {
    stroke: look.color,
    strokeWidth: look.hollow ? 1.25 : 2,
    strokeDasharray: look.dash,
    strokeLinejoin: "round",
  };
}

/** Options of a line behind the one that is to be read. */
export function faint(look: Look): Plot.LineOptions {
  return { stroke: look.color, strokeWidth: 0.75, strokeOpacity: 0.35, strokeLinejoin: "round" };
}

/** A line with its marker, for legends and heads of columns. */
export function swatch(group: Group): Element {
  return lineSwatch(lookOf(group));
}

/** The same for a look. */
export function lineSwatch(look: Look): Element {
  return swatchOf([
    Plot.line(
      [
        [0, 0],
        [2, 0],
      ],
      stroke(look),
    ),
    Plot.dot([[1, 0]], marker(look)),
  ]);
}

/** Marks in a legend, in a place that goes from (0, −1) to (2, 1). */
export function swatchOf(marks: readonly Plot.Markish[]): Element {
  const drawing = Plot.plot({
    width: 34,
    height: 14,
    margin: 0,
    axis: null,
    x: { domain: [0, 2] },
    y: { domain: [-1, 1] },
    marks: [...marks],
  });
  drawing.setAttribute("aria-hidden", "true");
  return drawing;
}
