/** @file One self-contained HTML file from a race: nothing in it is fetched. */
import type { Race } from "../advisor/race.ts";
import { findings } from "./findings.ts";
import { titleOf } from "./runs-apart.ts";
import { style } from "./style.ts";
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

/** Nothing from outside, and nothing but what stands in the file itself. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; " +
  "base-uri 'none'; form-action 'none'";

/**
 * The page of a race: one HTML file without any request.
 *
 * @param pageScript the bundled program of the page, from `pageScript()` of `page-script.node.ts`
 * @example
 * await writeFile("report.html", renderReport(race, await pageScript(), { command: "minibatch compare mnist" }));
 */
export function renderReport(race: Race, pageScript: string, options: ReportOptions = {}): string {
  const { command = null, language = null } = options;
  const data: ReportData = { race, command, language };
  const first = language ?? "en";
  return `<!doctype html>
<html lang="${first === "en" ? "en" : "zh-Hans"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="minibatch ${escapeHtml(race.environment.minibatch)}">
<title>${escapeHtml(titleOf(first, race))}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main id="report"></main>
<noscript><main>${withoutScript(race)}</main></noscript>
<script type="application/json" id="report-data">${scriptJson(data)}</script>
<script>${scriptText(pageScript)}</script>
</body>
</html>
`;
}

/** Significant digits of the embedded numbers: what float32 can tell, at half the size of the page. */
const digits = 7;

/** JSON that may stand inside a script element: it holds no `<`, `>`, `&` and no line
 * separators. Numbers keep seven significant digits, and those that are not finite become null. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value, rounded).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(digits))
    : value;
}

/** Text that may stand in HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}

/** A program that may stand inside a script element; only in its strings can the two sequences occur. */
function scriptText(program: string): string {
  return program.replace(/<\/(script)/gi, "<\\/$1").replace(/<!--/g, "\\x3c!--");
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
