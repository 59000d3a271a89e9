/** @file What the pages share: the data they hold, what the reader has chosen, and a page that is built and drawn by both. */
import type { Language } from "../text.ts";
import { languageSwitch, type Change } from "./controls.ts";
import { h, page } from "./dom.ts";
import type { Section, Slot } from "./figure.ts";
import { drawWhenNeeded } from "./redraw.ts";
import { formatState, parseState, preferredLanguage, type Scale, type ViewState } from "./state.ts";

/** What a page shows. */
export interface PageContent {
  readonly title: string;
  /** What stands above the title, part by part. */
  readonly eyebrow: readonly string[];
  /** In their order; null for one that there is nothing to show in. */
  readonly sections: readonly (Section | null)[];
}

/** How a page begins. */
export interface PageDefaults {
  /** That of the reader's browser when null. */
  readonly language: Language | null;
  /** "log" when absent. */
  readonly xScale?: Scale;
}

/** The JSON that the page holds. */
export function embeddedData(): string {
  const json = page.getElementById("report-data")?.textContent ?? "";
  if (json === "") throw new Error("internal: the page holds no data");
  return json;
}

/** Builds the page and keeps it as the reader chooses: anew for another language, its charts drawn again for all else. */
export function openPage(
  { language, xScale = "log" }: PageDefaults,
  content: (state: ViewState, change: Change) => PageContent,
): void {
  const view = globalThis;
  const root = page.getElementById("report");
  if (root === null) throw new Error("internal: the page has no place for the report");
  const defaults: ViewState = {
    language: language ?? preferredLanguage(view.navigator.languages),
    axis: "seconds",
    xScale,
    yScale: "log",
    hidden: new Set(),
  };
  let state = parseState(view.location.hash, defaults);
  let slots: readonly Slot[] = [];

  const change: Change = (part) => {
    const rebuild = part.language !== undefined && part.language !== state.language;
    state = { ...state, ...part };
    const { pathname, search } = view.location;
    view.history.replaceState(null, "", formatState(state, defaults) || `${pathname}${search}`);
    if (rebuild) build(`lang-${state.language}`);
    else draw();
  };
  /** Builds the page anew: at first, for another language, or when the address was changed by hand. */
  const build = (focus?: string): void => {
    page.documentElement.lang = state.language === "en" ? "en" : "zh-Hans";
    const { title, eyebrow, sections } = content(state, change);
    page.title = title;
    const masthead = h(
      "header",
      { class: "masthead" },
      h("p", {}, eyebrow.join(" · ")),
      languageSwitch(state, change),
    );
    const shown = sections.filter((section) => section !== null);
    slots = shown.flatMap((section) => section.slots);
    root.replaceChildren(masthead, ...shown.map((section) => section.element));
    if (focus !== undefined) page.getElementById(focus)?.focus();
    draw();
  };
  /** Draws all charts at the widths of their places, or at widths that suit paper. */
  const draw = (forPaper = false): void => {
    const widths = slots.map(({ place, paper }) => (forPaper ? paper : place.clientWidth));
    slots.forEach(({ place, draw: make, title }, i) => {
      const drawing = make(state, Math.max(240, widths[i] ?? 0));
      place.replaceChildren(...(drawing === null ? [] : [drawing]));
      title?.place.replaceChildren(title.text(state));
    });
  };

  build();
  view.addEventListener("hashchange", () => {
    state = parseState(view.location.hash, defaults);
    build();
  });
  drawWhenNeeded(root, draw);
}
