/** @file The bundled programs of the pages: prebuilt in the package, bundled on the fly in the checkout. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Options of the bundle, for the build and for the checkout. */
const bundling = {
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  write: false,
  logLevel: "silent",
} as const;

/** The pages that have a program, with the files that those start in, in `page/`. */
const entries = { report: "main.ts", tune: "tune.ts", study: "study.ts" } as const;

/** A page with a program. */
export type PageName = keyof typeof entries;

/** All pages with a program. */
export const pageNames = Object.keys(entries) as readonly PageName[];

/** The program of a page, to hand to what renders it. @throws Error when the bundle is missing */
export async function pageScript(name: PageName): Promise<string> {
  try {
    return await readFile(new URL(`./${bundleName(name)}`, import.meta.url), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return bundlePage(name);
  }
}

/** The file of a page's bundle. */
export function bundleName(name: PageName): string {
  return `${name}.bundle.js`;
}

/** Bundles the program of a page with esbuild, a development dependency. */
export async function bundlePage(name: PageName): Promise<string> {
  const { build } = await import("esbuild");
  const entry = fileURLToPath(new URL(`./page/${entries[name]}`, import.meta.url));
  const { outputFiles } = await build({ ...bundling, entryPoints: [entry] });
  return outputFiles[0]?.text ?? "";
}
