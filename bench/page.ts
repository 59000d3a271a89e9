/** @file What benchmarks write: a part of docs/benchmarks.md, and their figures as JSON. */
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";

const page = new URL("../docs/benchmarks.md", import.meta.url);

/** Puts Markdown between the markers `name` of docs/benchmarks.md. @throws Error where these are missing */
export async function writeSection(name: string, markdown: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const old = readFileSync(page, "utf8");
  const [from, to] = [old.indexOf(begin), old.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md lacks ${begin} and ${end}`);
  const text = `${old.slice(0, from + begin.length)}\n\n${markdown}\n${old.slice(to)}`;
  writeFileSync(page, await format(text, { parser: "markdown", printWidth: 100 }));
}

/** Writes figures as the formatter has them. */
export async function writeJson(file: URL, value: unknown): Promise<void> {
  const json = await format(JSON.stringify(value), { parser: "json", printWidth: 100 });
  writeFileSync(file, json);
}
