/** @file The program of the page of advice: reads the embedded advice, builds the sections and keeps the charts up to date. */
import { drawWhenNeeded } from "./redraw.ts";
import { adviceTitle } from "../advice-words.ts";
import { readAdvice } from "../read-advice.ts";
import { say } from "../text.ts";
import type { TuneData } from "../tune-html.ts";
import { languageSwitch } from "./controls.ts";
import { h, page } from "./dom.ts";
import type { Slot } from "./figure.ts";
import { formatState, parseState, preferredLanguage, type ViewState } from "./state.ts";
import { howSection } from "./tune-how.ts";
import * as parts from "./tune-sections.ts";
import type { TuneScene } from "./tune-axes.ts";

const view = globalThis;
const root = page.getElementById("report");
const json = page.getElementById("report-data")?.textContent ?? "";
if (root === null || json === "") throw new Error("the page holds no data");

const data = readAdvice(json) as TuneData;
const { advice } = data;
const defaults: ViewState = {
  language: data.language ?? preferredLanguage(view.navigator.languages),
  axis: "seconds",
  xScale: "log",
  yScale: "log",
  hidden: new Set(),
};

let state = parseState(view.location.hash, defaults);
let slots: readonly Slot[] = [];

function change(part: Partial<ViewState>): void {
  state = { ...state, ...part };
  const { pathname, search } = view.location;
  view.history.replaceState(null, "", formatState(state, defaults) || `${pathname}${search}`);
  build(`lang-${state.language}`);
}

/** Builds the page anew: at first, for another language, or when the address was changed by hand. */
function build(focus?: string): void {
  const { language } = state;
  const scene: TuneScene = { advice, language };
  page.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  page.title = adviceTitle(language, advice);
  const eyebrow = [say(language, "tuneEyebrow"), advice.data.name, advice.model.text].join(" · ");
  const masthead = h(
    "header",
    { class: "masthead" },
    h("p", {}, eyebrow),
    languageSwitch(state, change),
  );
  const found = [
    parts.wordsSection(scene),
    parts.timeSection(scene),
    parts.pointsSection(scene),
    parts.memorySection(scene),
    parts.noiseSection(scene),
    ...parts.sourcesSection(scene, data),
    parts.runsSection(scene),
    howSection(scene, data, JSON.stringify(advice)),
  ].filter((section) => section !== null);
  slots = found.flatMap((section) => section.slots);
  root?.replaceChildren(masthead, ...found.map((section) => section.element));
  if (focus !== undefined) page.getElementById(focus)?.focus();
  draw();
}

/** Draws all charts at the widths of their places, or at widths that suit paper. */
function draw(forPaper = false): void {
  const widths = slots.map(({ place, paper }) => (forPaper ? paper : place.clientWidth));
  slots.forEach(({ place, draw: make }, i) => {
    const drawing = make(state, Math.max(240, widths[i] ?? 0));
    place.replaceChildren(...(drawing === null ? [] : [drawing]));
  });
}

build();
view.addEventListener("hashchange", () => {
  state = parseState(view.location.hash, defaults);
  build();
});
drawWhenNeeded(root, draw);
