/**
 * @file `npx tsx bench/large/main.ts`: what data larger than memory costs. A generated table is cached, beside a DuckDB scan of it and
 * `wc -l` of the same as CSV, and its rows are read in shuffled order.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { StepOptions, StepResult } from "./steps.ts";
import { writeLargeTable } from "./table.ts";

const usage = `Usage: npx tsx bench/large/main.ts [options]

  --rows N        (default: 200000)
  --columns N     columns of float32 (default: 40)
  --memory MB     memory for the data (default: 64)
  --seed N        (default: 1)
  --folder DIR    where the files go and stay (default: a temporary folder, removed)
  --csv           write the table as CSV too, and count its lines
  --help`;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "200000" },
    columns: { type: "string", default: "40" },
    memory: { type: "string", default: "64" },
    seed: { type: "string", default: "1" },
    folder: { type: "string" },
    csv: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** Runs a step in a process of its own, so that its peak of memory is its own. */
function run(step: string, options: StepOptions): StepResult {
  const file = fileURLToPath(new URL("steps.ts", import.meta.url));
  const args = [...process.execArgv, file, step, JSON.stringify(options)];
  const text = execFileSync(process.execPath, args, { encoding: "utf8" });
  return JSON.parse(text) as StepResult;
}

async function main(): Promise<void> {
  const table = {
    rows: Number(values.rows),
    columns: Number(values.columns),
    seed: Number(values.seed),
  };
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "minibatch-large-"));
  const named = (ending: string): string =>
    join(folder, `table-${table.rows}-${table.columns}-${table.seed}.${ending}`);
  const path = named("parquet");
  const cacheFolder = join(folder, "cache");
  try {
    if (!existsSync(path)) await writeLargeTable(path, table);
    const options = { path, cacheFolder, memory: Number(values.memory) * 2 ** 20 };
    rmSync(cacheFolder, { recursive: true, force: true });
    const results: Record<string, StepResult> = {
      scan: run("scan", options),
      cache: run("cache", options),
      read: run("read", options),
    };
    if (values.csv) {
      const csv = named("csv");
      if (!existsSync(csv)) await writeLargeTable(csv, table);
      const start = performance.now();
      execFileSync("wc", ["-l", csv]);
      results["wc"] = { seconds: (performance.now() - start) / 1000, peak: 0 };
      results["csv"] = run("cache", { ...options, path: csv });
    }
    console.log(
      `${table.rows} rows of ${table.columns} columns, ${megabytes(statSync(path).size)} as Parquet`,
    );
    for (const [step, { seconds, peak, ...figures }] of Object.entries(results)) {
      const more = Object.entries(figures).map(
        ([name, figure]) => `${name} ${figure.toPrecision(4)}`,
      );
      console.log(
        `${step}: ${seconds.toFixed(2)} s, peak ${megabytes(peak)}${more.map((text) => `, ${text}`).join("")}`,
      );
    }
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

if (values.help) console.log(usage);
else await main();
