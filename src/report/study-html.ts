/** @file The page of a study: one self-contained HTML file. */
import type { Bilingual, Study, Verdict } from "../advisor/study/study.ts";
import { formats } from "./format.ts";
import { escapeHtml, htmlPage } from "./html-page.ts";
import { type Language, languages, say, type TextKey } from "./text.ts";

/** What the page holds, as JSON in an element with the id `report-data`. */
export interface StudyData {
  readonly study: Study;
  /** The command that made it; null when it was made by a program. */
  readonly command: string | null;
  /** The language the page opens in; null: the reader's own. */
  readonly language: Language | null;
}

/** Options of `renderStudy`. */
export interface StudyPageOptions {
  readonly command?: string;
  readonly language?: Language;
}

/**
 * The page of a study: one HTML file without any request.
 *
 * @param script the bundled program of the page, from `pageScript("study")` of `page-script.node.ts`
 * @example
 * await writeFile("study.html", renderStudy(study, await pageScript("study"), { command: "minibatch study mnist" }));
 */
export function renderStudy(study: Study, script: string, options: StudyPageOptions = {}): string {
  const { command = null, language = null } = options;
  const data: StudyData = { study, command, language };
  const first = language ?? "en";
  return htmlPage({
    language: first,
    title: say(first, "studyTitle", { data: study.data.name }),
    version: study.environment.minibatch,
    data,
    script,
    withoutScript: withoutScript(study),
  });
}

const words: Readonly<Record<Verdict, TextKey>> = {
  holds: "studyHolds",
  "does not hold": "studyNot",
  "cannot tell": "studyUnknown",
};

/** A verdict in a language. */
export const verdictWord = (language: Language, verdict: Verdict): string =>
  say(language, words[verdict]);

/** How many claims hold, in one sentence. */
export function studyHead(language: Language, { claims }: Pick<Study, "claims">): string {
  const [first, ...more] = claims;
  if (first === undefined) return say(language, "studyNone");
  if (more.length === 0)
    return say(language, "studyOne", { verdict: verdictWord(language, first.verdict) });
  const counted = (verdict: Verdict) => claims.filter((claim) => claim.verdict === verdict).length;
  const [holds, not] = [counted("holds"), counted("does not hold")];
  return say(language, "studyHead", {
    total: claims.length,
    holds: say(language, holds === 1 ? "studyHoldOne" : "studyHold", { count: holds }),
    not: say(language, not === 1 ? "studyDoNotOne" : "studyDoNot", { count: not }),
    unknown: counted("cannot tell"),
  });
}

/** What was studied, how long, and whether it was stopped. */
export function studyHow(language: Language, study: Study): readonly string[] {
  const { count, seconds } = formats(language);
  const { data, model, optimizer } = study;
  const how = say(language, "studyHow", {
    model: model.text,
    parameters: count(model.parameters),
    training: count(data.training),
    validation: count(data.validation),
    optimizer:
      optimizer === "sgd"
        ? say(language, "studyPlain")
        : say(language, "studyOptimizer", { name: optimizer }),
    seeds: study.seeds,
    seed: study.seed,
    seconds: seconds(study.seconds),
  });
  return study.complete ? [how] : [how, say(language, "studyStopped")];
}

/** A text of both languages in one of them. */
export const inLanguage = (language: Language, text: Bilingual): string => text[language];

function withoutScript(study: Study): string {
  return languages
    .map((language) => {
      const lang = language === "en" ? "en" : "zh-Hans";
      const items = study.claims.map(
        ({ claim, verdict, evidence }) =>
          `<li>${escapeHtml(`${claim[language]}: ${verdictWord(language, verdict)}. ${evidence.summary[language]}`)}</li>`,
      );
      return `<section lang="${lang}"><h1>${escapeHtml(studyHead(language, study))}</h1>
<ul>${items.join("\n")}</ul><p>${say(language, "noScript")}</p></section>`;
    })
    .join("\n");
}
