/** @file Results into `bench/large/results.json` and docs/benchmarks.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import type { ImageResults } from "./image-tables.ts";
import type { LargeResults } from "./tables.ts";

/** `bench/large/results.json`. */
export interface AllResults extends LargeResults {
  readonly images?: ImageResults;
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** What was found before. */
export function knownResults(): AllResults {
  return JSON.parse(readFileSync(pathOf("results.json"), "utf8")) as AllResults;
}

/** Puts Markdown between the markers `name` of docs/benchmarks.md, and changes the results. */
export async function writeResults(
  name: string,
  markdown: string,
  change: (old: AllResults) => AllResults,
): Promise<void> {
  const page = pathOf("../../docs/benchmarks.md");
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const old = readFileSync(page, "utf8");
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} lacks the markers ${begin} and ${end}`);
  const text = `${old.slice(0, from + begin.length)}\n\n${markdown}\n${old.slice(to)}`;
  writeFileSync(page, await format(text, { parser: "markdown", printWidth: 100 }));
  const json = JSON.stringify(change(knownResults()));
  writeFileSync(pathOf("results.json"), await format(json, { parser: "json", printWidth: 100 }));
}
