/** @file The frame of every page: one self-contained HTML file, nothing in it is fetched. */
import { style } from "./style.ts";
import type { Language } from "./text.ts";

/** Nothing from outside, and nothing but what stands in the file itself. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; " +
  "base-uri 'none'; form-action 'none'";

/** What a page is made of. */
export interface PageParts {
  /** The language before the page's program runs. */
  readonly language: Language;
  readonly title: string;
  /** Version of the package that writes the page. */
  readonly version: string;
  /** What the program draws, as JSON in an element with the id `report-data`. */
  readonly data: unknown;
  /** The bundled program, from `pageScript(…)` of `page-script.node.ts`; it fills the element with the id `report`. */
  readonly script: string;
  /** HTML for readers without scripts. */
  readonly withoutScript: string;
}

/** The whole page. */
export function htmlPage(parts: PageParts): string {
  const { language, title, version, data, script, withoutScript } = parts;
  return `<!doctype html>
<html lang="${language === "en" ? "en" : "zh-Hans"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="minibatch ${escapeHtml(version)}">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main id="report"></main>
<noscript><main>${withoutScript}</main></noscript>
<script type="application/json" id="report-data">${scriptJson(data)}</script>
<script>${scriptText(script)}</script>
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
