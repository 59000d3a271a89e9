/** @file The program of the page of a study: reads the embedded study, builds a card for each claim and keeps the charts up to date. */
import { drawWhenNeeded } from "./redraw.ts";
import type { StudyData } from "../study-html.ts";
import { say } from "../text.ts";
import { languageSwitch } from "./controls.ts";
import { h, page } from "./dom.ts";
import type { Slot } from "./figure.ts";
import { formatState, parseState, preferredLanguage, type ViewState } from "./state.ts";
import { claimSection, madeSection, outcomeSection } from "./study-sections.ts";

const view = globalThis;
const root = page.getElementById("report");
const json = page.getElementById("report-data")?.textContent ?? "";
if (root === null || json === "") throw new Error("the page holds no data");

const data = JSON.parse(json) as StudyData;
const { study } = data;
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
  page.documentElement.lang = language === "en" ? "en" : "zh-Hans";
  page.title = say(language, "studyTitle", { data: study.data.name });
  const masthead = h(
    "header",
    { class: "masthead" },
    h("p", {}, [say(language, "studyEyebrow"), study.data.name, study.model.text].join(" · ")),
    languageSwitch(state, change),
  );
  const parts = [
    outcomeSection(study, language),
    ...study.claims.map((claim) => claimSection(claim, language)),
    madeSection(data, language),
  ];
  slots = parts.flatMap((section) => section.slots);
  root?.replaceChildren(masthead, ...parts.map((section) => section.element));
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
