/** @file The order of the folders, and who may touch Node and ONNX Runtime. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, it, test } from "vitest";

/** The pipeline, upstream first. A folder may import only from itself and from folders before it. */
const pipeline = ["data", "graph", "nn", "compile", "runtime", "train", "advisor", "report", "cli"];

const root = join(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.tsx?$/.test(file))
  .sort();
const inFolders = files.filter((file) => file.includes("/"));
const sources = files.filter((file) => !file.endsWith(".test.ts"));

/** Everything a file imports, for values or for types, statically or not. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  const patterns = [/\bfrom\s+["']([^"']+)["']/g, /\bimport\s*\(?\s*["']([^"']+)["']/g];
  return patterns.flatMap((pattern) => Array.from(source.matchAll(pattern), ([, name]) => name!));
}

/** A relative import as a path below src; undefined for a package. */
function below(file: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(dirname(file), specifier) : undefined;
}

const nodeOnly = (file: string) =>
  file.endsWith(".node.ts") || file.startsWith("cli/") || file === "datasets.ts";

test("every folder has its place in the pipeline", () => {
  const folders = new Set(inFolders.map((file) => file.split("/")[0]!));
  expect([...folders].filter((folder) => !pipeline.includes(folder))).toEqual([]);
});

it.each(inFolders)("%s imports only from upstream", (file) => {
  const here = pipeline.indexOf(file.split("/")[0]!);
  const isTest = file.endsWith(".test.ts");
  for (const specifier of importsOf(file)) {
    const target = below(file, specifier);
    if (target === undefined) continue;
    if (target.startsWith("..")) {
      expect(isTest && target.startsWith("../test/"), `${file} -> ${specifier}`).toBe(true);
      continue;
    }
    const folder = target.includes("/") ? target.split("/")[0]! : "";
    const allowed = target === "errors.ts" || (folder !== "" && pipeline.indexOf(folder) <= here);
    expect(
      allowed || (file.startsWith("cli/") && folder === "") || isTest,
      `${file} -> ${specifier}`,
    ).toBe(true);
  }
});

test("no file imports itself by way of others", () => {
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "open")
      circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (state.has(file)) return;
    state.set(file, "open");
    for (const specifier of importsOf(file)) {
      const target = below(file, specifier);
      if (target !== undefined && sources.includes(target)) visit(target, [...path, file]);
    }
    state.set(file, "done");
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});

describe("what runs in a browser", () => {
  const portable = sources.filter((file) => !nodeOnly(file));

  it.each(portable)("%s does not touch Node", (file) => {
    for (const specifier of importsOf(file)) {
      expect(specifier).not.toMatch(/^node:/);
      const target = below(file, specifier);
      if (target !== undefined) expect(nodeOnly(target), `${file} -> ${specifier}`).toBe(false);
    }
  });

  it("only runtime/ort.ts imports ONNX Runtime", () => {
    const importers = sources.filter((file) =>
      importsOf(file).some((specifier) => /^(#ort|onnxruntime-)/.test(specifier)),
    );
    expect(importers).toEqual(["runtime/ort.ts"]);
  });
});

test("files are small", () => {
  const long = sources.filter(
    (file) => readFileSync(join(root, file), "utf8").split("\n").length > 400,
  );
  expect(long).toEqual([]);
});
