/**
 * @file `npx tsx bench/large/main.ts`: what data larger than memory costs. A generated table is cached, beside a DuckDB scan of it and
 * `wc -l` of the same as CSV, trained on from a cold start by the terminal program, and its rows are trained on from disk and from memory in turn.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../results.ts";
import { linesOf, run } from "./run-step.ts";
import type { StepOptions } from "./steps.ts";
import { writeLargeTable } from "./table.ts";
import { writeResults } from "./write-results.ts";
import { largeTables, type AtMemory, type LargeResults } from "./tables.ts";

const usage = `Usage: npm run build; npx tsx bench/large/main.ts [options]

  --rows N          (default: 1000000; docs/benchmarks.md has 10000000)
  --columns N       columns of float32 (default: 40)
  --memory MB,MB    memory for the data (default: 64,16)
  --rounds N        runs on disk and in memory, in turn (default: 2)
  --epochs N        of each of these runs (default: 3)
  --threads N       of each of these runs (default: as the terminal program)
  --seed N          (default: 1)
  --folder DIR      where the files go and stay (default: a temporary folder, removed)
  --csv             write the table as CSV too, and count its lines
  --write           put the results into bench/large/results.json and docs/benchmarks.md
  --help`;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    columns: { type: "string", default: "40" },
    memory: { type: "string", default: "64,16" },
    rounds: { type: "string", default: "2" },
    epochs: { type: "string", default: "3" },
    threads: { type: "string" },
    seed: { type: "string", default: "1" },
    folder: { type: "string" },
    csv: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** A run of the terminal program from a cold start. */
function trained(options: StepOptions): AtMemory["train"] {
  rmSync(options.cacheFolder, { recursive: true, force: true });
  const start = performance.now();
  const [record = "", step = ""] = linesOf("train", options);
  const seconds = (performance.now() - start) / 1000;
  const { samplesPerSecond, validationMetric } = JSON.parse(record) as AtMemory["train"];
  return { ...(JSON.parse(step) as { peak: number }), seconds, samplesPerSecond, validationMetric };
}

function atMemory(options: StepOptions): AtMemory {
  rmSync(options.cacheFolder, { recursive: true, force: true });
  return {
    memory: options.memory,
    cache: run("cache", options),
    train: trained(options),
    speed: run("speed", options),
  };
}

async function measure(folder: string): Promise<LargeResults> {
  const [rows, columns, seed] = [values.rows, values.columns, values.seed].map(Number) as [
    number,
    number,
    number,
  ];
  const table = { rows, columns, seed };
  const named = (ending: string): string =>
    join(folder, `table-${rows}-${columns}-${seed}.${ending}`);
  const path = named("parquet");
  if (!existsSync(path)) await writeLargeTable(path, table);
  const cacheFolder = join(folder, "cache");
  const options = (megabytes: number): StepOptions => ({
    ...{ path, cacheFolder, rounds: Number(values.rounds), epochs: Number(values.epochs) },
    threads: values.threads === undefined ? undefined : Number(values.threads),
    memory: megabytes * 1e6,
  });
  const memories = values.memory.split(",").map(Number);
  return {
    date: new Date().toISOString(),
    machine: describeMachine(),
    ...{ rows, columns },
    parquetBytes: statSync(path).size,
    scan: run("scan", options(1)),
    ...(values.csv && { csv: await countedLines(named("csv"), table) }),
    runs: memories.map((megabytes) => atMemory(options(megabytes))),
  };
}

/** Seconds of `wc -l` of the table as CSV. */
async function countedLines(
  csv: string,
  table: Parameters<typeof writeLargeTable>[1],
): Promise<NonNullable<LargeResults["csv"]>> {
  if (!existsSync(csv)) await writeLargeTable(csv, table);
  const start = performance.now();
  execFileSync("wc", ["-l", csv]);
  return { seconds: (performance.now() - start) / 1000, bytes: statSync(csv).size };
}

async function main(): Promise<void> {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "minibatch-large-"));
  try {
    const results = await measure(folder);
    console.log(largeTables(results));
    if (values.write)
      await writeResults("large", largeTables(results), (old) => ({ ...old, ...results }));
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

if (values.help) console.log(usage);
else await main();
