/** The examples in the docstrings of what is exported compile with what the package exports and the usual names. */
import ts from "typescript";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const entries: Readonly<Record<string, string>> = {
  minibatch: `${root}src/index.ts`,
  "minibatch/datasets": `${root}src/datasets.ts`,
  "minibatch/files": `${root}src/files.node.ts`,
  "minibatch/runs": `${root}src/runs.node.ts`,
};

/** What examples use without saying where it comes from. */
const usual = `
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
declare const model: Model, mlp: Model;
declare const data: Dataset, dataset: Dataset, training: Dataset, test: Dataset;
declare const options: TrainOptions;
declare const event: CheckpointEvent;
declare const x: Value, w: Value, logits: Value, labels: Value;
declare const x0: number[][], y0: number[], x1: number[][], y1: number[];
declare const table: RawTable, preprocessing: Preprocessing;
declare const bytes: Uint8Array<ArrayBuffer>;
declare const files: readonly string[];
declare function read(file: string): Promise<StreamChunk>;`;

interface Example {
  /** What it is an example of. */
  readonly of: string;
  readonly text: string;
}

function programOf(files: readonly string[], texts: ReadonlyMap<string, string>): ts.Program {
  const read = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, root);
  // An example names no more than it shows.
  const lenient = { noUnusedLocals: false, verbatimModuleSyntax: false };
  const host = ts.createCompilerHost({ ...options, ...lenient });
  return ts.createProgram(
    [...files, ...texts.keys()],
    { ...options, ...lenient },
    {
      ...host,
      fileExists: (path) => texts.has(path) || host.fileExists(path),
      readFile: (path) => texts.get(path) ?? host.readFile(path),
      getSourceFile: (path, version, ...rest) => {
        const text = texts.get(path);
        if (text !== undefined) return ts.createSourceFile(path, text, version);
        return host.getSourceFile(path, version, ...rest);
      },
    },
  );
}

function exportsOf(program: ts.Program, file: string): readonly ts.Symbol[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  return checker.getExportsOfModule(module);
}

/** The examples of what is exported, of what is in exported namespaces, and of members. */
function publicExamples(program: ts.Program): readonly Example[] {
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Symbol>();
  const visit = (symbol: ts.Symbol, of: string): readonly Example[] => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const meant = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    if (seen.has(meant)) return [];
    seen.add(meant);
    const isNamespace = (meant.flags & ts.SymbolFlags.ValueModule) !== 0;
    const parts = isNamespace
      ? checker.getExportsOfModule(meant)
      : [...(meant.members?.values() ?? [])];
    return [
      ...meant
        .getJsDocTags(checker)
        .filter(({ name }) => name === "example")
        .map(({ text }) => ({ of, text: ts.displayPartsToString(text) })),
      ...parts.flatMap((part) => visit(part, `${of}.${part.name}`)),
    ];
  };
  return Object.values(entries).flatMap((file) =>
    exportsOf(program, file).flatMap((symbol) => visit(symbol, symbol.name)),
  );
}

test("examples in public docstrings compile", () => {
  const program = programOf(Object.values(entries), new Map());
  const examples = publicExamples(program);
  expect(examples.length).toBeGreaterThan(80);
  const imported = new Set<string>();
  const imports = Object.entries(entries).map(([name, file]) => {
    const names = exportsOf(program, file).map((symbol) => symbol.name);
    const others = names.filter((other) => !imported.has(other));
    for (const other of others) imported.add(other);
    return `import { ${others.join(", ")} } from "${name}";`;
  });
  const texts = new Map(
    examples.map(({ of, text }, i) => [
      `${root}test/example-${i}-${of}.ts`,
      `${imports.join("\n")}${usual}\nasync function example() {\n${text}\n}`,
    ]),
  );
  const checked = programOf([], texts);
  const faults = [...texts].flatMap(([path, text]) => {
    const file = checked.getSourceFile(path)!;
    const found = [
      ...checked.getSyntacticDiagnostics(file),
      ...checked.getSemanticDiagnostics(file),
    ];
    return found.map(({ messageText, start: place = 0 }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, "\n");
      const line = text.slice(text.lastIndexOf("\n", place) + 1, text.indexOf("\n", place));
      return `${path.replace(/.*example-\d+-(.*)\.ts/, "$1")}: ${message} in ${line}`;
    });
  });
  expect(faults).toEqual([]);
});
