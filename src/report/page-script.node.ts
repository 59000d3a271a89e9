/** @file The bundled program of the page: prebuilt in the package, bundled on the fly in the checkout. */
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

/** The program that `renderReport` puts into the page. @throws Error when the bundle is missing */
export async function pageScript(): Promise<string> {
  try {
    return await readFile(new URL("./page.bundle.js", import.meta.url), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return bundlePage();
  }
}

/** Bundles `page/main.ts` with esbuild, a development dependency. */
export async function bundlePage(): Promise<string> {
  const { build } = await import("esbuild");
  const entry = fileURLToPath(new URL("./page/main.ts", import.meta.url));
  const { outputFiles } = await build({ ...bundling, entryPoints: [entry] });
  return outputFiles[0]?.text ?? "";
}
