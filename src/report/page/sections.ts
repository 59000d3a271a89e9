/** @file The sections of the page, top to bottom, as elements with places for the charts. */
import type { Race, RaceRun } from "../../advisor/race.ts";
import { type Finding, findings } from "../findings.ts";
import { formats } from "../format.ts";
import { type Group, seedCount } from "../groups.ts";
import { shortName, targetIsLoss } from "../labels.ts";
import { rootMeanSquare } from "../statistics.ts";
import { type Language, metricName, say } from "../text.ts";
import { curveChart, isOfError } from "./curve-chart.ts";
import { h } from "./dom.ts";
import { swatch } from "./look.ts";
import { gapChart, noiseChart, ratesChart } from "./other-charts.ts";
import { contourRamp, planeChart } from "./plane-chart.ts";
import { runTable } from "./run-table.ts";
import type { ViewState } from "./state.ts";

/** A place for a chart, and what is drawn there whenever the state or the width changes. */
export interface Slot {
  readonly place: HTMLElement;
  readonly draw: (state: ViewState, width: number) => Element | null;
  /** Text beside the chart that depends on the state. */
  readonly caption?: { readonly place: HTMLElement; readonly text: (state: ViewState) => string };
}

/** A part of the page. */
export interface Section {
  readonly element: HTMLElement;
  readonly slots: readonly Slot[];
}

/** What the sections draw from. */
export interface Scene {
  readonly race: Race;
  readonly groups: readonly Group[];
  readonly language: Language;
}

/** The outcome in words. */
export function findingsSection({ race, language }: Scene): Section {
  const found = findings(race);
  const of = (tone: Finding["tone"]): readonly Finding[] =>
    found.filter((one) => one.tone === tone);
  const items = (list: readonly Finding[]): readonly Element[] =>
    list.map((one) => h("li", {}, one.text[language]));
  const block = (name: string, title: string, list: readonly Finding[]): Element | null =>
    list.length === 0
      ? null
      : h("div", { class: name }, h("h3", {}, title), h("ul", {}, items(list)));
  const element = h(
    "section",
    {},
    h(
      "h1",
      {},
      of("headline")
        .map((one) => one.text[language])
        .join(" "),
    ),
    h(
      "div",
      { class: "findings" },
      h("ul", { class: "details" }, items(of("detail"))),
      block("facts", say(language, "why"), of("fact")),
      block("cautions", say(language, "cautions"), of("caution")),
    ),
  );
  return { element, slots: [] };
}

/** A figure with its title, a place for the chart and a note. */
function figure(
  title: string,
  note: string,
  draw: Slot["draw"],
  caption?: (state: ViewState) => string,
): { readonly element: HTMLElement; readonly slot: Slot } {
  const place = h("div", { class: "chart" });
  const heading = h("h3", {}, title);
  const element = h(
    "figure",
    {},
    h("figcaption", {}, heading, note === "" ? null : h("div", { class: "note" }, note)),
    place,
  );
  const slot =
    caption === undefined
      ? { place, draw }
      : { place, draw, caption: { place: heading, text: caption } };
  return { element, slot };
}

/** Loss and metric over the chosen axis. */
export function curvesSection({ race, groups, language }: Scene, controls: Element): Section {
  const metric = metricName(language, race.metric.name);
  const names = {
    validationMetric: say(language, "validationMetric", { metric }),
    validationLoss: say(language, "validationLoss"),
    trainLoss: say(language, "trainLoss"),
  };
  const onLoss = targetIsLoss(race);
  const target = race.target?.value ?? null;
  const figures = (["validationMetric", "validationLoss", "trainLoss"] as const).map((quantity) => {
    const goal =
      (quantity === "validationLoss") === onLoss && quantity !== "trainLoss" ? target : null;
    const name = names[quantity];
    return figure(
      name,
      "",
      (state, width) => curveChart({ race, groups, quantity, name, target: goal, state }, width),
      quantity === "validationMetric"
        ? (state) => (isOfError(race, state) ? say(language, "ofError", { name }) : name)
        : undefined,
    );
  });
  const seeds = seedCount(race);
  const notes = [
    seeds > 1 ? say(language, "bandNote", { seeds }) : "",
    `${names.trainLoss}${language === "en" ? ": " : "："}${say(language, "trainLossNote")}`,
    say(language, "logNote"),
    race.runs.some((run) => run.status === "diverged") ? say(language, "endNote") : "",
  ];
  const element = h(
    "section",
    {},
    h("h2", {}, say(language, "curves")),
    controls,
    h(
      "div",
      { class: "charts" },
      figures.map((one) => one.element),
    ),
    h("p", { class: "note" }, notes.filter((note) => note !== "").join(" ")),
  );
  return { element, slots: figures.map((one) => one.slot) };
}

/** A legend without switches, repeated where the charts are far from the first one. */
export function legend(groups: readonly Group[], language: Language): Element {
  const keys = groups.map((group) =>
    h("li", {}, h("span", {}, swatch(group), shortName(language, group))),
  );
  return h("ul", { class: "keys" }, keys);
}

/** The descent paths on the plane, and how far the plane can be trusted. */
export function planeSection({ race, groups, language }: Scene): Section | null {
  const { plane } = race;
  if (plane === null) return null;
  const { percent, count, number, ratio } = formats(language);
  const [first, second] = plane.explained;
  const share = (value: number): string => percent(Number(value.toFixed(2)));
  const text = say(language, "planeText", {
    explained: share(first + second),
    first: share(first),
    second: share(second),
    examples: say(language, plane.allExamples ? "allExamples" : "someExamples", {
      count: count(plane.examples),
    }),
  });
  const map = figure("", say(language, "planeMarks"), (state, width) =>
    planeChart(plane, groups, state, width),
  );
  const gap = figure(say(language, "trueLoss"), say(language, "gapNote"), (state, width) =>
    gapChart(plane, groups, state, width),
  );
  const perRun = groups.flatMap((group) => {
    const paths = group.places.flatMap((place) => plane.paths[place] ?? []);
    const gaps = paths.flatMap((path) =>
      path.loss.map((loss, i) => Math.log10(loss) - Math.log10(path.planeLoss[i] ?? Number.NaN)),
    );
    const typical = rootMeanSquare(gaps);
    const distance = Math.max(0, ...paths.flatMap((path) => path.distance));
    if (typical === null) return [];
    const values = { factor: number(10 ** typical), distance: number(distance) };
    return [h("li", {}, h("b", {}, shortName(language, group)), say(language, "gapRun", values))];
  });
  const rampPlace = h("div");
  const element = h(
    "section",
    {},
    h("h2", {}, say(language, "plane")),
    h("p", {}, text),
    legend(
      groups.filter((group) => group.places.some((place) => plane.paths[place])),
      language,
    ),
    h(
      "div",
      { class: "plane" },
      h("div", {}, map.element, rampPlace),
      h(
        "div",
        {},
        h("h3", {}, say(language, "gap")),
        h(
          "p",
          { class: "note" },
          say(language, "gapText", { factor: ratio(10 ** plane.gap), gap: number(plane.gap) }),
        ),
        gap.element,
        h("ul", { class: "per-run" }, perRun),
      ),
    ),
  );
  const ramp: Slot = { place: rampPlace, draw: (state) => contourRamp(plane, state) };
  return { element, slots: [map.slot, gap.slot, ramp] };
}

/** The table of runs. */
export function tableSection({ race, groups, language }: Scene): Section {
  const seeds = seedCount(race);
  const element = h(
    "section",
    {},
    h("h2", {}, say(language, "table")),
    seeds > 1 ? h("p", { class: "note" }, say(language, "tableNote", { seeds })) : null,
    runTable(race, groups, language),
    h("p", { class: "note" }, say(language, "jitterNote")),
  );
  return { element, slots: [] };
}

/** The noise of the gradient; null when it was not measured. */
export function noiseSection({ race, groups, language }: Scene): Section | null {
  const measured = (run: RaceRun): boolean =>
    run.gradientNoise !== null && run.gradientNoise.updates.length > 0;
  const first = race.runs.find(measured)?.gradientNoise;
  if (!first) return null;
  const figures = (["relativeError", "cosine"] as const).map((part) => {
    const name = say(language, part);
    return figure(name, "", (state, width) => noiseChart(groups, part, name, state, width));
  });
  const full = groups.some((group) => group.regime === "full batch");
  const element = h(
    "section",
    {},
    h("h2", {}, say(language, "noise")),
    h(
      "p",
      {},
      say(language, "noiseText", { batches: first.batches }),
      full ? ` ${say(language, "noiseFull")}` : null,
    ),
    legend(
      groups.filter((group) => group.runs.some(measured)),
      language,
    ),
    h(
      "div",
      { class: "charts two" },
      figures.map((one) => one.element),
    ),
  );
  return { element, slots: figures.map((one) => one.slot) };
}

/** The searches for the learning rate; null when there were none. */
export function ratesSection({ race, groups, language }: Scene): Section | null {
  if (race.learningRates.length === 0) return null;
  const spent = race.learningRates.flatMap((search) => search.trials.map((trial) => trial.seconds));
  const seconds = spent.reduce((sum, value) => sum + value, 0);
  const chart = figure(say(language, "lossOfTrial"), "", (state, width) =>
    ratesChart(race, groups, state, width),
  );
  const cost = say(language, "trialCost", { seconds: formats(language).seconds(seconds) });
  const element = h(
    "section",
    {},
    h("h2", {}, say(language, "rates")),
    h("p", {}, `${say(language, "ratesText")} ${cost}`),
    legend(
      groups.filter((group) => group.engine === "onnx"),
      language,
    ),
    chart.element,
  );
  return { element, slots: [chart.slot] };
}
