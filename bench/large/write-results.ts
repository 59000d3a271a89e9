/** @file Results into `bench/large/results.json` and docs/benchmarks.md. */
import { readFileSync } from "node:fs";
import { writeJson, writeSection } from "../page.ts";
import type { ImageResults } from "./image-tables.ts";
import type { LargeResults } from "./tables.ts";

/** `bench/large/results.json`. */
export interface AllResults extends LargeResults {
  readonly images?: ImageResults;
}

const file = new URL("results.json", import.meta.url);

/** What was found before. */
export function knownResults(): AllResults {
  return JSON.parse(readFileSync(file, "utf8")) as AllResults;
}

/** Puts Markdown between the markers `name` of docs/benchmarks.md, and changes the results. */
export async function writeResults(
  name: string,
  markdown: string,
  change: (old: AllResults) => AllResults,
): Promise<void> {
  await writeSection(name, markdown);
  await writeJson(file, change(knownResults()));
}
