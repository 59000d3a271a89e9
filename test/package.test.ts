/** What a user installs: packed, put into an empty project, run without this repository. */
import { execFile } from "node:child_process";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const exec = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), "minibatch-package-"));

/** Runs a command in the user's project and gives what it printed, also when it failed. */
const run = (command: string, ...args: string[]) =>
  exec(command, args, { cwd: project }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );

let packed: readonly string[] = [];

beforeAll(async () => {
  await exec("npm", ["run", "build"], { cwd: root });
  const { stdout } = await exec("npm", ["pack", "--json", "--pack-destination", project], {
    cwd: root,
  });
  const [{ filename, files }] = JSON.parse(stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  packed = files.map(({ path }) => path);
  writeFileSync(
    join(project, "package.json"),
    '{ "name": "user", "private": true, "type": "module" }',
  );
  await exec("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${filename}`], {
    cwd: project,
  });
}, 180_000);

test("holds programs and their types, and nothing that points out of it", () => {
  const others = packed.filter((path) => !/^dist\/.*\.(js|d\.ts)$/.test(path));
  expect(others.sort()).toEqual(["LICENSE", "README.md", "bin/minibatch.js", "package.json"]);
  expect(packed.filter((path) => path.includes(".test."))).toEqual([]);
});

test.each([
  { module: "nodenext", moduleResolution: "nodenext" },
  { module: "esnext", moduleResolution: "bundler" },
])("compiles where no peer is installed, $moduleResolution", async (resolution) => {
  const names = ["minibatch", "minibatch/datasets", "minibatch/files", "minibatch/runs"];
  const lines = names.map((name, i) => `export * as part${i} from "${name}";`);
  writeFileSync(join(project, "all.ts"), lines.join("\n"));
  const compilerOptions = {
    ...resolution,
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
  };
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["all.ts"] }),
  );
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  expect(await run(process.execPath, tsc)).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("installs without ONNX Runtime, and says what to install when it is needed", async () => {
  const { code, stdout, stderr } = await run(
    "node_modules/.bin/minibatch",
    "compare",
    "moons",
    "--quiet",
    "--no-report",
  );
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("npm install onnxruntime-node --ignore-scripts");
  expect(stderr.trim().split("\n")).toHaveLength(2);
});

test("with ONNX Runtime beside it, trains from the terminal and writes the report", async () => {
  symlinkSync(
    join(root, "node_modules/onnxruntime-node"),
    join(project, "node_modules/onnxruntime-node"),
  );
  symlinkSync(
    join(root, "node_modules/onnxruntime-common"),
    join(project, "node_modules/onnxruntime-common"),
  );
  const { code, stdout } = await run(
    ...([
      "npx",
      "minibatch",
      "compare",
      "digits",
      "--updates",
      "3",
      "--learning-rate",
      "0.1",
      "--json",
    ] as const),
  );
  expect(code).toBe(0);
  const race = JSON.parse(stdout) as { runs: { updates: number }[] };
  expect(race.runs.map(({ updates }) => updates)).toEqual([3, 3, 3]);
});

test("as a library: the entry points resolve and train", async () => {
  writeFileSync(
    join(project, "own.js"),
    `import { dense, relu, sequential, train } from "minibatch";
     import { iris } from "minibatch/datasets";
     import { readRun, trainInFolder } from "minibatch/runs";
     const { training } = await iris();
     const model = sequential([dense(8), relu(), dense(3)]);
     await trainInFolder("mine", (kept) => train(model, training, { epochs: 2, seed: 1, ...kept }));
     console.log(readRun("mine").run.results.updates);`,
  );
  const { stdout, stderr } = await run(process.execPath, "own.js");
  expect(stderr).toBe("");
  expect(stdout).toBe("8\n"); // 2 × ⌈120 / 32⌉
});

test("data larger than memory: the built reader starts its worker", async () => {
  writeFileSync(
    join(project, "stored.js"),
    `import { fromArrays } from "minibatch";
     import { storeBlocks } from "minibatch/files";
     const blocks = function* () {
       yield fromArrays([[1, 2], [3, 4]], [0.5, 1.5]);
       yield fromArrays([[5, 6]], [2.5]);
     };
     const stored = await storeBlocks(blocks, { key: "test", memory: 4096, cacheFolder: "cache" });
     const reader = await stored.open();
     const { x, y } = await reader.read(Int32Array.of(2, 0));
     console.log([...x.data, ...y.data].join());
     // The reader is not closed: it keeps no process alive.`,
  );
  const { stdout, stderr } = await run(process.execPath, "stored.js");
  expect(stderr).toBe("");
  expect(stdout).toBe("5,6,1,2,2.5,0.5\n");
});
