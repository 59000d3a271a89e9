/** @file Puts the programs of `examples/` into README.md, between a fence and its end; `--check` only compares. */
import { readFileSync, writeFileSync } from "node:fs";

const readme = new URL("../README.md", import.meta.url);

/** README.md with every fence after `<!-- example NAME -->` holding `examples/NAME.ts`. */
export function withExamples(text: string): string {
  return text.replace(
    /(<!-- example ([\w-]+) -->\n\n```ts\n)[\s\S]*?(```)/g,
    (_, open: string, name: string, close: string) =>
      open + readFileSync(new URL(`../examples/${name}.ts`, import.meta.url), "utf8") + close,
  );
}

if (process.argv[1]?.endsWith("readme.ts") === true) {
  const before = readFileSync(readme, "utf8");
  const after = withExamples(before);
  if (process.argv.includes("--check") && before !== after) {
    console.error(
      "README.md does not hold the examples as they are: run npx tsx scripts/readme.ts",
    );
    process.exitCode = 1;
  } else writeFileSync(readme, after);
}
