/** @file The library as it was built: from source a worker that reads rows starts some 0.3 s later, since it needs a loader of its own. */
import { existsSync } from "node:fs";
import type * as FilesModule from "../../src/files.node.ts";
import type * as IndexModule from "../../src/index.ts";

/** What the package exports for programs and for files. */
export type Library = typeof IndexModule & typeof FilesModule;

/** @throws Error when nothing was built */
export async function builtLibrary(): Promise<Library> {
  const [index, files] = ["index.js", "files.node.js"].map(
    (name) => new URL(`../../dist/${name}`, import.meta.url),
  ) as [URL, URL];
  if (!existsSync(index)) throw new Error("the library is measured as built: npm run build");
  return { ...(await import(index.href)), ...(await import(files.href)) } as Library;
}
