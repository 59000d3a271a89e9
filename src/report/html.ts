/** @file One self-contained HTML file from a race: nothing in it is fetched. */
import type { Race } from "../advisor/race.ts";
import { findings } from "./findings.ts";
import { escapeHtml, htmlPage } from "./html-page.ts";
import { titleOf } from "./runs-apart.ts";
import { type Language, languages, say } from "./text.ts";

/** What the page holds, as JSON in an element with the id `report-data`. */
export interface ReportData {
  readonly race: Race;
  /** The command that made the race; null when it was made by a program. */
  readonly command: string | null;
  /** The language the page opens in; null: the reader's own. */
  readonly language: Language | null;
}

/** Options of `renderReport`. */
export interface ReportOptions {
  readonly command?: string;
  readonly language?: Language;
}

/**
 * The page of a race: one HTML file without any request.
 *
 * @param pageScript the bundled program of the page, from `pageScript("report")` of `page-script.node.ts`
 * @example
 * await writeFile("report.html", renderReport(race, await pageScript("report"), { command: "minibatch compare mnist" }));
 */
export function renderReport(race: Race, pageScript: string, options: ReportOptions = {}): string {
  const { command = null, language = null } = options;
  const data: ReportData = { race, command, language };
  const first = language ?? "en";
  return htmlPage({
    language: first,
    title: titleOf(first, race),
    version: race.environment.minibatch,
    data,
    script: pageScript,
    withoutScript: withoutScript(race),
  });
}

function withoutScript(race: Race): string {
  const found = findings(race);
  return languages
    .map((language) => {
      const lang = language === "en" ? "en" : "zh-Hans";
      const items = found.map((finding) => `<li>${escapeHtml(finding.text[language])}</li>`);
      return `<section lang="${lang}"><h1>${escapeHtml(titleOf(language, race))}</h1>
<ul>${items.join("\n")}</ul><p>${say(language, "noScript")}</p></section>`;
    })
    .join("\n");
}
