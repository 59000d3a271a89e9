/** @file The table of runs: quantities down, batch sizes across. */
import type { Race, RaceRun } from "../../advisor/race.ts";
import { sizesText } from "../batch-sizes.ts";
import { cost, reachedCount } from "../findings-common.ts";
import { noiseOf } from "../findings-facts.ts";
import { type Formats, formats, type Formatter, range } from "../format.ts";
import { over, madeApart, type Group } from "../groups.ts";
import { shortName, targetName } from "../labels.ts";
import { clustersOf, distinct, metricOf } from "../runs-apart.ts";
import { median, type Summary, summary } from "../statistics.ts";
import { type Language, metricName, say, type TextKey } from "../text.ts";
import { h } from "./dom.ts";
import { swatch } from "./look.ts";

/** One row: a quantity of each group. */
interface Row {
  readonly name: string;
  readonly cell: (group: Group) => Summary | string | null;
  readonly format: Formatter;
  /** Which value is marked as the best. */
  readonly better?: "higher" | "lower";
  /** Begins a part of the table. */
  readonly part?: boolean;
  /** Its cells are words, which may go over several lines. */
  readonly words?: boolean;
}

/** The table of all groups, in a box that scrolls sideways. */
export function runTable(race: Race, groups: readonly Group[], language: Language): Element {
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, say(language, madeApart(race) ? "runsQuantity" : "quantity")),
    groups.map((group) =>
      h("th", { scope: "col" }, swatch(group), h("br"), shortName(language, group)),
    ),
  );
  // Of runs on different data no value is better than another.
  const isRanked = clustersOf(groups).length <= 1;
  const body = rows(race, groups, language).map((row) => tableRow(row, groups, isRanked));
  const wide = groups.length > 6 ? " wide" : "";
  return h(
    "div",
    {
      class: `scroll${wide}`,
      tabindex: 0,
      role: "region",
      "aria-label": say(language, "tableScroll"),
    },
    h("table", { id: "runs" }, h("thead", {}, head), h("tbody", {}, body)),
  );
}

function tableRow(row: Row, groups: readonly Group[], isRanked: boolean): Element {
  const cells = groups.map(row.cell);
  const best = isRanked ? bestText(row, cells) : null;
  return h(
    "tr",
    row.part === true ? { class: "part" } : {},
    h("th", { scope: "row" }, row.name),
    cells.map((cell) => {
      if (cell === null) return h("td", {}, "–");
      if (typeof cell === "string")
        return h("td", row.words === true ? { class: "words" } : {}, cell);
      const spread = range(cell, row.format);
      return h(
        "td",
        row.format(cell.mean) === best ? { class: "best" } : {},
        row.format(cell.mean),
        spread === "" ? null : h("small", {}, spread),
      );
    }),
  );
}

/** The best value as it is written; null when there is none, or when all are written alike. */
function bestText(row: Row, cells: readonly (Summary | string | null)[]): string | null {
  if (row.better === undefined) return null;
  const means = cells.flatMap((cell) =>
    cell === null || typeof cell === "string" ? [] : [cell.mean],
  );
  const best = row.better === "lower" ? Math.min(...means) : Math.max(...means);
  const texts = new Set(means.map(row.format));
  return texts.size < 2 ? null : row.format(best);
}

function rows(race: Race, groups: readonly Group[], language: Language): readonly Row[] {
  const format = formats(language);
  const all = [
    ...(madeApart(race) ? originRows(race, language) : []),
    ...budgetRows(language, format),
    ...targetRows(race, language, format),
    runRow(language, "rowTrainLoss", (run) => run.trainLoss, format.number, {
      better: "lower",
      part: true,
    }),
    runRow(language, "rowValidationLoss", (run) => run.validationLoss, format.number, {
      better: "lower",
    }),
    ...metricRows(race, groups, language),
    runRow(language, "rowSamples", (run) => run.samplesPerSecond, format.count, {
      better: "higher",
      part: true,
    }),
    runRow(language, "rowMemory", (run) => run.memoryBytes, format.bytes),
    ...noiseRows(language, format),
    runRow(language, "rowEvaluation", (run) => run.evaluationSeconds, format.seconds, {
      part: true,
    }),
    runRow(language, "rowCompile", (run) => run.compileSeconds, format.seconds),
    {
      name: say(language, "rowStatus"),
      cell: (group: Group) => statuses(group, language),
      format: String,
    },
  ];
  return all.filter((row) => groups.some((group) => row.cell(group) !== null));
}

/** A row for each metric, which runs that were made apart may have several of. */
function metricRows(race: Race, groups: readonly Group[], language: Language): readonly Row[] {
  const metrics = distinct(groups.map((group) => metricOf(race, group)));
  return (metrics.length === 0 ? [race.metric.name] : metrics).map((name) => {
    const of = groups.find((group) => metricOf(race, group) === name);
    const better = of?.runs[0]?.origin?.metric.better ?? race.metric.better;
    return {
      name: say(language, "rowMetric", { metric: metricName(language, name) }),
      cell: (group) =>
        metricOf(race, group) === name ? over(group, (run) => run.validationMetric) : null,
      format: formats(language).metric(name),
      better,
    };
  });
}

type OriginText = (run: RaceRun, format: Formats, language: Language) => string;

const originParts: readonly (readonly [TextKey, OriginText])[] = [
  ["data", ({ origin }) => origin?.data.name ?? "–"],
  ["model", ({ origin }) => origin?.model.text ?? "–"],
  ["loss", ({ origin }, _, language) => metricName(language, origin?.loss ?? "–")],
  ["optimizer", ({ origin }) => origin?.optimizer ?? "–"],
  ["precision", ({ origin }) => origin?.dtype ?? "–"],
  ["rowEngine", ({ engine }) => engine],
  ["threads", ({ origin }) => String(origin?.threads ?? "–")],
  ["rowMachine", ({ origin }) => origin?.environment.machine ?? "–"],
];

/** What the runs are, as far as they differ; batch size and seed in any case. */
function originRows(race: Race, language: Language): readonly Row[] {
  const format = formats(language);
  const row = (key: TextKey, pick: OriginText): Row => ({
    name: say(language, key),
    cell: ({ runs: [run] }) => (run === undefined ? null : pick(run, format, language)),
    format: String,
    words: true,
  });
  const differing = originParts.filter(
    ([, pick]) => distinct(race.runs.map((run) => pick(run, format, language))).length > 1,
  );
  return [
    ...differing.map(([key, pick]) => row(key, pick)),
    row("rowBatch", ({ batchSize, origin }, { count }) =>
      sizesText(origin?.batchSizes ?? [batchSize], count),
    ),
    row("rowSeed", ({ seed }) => String(seed)),
  ];
}

function runRow(
  language: Language,
  key: TextKey,
  pick: (run: RaceRun) => number | null,
  format: Formatter,
  extra: Pick<Row, "better" | "part"> = {},
): Row {
  return { name: say(language, key), cell: (group) => over(group, pick), format, ...extra };
}

function budgetRows(language: Language, { number, count, seconds }: Formats): readonly Row[] {
  return [
    runRow(language, "rowRate", (run) => run.learningRate, number),
    runRow(language, "rowUpdates", (run) => run.updates, count),
    runRow(language, "rowExamples", (run) => run.examples, count),
    runRow(language, "rowEpochs", (run) => run.epochs, number),
    runRow(language, "rowSeconds", (run) => run.seconds, seconds),
  ];
}

function targetRows(race: Race, language: Language, { seconds, count }: Formats): readonly Row[] {
  if (race.target === null) return [];
  const target = targetName(language, race.target);
  const missed = (group: Group): string | null => {
    const reached = reachedCount(group);
    if (reached === group.runs.length) return null;
    if (reached === 0) return say(language, "notReachedCell");
    return say(language, "reachedBy", { reached, seeds: group.runs.length });
  };
  return [
    {
      name: say(language, "rowTarget", { target }),
      cell: (group) => missed(group) ?? cost(group, "seconds"),
      format: seconds,
      better: "lower",
      part: true,
    },
    {
      name: say(language, "rowTargetUpdates"),
      cell: (group) => (missed(group) === null ? cost(group, "updates") : null),
      format: count,
    },
  ];
}

function noiseRows(language: Language, { ratio }: Formats): readonly Row[] {
  const noise =
    (part: "relativeError" | "cosine") =>
    (group: Group): Summary | null =>
      noiseOf(group, part) === null
        ? null
        : summary(group.runs.map((run) => median(run.gradientNoise?.[part] ?? [])));
  return [
    { name: say(language, "rowError"), cell: noise("relativeError"), format: ratio, part: true },
    { name: say(language, "rowCosine"), cell: noise("cosine"), format: ratio },
    runRow(language, "rowJitter", (run) => run.jitter, ratio),
  ];
}

const statusKeys = {
  done: "statusDone",
  target: "statusTarget",
  diverged: "statusDiverged",
  aborted: "statusAborted",
  running: "statusRunning",
  failed: "statusFailed",
} as const;

function statuses(group: Group, language: Language): string {
  const found = [...new Set(group.runs.map((run) => run.status))];
  return found.map((status) => say(language, statusKeys[status])).join(", ");
}
