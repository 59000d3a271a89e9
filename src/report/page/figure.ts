/** @file A figure: its title, a note, and a place where a chart is drawn whenever the state or the width changes. */
import { h } from "./dom.ts";
import type { ViewState } from "./state.ts";

/** A place for a chart. */
export interface Slot {
  readonly place: HTMLElement;
  readonly draw: (state: ViewState, width: number) => Element | null;
  /** Width on paper, in CSS pixels. */
  readonly paper: number;
  /** A title that depends on the state. */
  readonly title?: { readonly place: HTMLElement; readonly text: (state: ViewState) => string };
}

/** A part of the page. */
export interface Section {
  readonly element: HTMLElement;
  readonly slots: readonly Slot[];
}

/** What a figure is made of. */
export interface FigureOptions {
  readonly title: string | ((state: ViewState) => string) | null;
  readonly note?: string;
  readonly draw: Slot["draw"];
  readonly paper?: number;
}

/** A figure and the slot of its chart. */
export function figure({ title, note, draw, paper = 330 }: FigureOptions): {
  readonly element: HTMLElement;
  readonly slot: Slot;
} {
  const place = h("div", { class: "chart" });
  const heading = title === null ? null : h("h3", {}, typeof title === "string" ? title : null);
  const about = note === undefined ? null : h("div", { class: "note" }, note);
  const element = h("figure", {}, h("figcaption", {}, heading, about), place);
  if (heading === null || typeof title !== "function") {
    return { element, slot: { place, draw, paper } };
  }
  return { element, slot: { place, draw, paper, title: { place: heading, text: title } } };
}
