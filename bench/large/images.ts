/**
 * @file `npx tsx bench/large/images.ts`: rows that are wide. The training images of MNIST, repeated, are trained on from disk, with a tenth of
 * their bytes as memory, and from memory, in turn.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../results.ts";
import { imageBytes, type ImageType } from "./image-rows.ts";
import { imageTables, mergedCases, type ImageCase, type ImageResults } from "./image-tables.ts";
import { run } from "./run-step.ts";
import { knownResults, writeResults } from "./write-results.ts";

const usage = `Usage: npm run build; npx tsx bench/large/images.ts [options]

  --rows N          (default: 60000; docs/benchmarks.md has 600000)
  --types A,B       uint8, float32 (default: both)
  --threads A,B     numbers, or auto: as the terminal program (default: auto)
  --rounds N        runs on disk and in memory, in turn (default: 2)
  --epochs N        of each of these runs (default: 4)
  --folder DIR      where the records go and stay (default: a temporary folder, removed)
  --write           put the results into bench/large/results.json and docs/benchmarks.md,
                    in place of those of the same types and threads
  --help`;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "60000" },
    types: { type: "string", default: "uint8,float32" },
    threads: { type: "string", default: "auto" },
    rounds: { type: "string", default: "2" },
    epochs: { type: "string", default: "4" },
    folder: { type: "string" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function measured(type: ImageType, threads: ImageCase["threads"], cacheFolder: string): ImageCase {
  const rows = Number(values.rows);
  const bytes = rows * imageBytes(type);
  const memory = Math.round(bytes / 10);
  const { stored, inMemory } = run("images", {
    ...{ type, rows, memory, cacheFolder },
    rounds: Number(values.rounds),
    epochs: Number(values.epochs),
    threads: threads === "auto" ? undefined : threads,
  });
  return { date: new Date().toISOString(), type, rows, bytes, memory, threads, stored, inMemory };
}

async function main(): Promise<void> {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "minibatch-images-"));
  try {
    const cases = values.types
      .split(",")
      .flatMap((type) =>
        values.threads
          .split(",")
          .map((threads) =>
            measured(type as ImageType, threads === "auto" ? threads : Number(threads), folder),
          ),
      );
    const results: ImageResults = { machine: describeMachine(), cases };
    console.log(imageTables(results));
    if (!values.write) return;
    const merged = { ...results, cases: mergedCases(knownResults().images?.cases ?? [], cases) };
    await writeResults("images", imageTables(merged), (old) => ({ ...old, images: merged }));
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

if (values.help) console.log(usage);
else await main();
