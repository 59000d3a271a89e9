/** @file The program of the page: reads the embedded race, builds the sections and keeps the charts up to date. */
import { drawWhenNeeded } from "./redraw.ts";
import { groupRuns, madeApart } from "../groups.ts";
import type { ReportData } from "../html.ts";
import { titleOf } from "../runs-apart.ts";
import { say, type Language } from "../text.ts";
import { chartControls, languageSwitch } from "./controls.ts";
import { h, page } from "./dom.ts";
import type { Slot } from "./figure.ts";
import { enginesSection, measuredSection } from "./measured.ts";
import * as parts from "./sections.ts";
import { formatState, parseState, preferredLanguage, type ViewState } from "./state.ts";

const view = globalThis;
const root = page.getElementById("report");
const json = page.getElementById("report-data")?.textContent ?? "";
if (root === null || json === "") throw new Error("the report holds no data");

const data = JSON.parse(json) as ReportData;
const { race } = data;
const groups = groupRuns(race);
const defaults: ViewState = {
  language: data.language ?? preferredLanguage(view.navigator.languages),
  axis: "seconds",
  xScale: groups.length > 1 ? "log" : "linear",
  yScale: "log",
  hidden: new Set(),
};

let state = parseState(view.location.hash, defaults);
let slots: readonly Slot[] = [];

function change(part: Partial<ViewState>): void {
  const rebuild = part.language !== undefined && part.language !== state.language;
  state = { ...state, ...part };
  const { pathname, search } = view.location;
  view.history.replaceState(null, "", formatState(state, defaults) || `${pathname}${search}`);
  if (rebuild) build(`lang-${state.language}`);
  else draw();
}

/** Builds the page anew: at first, for another language, or when the address was changed by hand. */
function build(focus?: string): void {
  const { language } = state;
  const scene: parts.Scene = { race, groups, language };
  page.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  page.title = titleOf(language, race);
  const masthead = h(
    "header",
    { class: "masthead" },
    h("p", {}, eyebrow(language)),
    languageSwitch(state, change),
  );
  const found = [
    parts.findingsSection(scene),
    parts.curvesSection(scene, chartControls(groups, state, change)),
    parts.planeSection(scene),
    parts.tableSection(scene),
    parts.noiseSection(scene),
    parts.ratesSection(scene),
    enginesSection(scene),
    measuredSection(scene, data, JSON.stringify(race)),
  ].filter((section) => section !== null);
  slots = found.flatMap((section) => section.slots);
  root?.replaceChildren(masthead, ...found.map((section) => section.element));
  if (focus !== undefined) page.getElementById(focus)?.focus();
  draw();
}

/** What stands above the title. */
function eyebrow(language: Language): string {
  const what = madeApart(race)
    ? [say(language, "runsEyebrow"), titleOf(language, race)]
    : [say(language, "eyebrow"), race.data.name, race.model.text];
  return what.join(" · ");
}

/** Draws all charts at the widths of their places, or at widths that suit paper. */
function draw(forPaper = false): void {
  const widths = slots.map(({ place, paper }) => (forPaper ? paper : place.clientWidth));
  slots.forEach(({ place, draw: make, title }, i) => {
    const drawing = make(state, Math.max(240, widths[i] ?? 0));
    place.replaceChildren(...(drawing === null ? [] : [drawing]));
    title?.place.replaceChildren(title.text(state));
  });
}

build();
view.addEventListener("hashchange", () => {
  state = parseState(view.location.hash, defaults);
  build();
});
drawWhenNeeded(root, draw);
