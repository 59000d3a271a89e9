/** @file Writes the bundled programs of the pages into `dist/`, where the built package reads them. */
import { mkdir, writeFile } from "node:fs/promises";
import { bundleName, bundlePage, pageNames } from "../src/report/page-script.node.ts";

const folder = new URL("../dist/report/", import.meta.url);
await mkdir(folder, { recursive: true });
for (const name of pageNames) {
  const bundle = await bundlePage(name);
  await writeFile(new URL(bundleName(name), folder), bundle);
  console.log(`dist/report/${bundleName(name)}  ${Math.round(bundle.length / 1000)} kB`);
}
