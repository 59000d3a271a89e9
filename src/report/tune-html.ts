/** @file The page of advice: one self-contained HTML file. */
import type { Advice } from "../advisor/advice/advice.ts";
import type { Race } from "../advisor/race.ts";
import { adviceTitle, adviceWords } from "./advice-words.ts";
import { escapeHtml, htmlPage } from "./html-page.ts";
import { type Language, languages, say } from "./text.ts";

/** An example as the page shows it. */
export interface ExampleView {
  /** Row in the training data. */
  readonly index: number;
  /** Its target in words. */
  readonly label: string | null;
  /** The values of its features, where it is no picture: the first of them, by name, and how many more there are. */
  readonly values: {
    readonly shown: readonly {
      readonly name: string;
      /** Null where it is missing, or a category that is rare or was not known. */
      readonly value: number | string | null;
      readonly missing: boolean;
    }[];
    readonly more: number;
  } | null;
  /** Its picture, where it is one: bytes from 0 to 255, channel by channel (1 or 3), row by row. */
  readonly image: {
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    readonly pixels: readonly number[];
  } | null;
}

/** What the page holds, as JSON in an element with the id `report-data`. */
export interface TuneData {
  readonly advice: Advice;
  /** The command that made it; null when it was made by a program. */
  readonly command: string | null;
  /** The language the page opens in; null: the reader's own. */
  readonly language: Language | null;
  readonly environment: Race["environment"] | null;
  readonly examples: readonly ExampleView[];
}

/** Options of `renderTune`. */
export interface TuneOptions {
  readonly command?: string;
  readonly language?: Language;
  readonly environment?: Race["environment"];
  /** The examples of `advice.noise.top`, with what a reader can see of them. */
  readonly examples?: readonly ExampleView[];
}

/**
 * The page of advice: one HTML file without any request.
 *
 * @param script the bundled program of the page, from `pageScript("tune")` of `page-script.node.ts`
 * @example
 * await writeFile("tune.html", renderTune(advice, await pageScript("tune"), { command: "minibatch tune mnist" }));
 */
export function renderTune(advice: Advice, script: string, options: TuneOptions = {}): string {
  const { command = null, language = null, environment = null, examples = [] } = options;
  const data: TuneData = { advice, command, language, environment, examples };
  const first = language ?? "en";
  return htmlPage({
    language: first,
    title: adviceTitle(first, advice),
    version: environment?.minibatch ?? "",
    data,
    script,
    withoutScript: withoutScript(advice),
  });
}

function withoutScript(advice: Advice): string {
  return languages
    .map((language) => {
      const lang = language === "en" ? "en" : "zh-Hans";
      const { headline, details, facts, cautions } = adviceWords(language, advice);
      const items = [...details, ...facts, ...cautions].map(
        (text) => `<li>${escapeHtml(text)}</li>`,
      );
      return `<section lang="${lang}"><h1>${escapeHtml(headline)}</h1>
<ul>${items.join("\n")}</ul><p>${say(language, "noScript")}</p></section>`;
    })
    .join("\n");
}
