/** @file The sections of the page of advice, top to bottom. */
import * as Plot from "@observablehq/plot";
import { adviceTarget, adviceWords, threadsName } from "../advice-words.ts";
import { formats } from "../format.ts";
import { say } from "../text.ts";
import type { TuneData } from "../tune-html.ts";
import { h, type Child } from "./dom.ts";
import { exampleList } from "./example-images.ts";
import { figure, type FigureOptions, type Section } from "./figure.ts";
import { lineSwatch, lookAt, marker, swatchOf } from "./look.ts";
import { looks, speedChart, threadCounts, timeChart, updatesChart } from "./tune-charts.ts";
import type { TuneScene } from "./tune-axes.ts";
import { estimatesChart, memoryChart, noiseLooks, pilotChart } from "./tune-other-charts.ts";
import { estimatesTable, layersTable, pointsTable, runsTable } from "./tune-tables.ts";

/** A legend. */
function keys(entries: readonly (readonly [swatch: Element, text: string])[]): Element {
  return h(
    "ul",
    { class: "keys" },
    entries.map(([swatch, text]) => h("li", {}, h("span", {}, swatch, text))),
  );
}

/** A line in its band. */
function bandSwatch(): Element {
  const { color } = looks.predicted;
  const ends = [{ x: 0 }, { x: 2 }];
  return swatchOf([
    Plot.areaY(ends, { x: "x", y1: -0.9, y2: 0.9, fill: color, fillOpacity: 0.2 }),
    Plot.line(ends, { x: "x", y: 0, stroke: color, strokeWidth: 2 }),
  ]);
}

/** A section with its title. */
export function titled(
  title: string,
  children: readonly Child[],
  figures: readonly Figure[] = [],
): Section {
  const element = h("section", {}, h("h2", {}, title), children);
  return { element, slots: figures.map(({ slot }) => slot) };
}

type Figure = ReturnType<typeof figure>;

function charts(figures: readonly Figure[]): Element {
  return h(
    "div",
    { class: "charts two" },
    figures.map(({ element }) => element),
  );
}

function drawn(
  scene: TuneScene,
  title: FigureOptions["title"],
  draw: (scene: TuneScene, width: number) => Element,
  paper?: number,
): Figure {
  return figure({
    title,
    draw: (_state, width) => draw(scene, width),
    ...(paper === undefined ? {} : { paper }),
  });
}

/** The recommendation in words. */
export function wordsSection({ advice, language }: TuneScene): Section {
  const { headline, details, facts, cautions } = adviceWords(language, advice);
  const items = (list: readonly string[]): readonly Element[] =>
    list.map((text) => h("li", {}, text));
  const block = (name: string, title: string, list: readonly string[]): Element | null =>
    list.length === 0
      ? null
      : h("div", { class: name }, h("h3", {}, title), h("ul", {}, items(list)));
  const element = h(
    "section",
    {},
    h("h1", {}, headline),
    h(
      "div",
      { class: `findings${cautions.length === 0 || facts.length === 0 ? " plain" : ""}` },
      h("ul", { class: "details" }, items(details)),
      block("facts", say(language, "why"), facts),
      block("cautions", say(language, "cautions"), cautions),
    ),
  );
  return { element, slots: [] };
}

/** Seconds to the target, and the two curves that are multiplied; null when there is nothing to draw. */
export function timeSection(scene: TuneScene): Section | null {
  const { advice, language } = scene;
  const { prediction, throughput, verification } = advice;
  const speed = drawn(scene, say(language, "tuneSpeed"), speedChart);
  const speedKeys = keys(
    threadCounts(scene).map((threads, place) => [
      lineSwatch(lookAt(place)),
      threadsName(language, threads),
    ]),
  );
  speed.element.insertBefore(speedKeys, speed.slot.place);
  if (prediction.points.length === 0) {
    if (throughput.points.length === 0) return null;
    return titled(say(language, "tuneSpeed"), [charts([speed])], [speed]);
  }
  const main = drawn(scene, null, timeChart, 640);
  const updates = drawn(scene, say(language, "tuneUpdates"), updatesChart);
  const dot = (look: typeof looks.other, r: number) =>
    swatchOf([Plot.dot([[1, 0]], marker(look, r))]);
  const legend = keys([
    [bandSwatch(), say(language, "tuneKeyPredicted")],
    [dot(looks.predicted, 4.5), say(language, "tuneKeySearch")],
    [dot(looks.other, 3), say(language, "tuneKeyOther")],
    ...(verification === null
      ? []
      : [[dot(looks.verified, 6), say(language, "tuneKeyVerified")] as const]),
  ]);
  const text = say(language, "tuneTimeText", { target: adviceTarget(language, advice) });
  return titled(
    say(language, "tuneTime"),
    [
      h("p", {}, text),
      legend,
      h("div", { class: "main-chart" }, main.element),
      charts([updates, speed]),
    ],
    [main, updates, speed],
  );
}

/** Every batch size in numbers. */
export function pointsSection(scene: TuneScene): Section | null {
  if (scene.advice.prediction.points.length === 0) return null;
  return titled(say(scene.language, "tuneTable"), [pointsTable(scene)]);
}

/** Memory against batch size. */
export function memorySection(scene: TuneScene): Section | null {
  const { advice, language } = scene;
  const { points } = advice.memory;
  if (points.length === 0) return null;
  const chart = drawn(scene, null, memoryChart, 560);
  const parts = points.find(({ batchSize, microBatch }) => microBatch < batchSize);
  const { count } = formats(language);
  return titled(
    say(language, "tuneMemory"),
    [
      h("p", {}, say(language, "tuneMemoryText")),
      parts === undefined
        ? null
        : h("p", {}, say(language, "tuneMemoryMicro", { size: count(parts.batchSize) })),
      keys([
        [lineSwatch(lookAt(0)), say(language, "tuneKeyMemory")],
        [swatchOf([Plot.dot([[1, 0]], marker(lookAt(1), 4))]), say(language, "tuneKeyMeasured")],
      ]),
      h("div", { class: "single" }, chart.element),
    ],
    [chart],
  );
}

/** Noise along the pilot, and what it says of the critical batch size. */
export function noiseSection(scene: TuneScene): Section | null {
  const { advice, language } = scene;
  const { noise } = advice;
  const { pilot, estimates } = noise;
  if (pilot === null && estimates.length === 0) return null;
  const figures = [
    ...(pilot === null ? [] : [drawn(scene, say(language, "tunePilot"), pilotChart)]),
    ...(estimates.length === 0
      ? []
      : [drawn(scene, say(language, "tuneEstimates"), estimatesChart)]),
  ];
  const { count, number } = formats(language);
  return titled(
    say(language, "tuneNoise"),
    [
      pilot === null
        ? null
        : h(
            "p",
            {},
            say(language, "tuneNoiseText", {
              updates: count(pilot.updates),
              size: count(pilot.batchSize),
              rate: number(pilot.learningRate),
            }),
          ),
      pilot === null
        ? null
        : keys([
            [lineSwatch(noiseLooks.simple), say(language, "tuneSimple")],
            [lineSwatch(noiseLooks.curvature), say(language, "tuneCurvature")],
          ]),
      charts(figures),
      ...(estimates.length === 0
        ? []
        : [estimatesTable(scene), h("p", { class: "note" }, say(language, "tuneErrorNote"))]),
    ],
    figures,
  );
}

/** Where the noise is: arrays of parameters, and single examples. */
export function sourcesSection(scene: TuneScene, data: TuneData): readonly Section[] {
  const { advice, language } = scene;
  const { parameters, top } = advice.noise;
  return [
    ...(parameters.length === 0
      ? []
      : [
          titled(say(language, "tuneLayers"), [
            h("p", {}, say(language, "tuneLayersText")),
            layersTable(scene),
          ]),
        ]),
    ...(top.length === 0
      ? []
      : [
          titled(say(language, "tuneTop"), [
            h("p", {}, say(language, "tuneTopText")),
            exampleList(scene, data.examples),
          ]),
        ]),
  ];
}

/** All runs. */
export function runsSection(scene: TuneScene): Section | null {
  const { advice, language } = scene;
  const made = advice.prediction.runs.length + (advice.verification?.runs.length ?? 0);
  if (made === 0) return null;
  return titled(say(language, "tuneRuns"), [
    h("p", { class: "note" }, say(language, "tuneRunsText")),
    h(
      "details",
      {},
      h("summary", {}, say(language, "tuneRunsOpen", { count: formats(language).count(made) })),
      runsTable(scene),
    ),
  ]);
}
