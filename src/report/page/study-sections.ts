/** @file The parts of the page of a study: the outcome, and a card for each claim. */
import type { Claim, Evidence, Study, Verdict } from "../../advisor/study/study.ts";
import { formats } from "../format.ts";
import { inLanguage, studyHead, studyHow, verdictWord, type StudyData } from "../study-html.ts";
import { type Language, say } from "../text.ts";
import { studyWord } from "../text-study.ts";
import { h, type Child } from "./dom.ts";
import { evidenceChart, seriesOf } from "./evidence-chart.ts";
import { figure, type Section } from "./figure.ts";
import { lineSwatch } from "./look.ts";

const signs: Readonly<Record<Verdict, readonly [sign: string, name: string]>> = {
  holds: ["✓", "holds"],
  "does not hold": ["✕", "not"],
  "cannot tell": ["?", "unknown"],
};

/** A verdict as a sign, a word and a colour. */
function badge(language: Language, verdict: Verdict): Element {
  const [sign, name] = signs[verdict];
  return h(
    "span",
    { class: `verdict ${name}` },
    h("span", { "aria-hidden": "true" }, sign),
    verdictWord(language, verdict),
  );
}

/** Words whose equations and differences are not broken over lines. */
const whole = (language: Language, words: Claim["claim"]): string =>
  inLanguage(language, words).replace(/ ([=−]) /g, "\u00a0$1\u00a0");

/** The outcome, and a list of all claims. */
export function outcomeSection(study: Study, language: Language): Section {
  const items = study.claims.map(({ id, number, claim, verdict }) =>
    h(
      "li",
      {},
      badge(language, verdict),
      h("a", { href: `#${id}` }, `${number}. ${whole(language, claim)}`),
    ),
  );
  const element = h(
    "section",
    {},
    h("h1", {}, studyHead(language, study)),
    studyHow(language, study).map((text) => h("p", { class: "note" }, text)),
    h("ul", { class: "contents" }, items),
  );
  // The address holds the language: a plain link would lose it.
  element.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const target = link && element.ownerDocument.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
  });
  return { element, slots: [] };
}

/** One claim: verdict, words, chart, rule and numbers. */
export function claimSection(claim: Claim, language: Language): Section {
  const { id, number, verdict, evidence } = claim;
  const { seconds } = formats(language);
  const drawn =
    evidence.chart === null
      ? null
      : figure({
          title: studyWord(language, evidence.chart.y),
          draw: (_, width) => evidenceChart(evidence, language, width),
          paper: 370,
        });
  const took = say(language, "studyTook", { number, seconds: seconds(claim.seconds) });
  const element = h(
    "section",
    { class: "claim together", id, tabindex: -1 },
    h("p", { class: "note" }, took),
    h("h2", {}, whole(language, claim.claim)),
    h(
      "div",
      { class: drawn === null ? "body alone" : "body" },
      h(
        "div",
        {},
        badge(language, verdict),
        h("p", {}, whole(language, evidence.summary)),
        h(
          "p",
          { class: "note" },
          h("b", {}, `${say(language, "studyRule")} `),
          whole(language, evidence.rule),
        ),
      ),
      drawn === null ? null : h("div", {}, legend(evidence, language), drawn.element),
    ),
    numbers(claim, language),
  );
  return { element, slots: drawn === null ? [] : [drawn.slot] };
}

function legend(evidence: Evidence, language: Language): Element | null {
  const series = seriesOf(evidence);
  const column = evidence.chart?.series ?? null;
  if (column === null || series.length < 2) return null;
  const keys = series.map(({ name, look }) =>
    h("li", {}, h("span", {}, lineSwatch(look), cellText(name, column, language))),
  );
  return h(
    "div",
    {},
    h("div", { class: "legend-title" }, studyWord(language, column)),
    h("ul", { class: "keys" }, keys),
  );
}

/** All numbers, folded away. */
function numbers({ id, evidence }: Claim, language: Language): Child {
  const { rows } = evidence;
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return null;
  const label = say(language, "studyNumbers");
  const head = columns.map((name) => h("th", { scope: "col" }, studyWord(language, name)));
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      columns.map((name, i) => {
        const text = cellText(row[name] ?? null, name, language);
        return i === 0 ? h("th", { scope: "row" }, text) : h("td", {}, text);
      }),
    ),
  );
  return h(
    "details",
    {},
    h("summary", {}, label),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": label },
      h("table", { id: `${id}-numbers` }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)),
    ),
  );
}

const counts = new Set(["batch size", "updates", "expected", "examples", "rows", "starts", "left"]);

function cellText(value: string | number | null, column: string, language: Language): string {
  if (value === null) return "–";
  if (typeof value === "string") return studyWord(language, value);
  const { count, number } = formats(language);
  return (counts.has(column) && Number.isInteger(value) ? count : number)(value);
}

/** What made the page. */
export function madeSection({ study, command }: StudyData, language: Language): Section {
  const { minibatch, runtime, machine, date } = study.environment;
  const lines = [
    ...(command === null ? [] : [say(language, "studyMade", { command })]),
    say(language, "studyEnvironment", {
      ...{ version: minibatch, runtime, machine },
      date: date.slice(0, 16).replace("T", " "),
    }),
  ];
  return {
    element: h(
      "footer",
      {},
      lines.map((line) => h("p", {}, line)),
    ),
    slots: [],
  };
}
