/** @file The steps of the benchmark of large tables, each run in a process of its own: `steps.ts STEP JSON`. */
import { availableParallelism } from "node:os";
import { main as terminal } from "../../src/cli/main.ts";
import type { Dataset, StoredDataset } from "../../src/data/dataset.ts";
import { range } from "../../src/data/sampler.ts";
import { storeTable } from "../../src/files.node.ts";
import {
  blockShuffled,
  dense,
  relu,
  sequential,
  sgd,
  train,
  type TrainOptions,
} from "../../src/index.ts";

/** What a step is told. */
export interface StepOptions {
  readonly path: string;
  readonly cacheFolder: string;
  /** Bytes. */
  readonly memory: number;
  /** Of `speed`: runs on disk and in memory, in turn, … */
  readonly rounds: number;
  /** … of so many epochs each. */
  readonly epochs: number;
  /** Threads of all runs; those that the terminal program would take when absent. */
  readonly threads?: number | undefined;
}

/** A run that is timed. */
export interface TimedRun {
  readonly hidden: number;
  readonly batchSize: number;
}

/** What the terminal program takes by default, and one that does half as much with an example: the reader has least time then. */
export const timedRuns: readonly TimedRun[] = [
  { hidden: 128, batchSize: 32 },
  { hidden: 64, batchSize: 256 },
];

const learningRate = 0.1;

/** `--shuffle` of the run that is mixed block by block. */
export const mixedWithin = 100_000;

/** What a step found, and its peak of resident memory in bytes. */
export interface StepResults {
  readonly scan: { readonly seconds: number };
  readonly cache: { readonly seconds: number; readonly bytes: number };
  readonly train: object;
  readonly speed: { readonly runs: readonly Speed[] };
}

/** Examples a second of the epochs of each round. */
export type EpochRates = readonly (readonly number[])[];

type Rates = (readonly number[])[];

/** Examples a second of a run. */
export interface Speed extends TimedRun {
  /** Of the runs on disk, and of those in memory. */
  readonly threads: { readonly stored: number; readonly inMemory: number };
  readonly stored: EpochRates;
  /** Mixed within windows of `mixedWithin` examples. */
  readonly inBlocks: EpochRates;
  readonly inMemory: EpochRates;
}

type Steps = {
  readonly [Name in keyof StepResults]: (options: StepOptions) => Promise<StepResults[Name]>;
};

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const steps: Steps = {
  /** Sums of all columns: what reading the source takes at least. */
  async scan({ path }) {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const from = `'${path.replaceAll("'", "''")}'`;
    return {
      seconds: await secondsOf(() => connection.run(`SELECT sum(COLUMNS(*)) FROM ${from}`)),
    };
  },

  /** The pass into the cache. */
  async cache(options) {
    let bytes = 0;
    const seconds = await secondsOf(async () => {
      const { cache } = await storeTable(options.path, { ...options, target: "label" });
      bytes = cache.bytes;
    });
    return { seconds, bytes };
  },

  /** The terminal program, which prints its own record; nothing is cached before. */
  async train({ path, cacheFolder, memory }) {
    process.env["MINIBATCH_CACHE"] = cacheFolder;
    const how = ["--memory", String(memory), "--learning-rate", String(learningRate)];
    const rest = ["--epochs", "1", "--seed", "1", "--no-out", "--json", "--quiet"];
    await terminal(["train", path, "--target", "label", ...how, ...rest]);
    return {};
  },

  /** Runs on the cached rows and on the same rows in memory, in turn. */
  async speed({ rounds, epochs, threads: asked, ...options }) {
    const { training } = await storeTable(options.path, { ...options, target: "label" });
    const copy = await inMemory(training);
    const sampler = blockShuffled({ block: mixedWithin / 100, window: mixedWithin });
    const runs = [];
    for (const timed of timedRuns) {
      const [stored, inBlocks, memory]: [Rates, Rates, Rates] = [[], [], []];
      const threadsOf = { stored: 0, inMemory: 0 };
      for (let seed = 1; seed <= rounds; seed++) {
        const shared = { threads: asked ?? ("auto" as const), seed, epochs };
        const [disk, blocks, held] = [
          await ratesOn(training, timed, shared),
          await ratesOn(training, timed, { ...shared, sampler }),
          await ratesOn(copy, timed, shared),
        ];
        stored.push(disk.rates);
        inBlocks.push(blocks.rates);
        memory.push(held.rates);
        Object.assign(threadsOf, { stored: disk.threads, inMemory: held.threads });
      }
      runs.push({ ...timed, threads: threadsOf, stored, inBlocks, inMemory: memory });
    }
    return { runs };
  },
};

/** Examples a second of each epoch, all included but compiling: the first one from the call of `train` on. */
async function ratesOn(
  data: Dataset | StoredDataset,
  { hidden, batchSize }: TimedRun,
  options: Pick<TrainOptions, "threads" | "seed" | "epochs" | "sampler">,
): Promise<{ readonly rates: readonly number[]; readonly threads: number }> {
  const ends = [performance.now()];
  let threads = 0;
  const run = train(sequential([dense(hidden), relu(), dense(2)]), data, {
    optimizer: sgd({ learningRate }),
    ...{ batchSize, cores: availableParallelism(), ...options },
  });
  for await (const event of run) {
    if (event.type === "start") ({ threads } = event);
    if (event.type === "epoch") ends.push(performance.now());
  }
  ends[0]! += 1000 * (await run.result).compileSeconds;
  const rates = ends.slice(1).map((end, epoch) => (1000 * data.size) / (end - ends[epoch]!));
  return { rates, threads };
}

/** The rows of a stored data set, all at hand. */
async function inMemory(stored: StoredDataset): Promise<Dataset> {
  const { size, windowRows } = stored;
  const reader = await stored.open();
  const all = range(size);
  let whole: Dataset | undefined;
  for (let start = 0; start < size; start += windowRows) {
    const window = await reader.read(all.subarray(start, start + windowRows));
    whole ??= { ...window, size, x: roomFor(window.x, size), y: roomFor(window.y, size) };
    for (const name of ["x", "y"] as const)
      whole[name].data.set(window[name].data, (start * window[name].data.length) / window.size);
  }
  await reader.close();
  if (whole === undefined) throw new Error("no rows");
  return whole;
}

/** A column like this one, with room for `size` rows. */
function roomFor({ data, ...about }: Dataset["x"], size: number): Dataset["x"] {
  const width = about.shape.reduce((a, b) => a * b, 1);
  const Values = data.constructor as new (length: number) => Dataset["x"]["data"];
  return { ...about, data: new Values(size * width) };
}

const [name = "", json = "{}"] = process.argv.slice(2);
if (Object.hasOwn(steps, name)) {
  const found = await steps[name as keyof Steps](JSON.parse(json) as StepOptions);
  console.log(JSON.stringify({ ...found, peak: process.resourceUsage().maxRSS * 1024 }));
}
