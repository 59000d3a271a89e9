/** The cache with several processes, and with some that are killed. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { storeTable } from "../src/files.node.ts";
import { testFolder } from "./support/files.ts";
import { inMemory } from "./support/stored-tables.ts";
import { range } from "./support/tables.ts";

const { folder, write } = testFolder();
const root = new URL("..", import.meta.url).pathname;

const table = write(
  "t.csv",
  [
    "a,b,c,y",
    ...range(20_000).map((i) => `${Math.sin(i)},${(i * 7) % 1000},k${(i * i) % 5},${i % 2}`),
  ].join("\n"),
);
const options = { target: "y", memory: 2 ** 22 };
const sizes = { blockBytes: 4096, sliceBytes: 4096 };

/** Where a process stops: at a step of a phase, for good or until it is killed. */
interface Stop {
  readonly phase: string;
  readonly step: number;
  readonly how: "killed" | "hanging";
}

/** A process that stores the table, says which phases it comes to and ends with what it got. */
const builder = (cacheFolder: string, stop?: Stop): ChildProcess => {
  const script = `
    import { writeSync } from "node:fs";
    import { storeTable } from "./src/files.node.ts";
    const stop = ${JSON.stringify(stop ?? {})};
    const steps = {};
    const onProgress = ({ phase }) => {
      steps[phase] = (steps[phase] ?? 0) + 1;
      if (steps[phase] === 1) writeSync(1, phase + "\\n");
      if (phase !== stop.phase || steps[phase] !== stop.step) return;
      if (stop.how === "killed") process.kill(process.pid, "SIGKILL");
      writeSync(1, "hanging\\n");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    const { cache, training } = await storeTable(${JSON.stringify(table)},
      { ...${JSON.stringify({ ...options, cacheFolder })}, onProgress }, ${JSON.stringify(sizes)});
    console.log(JSON.stringify({ built: cache.built, fingerprint: training.fingerprint }));`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  return spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
};

/** What a process says to its end, told line by line. */
const output = (child: ChildProcess, onLine: (line: string) => void = () => undefined) =>
  new Promise<readonly string[]>((resolve) => {
    let rest = "";
    const lines: string[] = [];
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      for (const line of parts) {
        lines.push(line);
        onLine(line);
      }
    });
    child.on("close", () => {
      resolve(lines);
    });
  });

const wanted = async (): Promise<string> => {
  const { training } = await storeTable(table, { ...options, cacheFolder: join(folder, "wanted") });
  return training.fingerprint;
};

it("a process that is killed while it builds leaves nothing that another takes for good", async () => {
  const cacheFolder = join(folder, "killed");
  let interrupted = 0;
  for (const [phase, step] of [
    ["reading", 1],
    ["reading", 8],
    ["fitting", 1],
    ["fitting", 150],
    ["writing", 1],
    ["writing", 60],
    ["writing", 118],
  ] as const) {
    const child = builder(cacheFolder, { phase, step, how: "killed" });
    await output(child);
    expect(child.signalCode, `at step ${step} of ${phase}`).toBe("SIGKILL");
    const entries = readdirSync(cacheFolder).filter((name) => /^\w+$/.test(name));
    expect(entries).toEqual([]);
    interrupted += Number(existsSync(cacheFolder) && readdirSync(cacheFolder).length > 0);
  }
  // Each left a lock and a folder.
  expect(interrupted).toBe(7);
  const { training, cache } = await storeTable(table, { ...options, cacheFolder });
  expect(cache.built).toBe(true);
  expect(training.fingerprint).toBe(await wanted());
  expect((await inMemory(training)).size).toBe(16_000);
  expect(readdirSync(cacheFolder)).toEqual([cache.folder.slice(cacheFolder.length + 1)]);
});

it("of several processes at once one builds and the others wait; when it is killed, another builds", async () => {
  const cacheFolder = join(folder, "at-once");
  const first = builder(cacheFolder, { phase: "writing", step: 20, how: "hanging" });
  let others: Promise<readonly string[]>[] = [];
  let waiting = 0;
  await output(first, (line) => {
    if (line !== "hanging") return;
    others = [0, 1, 2].map(() =>
      output(builder(cacheFolder), (said) => {
        if (said === "waiting" && ++waiting === 3) first.kill("SIGKILL");
      }),
    );
  });
  const ends = (await Promise.all(others)).map(
    (lines) => JSON.parse(lines.at(-1)!) as { built: boolean; fingerprint: string },
  );
  expect(waiting).toBe(3);
  const fingerprint = await wanted();
  expect(ends.map((end) => end.fingerprint)).toEqual([fingerprint, fingerprint, fingerprint]);
  expect(ends.some(({ built }) => built)).toBe(true);
  const { cache } = await storeTable(table, { ...options, cacheFolder });
  expect(cache.built).toBe(false);
  expect(readdirSync(cacheFolder)).toHaveLength(1);
});

it("a reader that is not closed keeps no process alive, however TypeScript is loaded", async () => {
  const script = `
    import { register } from "tsx/esm/api";
    register();
    const { storeTable } = await import("./src/files.node.ts");
    const { training } = await storeTable(${JSON.stringify(table)}, ${JSON.stringify({ ...options, cacheFolder: join(folder, "alive") })});
    const reader = await training.open();
    const { y } = await reader.read(Int32Array.of(0, 2, 4));
    console.log(y.data.length);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  expect(await output(child)).toEqual(["3"]);
  expect(child.exitCode).toBe(0);
});

it.each([
  ["the table", "storeTable(path, { target: 'y', memory: 2 ** 22, cacheFolder })"],
  [
    "the records",
    "storeBlocks(() => [fromArrays(new Float32Array(400_000), Array(4000).fill(0.5))], { key: 'k', memory: 2 ** 22, cacheFolder })",
  ],
])("a disk that fills up with %s is said so, and leaves nothing", async (name, work) => {
  const cacheFolder = join(folder, `full-${name.replace(" ", "-")}`);
  const script = `
    import { storeBlocks, storeTable } from "./src/files.node.ts";
    import { fromArrays } from "./src/index.ts";
    const [path, cacheFolder] = ${JSON.stringify([table, cacheFolder])};
    try {
      await ${work};
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  // No file may have more than 400 blocks of 512 bytes.
  const shell = 'ulimit -f 400; exec "$0" "$@"';
  const args = ["-c", shell, process.execPath, "--import", "tsx", "--input-type=module", "--eval"];
  const child = spawn("sh", [...args, script], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  expect(await output(child)).toEqual([
    `DataError: cannot cache data in ${cacheFolder}: EFBIG: file too large, write; make room there, or give another cacheFolder`,
  ]);
  expect(readdirSync(cacheFolder)).toEqual([]);
});
