/** @file Writes the bundled program of the report's page into `dist/`, where the built package reads it. */
import { mkdir, writeFile } from "node:fs/promises";
import { bundlePage } from "../src/report/page-script.node.ts";

const folder = new URL("../dist/report/", import.meta.url);
const bundle = await bundlePage();
await mkdir(folder, { recursive: true });
await writeFile(new URL("page.bundle.js", folder), bundle);
console.log(`dist/report/page.bundle.js  ${Math.round(bundle.length / 1000)} kB`);
