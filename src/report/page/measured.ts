/** @file The sections without charts: engines side by side, how it was measured, the data. */
import type { EngineComparison, Race } from "../../advisor/race.ts";
import { formats } from "../format.ts";
import { over, madeApart } from "../groups.ts";
import type { ReportData } from "../html.ts";
import { shortName, targetName } from "../labels.ts";
import { preparationText } from "../preparation.ts";
import { distinct } from "../runs-apart.ts";
import { summary } from "../statistics.ts";
import { type Language, list, metricName, say, type TextKey } from "../text.ts";
import { h } from "./dom.ts";
import type { Section } from "./figure.ts";
import type { Scene } from "./sections.ts";

/** Regime against vectorisation; null when only one engine ran. */
export function enginesSection({ race, groups, language }: Scene): Section | null {
  if (race.engines.length === 0) return null;
  const head = [
    "quantity",
    "rowUpdates",
    "engineVectorised",
    "engineLoops",
    "engineRatio",
    "engineDifference",
  ] as const;
  const sizes = [...new Set(race.engines.map((row) => row.batchSize))].sort((a, b) => a - b);
  const element = h(
    "section",
    {},
    h("h2", {}, say(language, "engines")),
    h("p", {}, say(language, "enginesText")),
    h(
      "div",
      {
        class: "scroll heads",
        tabindex: 0,
        role: "region",
        "aria-label": say(language, "engines"),
      },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.map((key) => h("th", { scope: "col" }, say(language, key))),
          ),
        ),
        h(
          "tbody",
          {},
          sizes.map((size) => engineRow(size, { race, groups, language })),
        ),
      ),
    ),
  );
  return { element, slots: [] };
}

function engineRow(size: number, { race, groups, language }: Scene): Element {
  const rows = race.engines.filter((row) => row.batchSize === size);
  const of = (pick: (row: EngineComparison) => number): number =>
    summary(rows.map(pick))?.mean ?? Number.NaN;
  const { count, ratio, number, seconds } = formats(language);
  const time = (engine: "onnx" | "loops"): string => {
    const group = groups.find((one) => one.batchSize === size && one.engine === engine);
    const used = group && over(group, (run) => run.seconds / run.updates)?.mean;
    return used === undefined ? "–" : seconds(used);
  };
  const group = groups.find((one) => one.batchSize === size && one.engine === "onnx");
  const largest = summary(rows.map((row) => row.largestDifference))?.greatest ?? Number.NaN;
  const cells = [
    count(of((row) => row.updates)),
    time("onnx"),
    time("loops"),
    ratio(of((row) => row.timeRatio)),
    number(largest),
  ];
  const name = group === undefined ? count(size) : shortName(language, group);
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    cells.map((cell) => h("td", {}, cell)),
  );
}

/** How the race was measured, for the record and for who wants to repeat it. */
export function measuredSection(
  { race, language }: Scene,
  data: ReportData,
  json: string,
): Section {
  const { seconds } = formats(language);
  const total = (pick: "evaluationSeconds" | "compileSeconds"): string =>
    seconds(race.runs.reduce((sum, run) => sum + run[pick], 0));
  const clock = say(language, "fairClock", {
    evaluation: total("evaluationSeconds"),
    compile: total("compileSeconds"),
  });
  const apart = madeApart(race);
  const rows = apart
    ? apartRows(race, language)
    : [...subjectRows(race, language), ...recordRows(race, language)];
  const notes = apart
    ? [say(language, "runsClock")]
    : [say(language, "fairStart"), clock, say(language, "fairAxis")];
  const element = h(
    "section",
    {},
    h("h2", {}, say(language, "measured")),
    notes.map((note) => h("p", {}, note)),
    h(
      "dl",
      {},
      rows.map(([key, value]) => [h("dt", {}, say(language, key)), h("dd", {}, value)]),
      data.command === null
        ? null
        : [h("dt", {}, say(language, "command")), h("dd", {}, h("code", {}, data.command))],
    ),
    h("p", { class: "screen" }, download(race, language, json)),
    h("footer", {}, say(language, "madeBy", { version: race.environment.minibatch })),
  );
  return { element, slots: [] };
}

type Rows = readonly (readonly [TextKey, string])[];

/** The facts of all runs that were made apart, each said once. */
function apartRows({ runs }: Race, language: Language): Rows {
  const rows = runs.flatMap(({ origin, seed }): Rows =>
    origin === undefined
      ? []
      : [
          ...subjectRows(origin, language),
          ["seeds", String(seed)],
          ["threads", String(origin.threads)],
          ["environment", environmentText(origin)],
          ["date", date(origin.environment.date, language)],
        ],
  );
  const keys = distinct(rows.map(([key]) => key));
  const separator = language === "en" ? "; " : "；";
  return keys.map((key) => {
    const values = distinct(rows.filter(([other]) => other === key).map(([, value]) => value));
    return [key, values.join(separator)] as const;
  });
}

type Subject = Pick<Race, "data" | "model" | "loss" | "optimizer" | "dtype">;

function subjectRows(race: Subject, language: Language): Rows {
  const { count } = formats(language);
  const { data, model } = race;
  const rows: [TextKey, string | null][] = [
    [
      "data",
      say(language, "dataValue", {
        name: data.name,
        training: count(data.training),
        validation: count(data.validation),
      }),
    ],
    ["source", data.source],
    ["rows", data.preparation === undefined ? null : preparationText(language, data.preparation)],
    [
      "stored",
      data.stored === undefined
        ? null
        : say(language, "storedValue", { count: count(data.stored.windowRows) }),
    ],
    [
      "model",
      say(language, "modelValue", { text: model.text, parameters: count(model.parameters) }),
    ],
    ["loss", metricName(language, race.loss)],
    ["optimizer", race.optimizer],
    ["precision", race.dtype],
  ];
  return rows.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
}

function recordRows(race: Race, language: Language): Rows {
  const { environment } = race;
  const seeds = [...new Set([race.seed, ...race.runs.map((run) => run.seed)])];
  const separator = language === "en" ? ", " : "、";
  return [
    ["seeds", seeds.join(separator)],
    ["threads", String(race.threads)],
    ["budgetRow", budget(race, language)],
    ...(race.target === null ? [] : [["targetRow", targetName(language, race.target)] as const]),
    ["environment", environmentText(race)],
    ["date", date(environment.date, language)],
  ];
}

function environmentText({ environment }: Pick<Race, "environment">): string {
  const { machine, runtime, minibatch } = environment;
  return [machine, runtime, `minibatch ${minibatch}`].join("; ");
}

function budget({ budget: limits }: Race, language: Language): string {
  const { count, number, seconds } = formats(language);
  const unit = (value: number | null, key: TextKey): readonly string[] =>
    value === null
      ? []
      : [`${(Number.isInteger(value) ? count : number)(value)} ${say(language, key)}`];
  const parts = [
    ...unit(limits.epochs, "epochs"),
    ...unit(limits.updates, "updates"),
    ...unit(limits.examples, "examples"),
    ...(limits.seconds === null ? [] : [seconds(limits.seconds)]),
  ];
  if (parts.length === 0) return say(language, "budgetNone");
  return parts.length === 1
    ? parts.join()
    : say(language, "budgetEither", { parts: list(language, parts) });
}

function date(text: string, language: Language): string {
  const when = new Date(text);
  if (Number.isNaN(when.getTime())) return text;
  const locale = language === "en" ? "en-GB" : "zh-CN";
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(when);
}

/** A link that hands over the embedded data as a file. */
function download(race: Race, language: Language, json: string): Element {
  const href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  const name = race.data.name.replace(/[^\w-]+/g, "-");
  const what = madeApart(race) ? "runs" : "race";
  return h("a", { href, download: `${what}-${name}.json` }, say(language, "download"));
}
