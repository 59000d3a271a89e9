/** @file The sections of the page, top to bottom, as elements with places for the charts. */
import type { Race, RaceRun } from "../../advisor/race.ts";
import { findings } from "../findings.ts";
import type { Finding } from "../findings-common.ts";
import type { Quantity } from "../curves.ts";
import { formats } from "../format.ts";
import { seedCount, madeApart, type Group } from "../groups.ts";
import { shortName, targetIsLoss } from "../labels.ts";
import { metricOf } from "../runs-apart.ts";
import { rootMeanSquare } from "../statistics.ts";
import { type Language, metricName, say, sentences } from "../text.ts";
import { curveChart, isOfError, isSmoothed, type CurveChart } from "./curve-chart.ts";
import { h, type Child } from "./dom.ts";
import { figure, type Section, type Slot } from "./figure.ts";
import { swatch } from "./look.ts";
import { gapChart, noiseChart, ratesChart } from "./other-charts.ts";
import { contourRamp, planeChart } from "./plane-chart.ts";
import { runTable } from "./run-table.ts";

/** What the sections draw from. */
export interface Scene {
  readonly race: Race;
  readonly groups: readonly Group[];
  readonly language: Language;
}

/** The outcome in words. */
export function findingsSection({ race, language }: Scene): Section {
  const apart = madeApart(race);
  const found = findings(race);
  const written = ({ text }: Finding): string =>
    apart ? withoutBreaks(text[language]) : text[language];
  const of = (tone: Finding["tone"]): readonly Finding[] =>
    found.filter((one) => one.tone === tone);
  const items = (list: readonly Finding[]): readonly Element[] =>
    list.map((one) => h("li", {}, apart ? written(one) : withOptions(written(one))));
  const block = (name: string, title: string, list: readonly Finding[]): Element | null =>
    list.length === 0
      ? null
      : h("div", { class: name }, h("h3", {}, title), h("ul", {}, items(list)));
  const element = h(
    "section",
    {},
    h("h1", {}, of("headline").map(written).join(" ")),
    h(
      "div",
      { class: `findings${of("caution").length === 0 || of("fact").length === 0 ? " plain" : ""}` },
      h("ul", { class: "details" }, items(of("detail"))),
      block("facts", say(language, apart ? "runsWhat" : "why"), of("fact")),
      block("cautions", say(language, "cautions"), of("caution")),
    ),
  );
  return { element, slots: [] };
}

/** Names of runs have hyphens, at which no line is to end. */
function withoutBreaks(text: string): string {
  return text.replace(/-(?=\S)/g, "-\u2060");
}

/** Options of the command line each on one line: browsers end one after any hyphen. */
function withOptions(text: string): readonly Child[] {
  return text
    .split(/(--[a-z-]+ \w+)/)
    .map((part) => (part.startsWith("--") ? h("span", { class: "option" }, part) : part));
}

const quantities = ["validationMetric", "validationLoss", "trainLoss"] as const;

/** Whether there is a view of the curves in which they are smoothed; the horizontal axis does not matter. */
function maySmooth(curves: Pick<CurveChart, "race" | "groups" | "quantity">): boolean {
  return (["linear", "log"] as const).some((yScale) =>
    isSmoothed({ ...curves, state: { axis: "updates", xScale: "linear", yScale } }),
  );
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
  const figures = quantities.map((quantity) => {
    const goal =
      (quantity === "validationLoss") === onLoss && quantity !== "trainLoss" ? target : null;
    const name = names[quantity];
    const curves = { race, groups: measuredBy(race, groups, quantity), quantity };
    return figure({
      title: (state) =>
        [
          quantity === "validationMetric" && isOfError(race, state)
            ? say(language, "ofError", { name })
            : name,
          ...(isSmoothed({ ...curves, state }) ? [say(language, "smoothed")] : []),
        ].join(language === "en" ? ", " : "，"),
      draw: (state, width) => curveChart({ ...curves, name, target: goal, state }, width),
    });
  });
  const seeds = seedCount(race);
  const apart = madeApart(race);
  const notes = [
    seeds > 1 ? say(language, "bandNote", { seeds }) : "",
    quantities.some((quantity) => maySmooth({ race, groups, quantity }))
      ? say(language, "smoothNote")
      : "",
    `${names.trainLoss}${language === "en" ? ": " : "："}${say(language, apart ? "runsTrainLoss" : "trainLossNote")}`,
    apart ? "" : say(language, "logNote"),
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
    h("p", { class: "note" }, sentences(language, notes)),
  );
  return { element, slots: figures.map((one) => one.slot) };
}

/** The groups that a chart is about: not those with another metric. */
function measuredBy(race: Race, groups: readonly Group[], quantity: Quantity): readonly Group[] {
  if (quantity !== "validationMetric") return groups;
  return groups.filter((group) => metricOf(race, group) === race.metric.name);
}

/** A legend without switches, repeated where the charts are far from the first one. */
export function legend(groups: readonly Group[], language: Language): Element {
  const keys = groups.map((group) =>
    h("li", {}, h("span", {}, swatch(group), shortName(language, group))),
  );
  return h("ul", { class: "keys" }, keys);
}

/** From this factor between true loss and plane loss on, the contours say little about the runs. */
const poorGap = 3;

/** The descent paths on the plane, and how far the plane can be trusted. */
export function planeSection({ race, groups, language }: Scene): Section | null {
  const { plane } = race;
  if (plane === null) return null;
  const { percent, count, number, ratio } = formats(language);
  const [first, second] = plane.explained;
  const share = (value: number): string => percent(Number(value.toFixed(2)));
  const seeds = (runs: readonly RaceRun[]): number => new Set(runs.map(({ seed }) => seed)).size;
  const partly = seeds(race.runs.filter((_, i) => plane.paths[i])) < seeds(race.runs);
  const text = say(language, "planeText", {
    runs: say(language, partly ? "planeFirstSeed" : "planeAllRuns"),
    explained: share(first + second),
    first: share(first),
    second: share(second),
    examples: say(language, plane.allExamples ? "allExamples" : "someExamples", {
      count: count(plane.examples),
    }),
  });
  const map = figure({
    title: null,
    note: sentences(language, [
      say(language, "planeMarks"),
      partly ? say(language, "planeOtherSeeds") : "",
    ]),
    draw: (state, width) => planeChart(plane, groups, state, width),
    paper: 430,
  });
  const gap = figure({
    title: say(language, "trueLoss"),
    note: say(language, "gapNote"),
    draw: (state, width) => gapChart(plane, groups, state, width),
    paper: 250,
  });
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
    { class: "together" },
    h("h2", {}, say(language, "plane")),
    h("p", {}, text),
    legend(
      groups.filter((group) => group.places.some((place) => plane.paths[place])),
      language,
    ),
    h(
      "div",
      { class: "plane" },
      h("div", {}, map.element, rampPlace, h("ul", { class: "per-run" }, perRun)),
      h(
        "div",
        {},
        h("h3", {}, say(language, "gap")),
        h(
          "p",
          { class: "note" },
          sentences(language, [
            say(language, "gapText", { factor: ratio(10 ** plane.gap), gap: number(plane.gap) }),
            10 ** plane.gap > poorGap ? say(language, "gapPoor") : "",
          ]),
        ),
        gap.element,
      ),
    ),
  );
  const ramp: Slot = { place: rampPlace, draw: (state) => contourRamp(plane, state), paper: 0 };
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
    h("p", { class: "note" }, say(language, madeApart(race) ? "runsJitter" : "jitterNote")),
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
    return figure({
      title: name,
      draw: (state, width) => noiseChart(groups, part, name, state, width),
    });
  });
  const full = groups.some((group) => group.regime === "full batch");
  const notes = [
    say(language, "noiseText", { batches: first.batches }),
    full ? say(language, "noiseFull") : "",
    seedCount(race) > 1 ? say(language, "noiseSeeds") : "",
  ];
  const element = h(
    "section",
    { class: "together" },
    h("h2", {}, say(language, "noise")),
    h("p", {}, sentences(language, notes)),
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
  const chart = figure({
    title: say(language, "lossOfTrial"),
    draw: (state, width) => ratesChart(race, groups, state, width),
    paper: 560,
  });
  const cost = say(language, "trialCost", { seconds: formats(language).seconds(seconds) });
  const element = h(
    "section",
    { class: "together" },
    h("h2", {}, say(language, "rates")),
    h("p", {}, sentences(language, [say(language, "ratesText"), cost])),
    legend(
      groups.filter((group) => group.engine === "onnx"),
      language,
    ),
    h("div", { class: "single" }, chart.element),
  );
  return { element, slots: [chart.slot] };
}
