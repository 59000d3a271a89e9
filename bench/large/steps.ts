/** @file The steps of the benchmarks of large tables and of images, each run in a process of its own: `steps.ts STEP JSON`. */
import { main as terminal } from "../../src/cli/main.ts";
import { storeTable } from "../../src/files.node.ts";
import { mnist } from "../../src/datasets.ts";
import { imageBlocks, type ImageType } from "./image-rows.ts";
import { builtLibrary } from "./library.ts";
import { inMemory, learningRate, ratesOn, type RunRates, type TimedRun } from "./rates.ts";

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

/** What the step of images is told. */
export interface ImageOptions extends Omit<StepOptions, "path"> {
  readonly type: ImageType;
  readonly rows: number;
}

/** What the terminal program takes by default, and one that does half as much with an example: the reader has least time then. */
export const timedRuns: readonly TimedRun[] = [
  { hidden: 128, batchSize: 32, outputs: 2 },
  { hidden: 64, batchSize: 256, outputs: 2 },
];

/** The run on images. */
export const imageRun: TimedRun = { hidden: 128, batchSize: 64, outputs: 10 };

/** `--shuffle` of the run that is mixed block by block. */
export const mixedWithin = 100_000;

/** What a step found, and its peak of resident memory in bytes. */
export interface StepResults {
  readonly scan: { readonly seconds: number };
  readonly cache: { readonly seconds: number; readonly bytes: number };
  readonly train: object;
  readonly speed: { readonly runs: readonly Speed[] };
  readonly images: { readonly stored: readonly RunRates[]; readonly inMemory: readonly RunRates[] };
}

/** What each step is told. */
export interface StepInputs extends Record<Exclude<keyof StepResults, "images">, StepOptions> {
  readonly images: ImageOptions;
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
  readonly [Name in keyof StepResults]: (options: StepInputs[Name]) => Promise<StepResults[Name]>;
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
    const library = await builtLibrary();
    const { training } = await library.storeTable(options.path, { ...options, target: "label" });
    const copy = await inMemory(training);
    const sampler = library.blockShuffled({ block: mixedWithin / 100, window: mixedWithin });
    const runs = [];
    for (const timed of timedRuns) {
      const [stored, inBlocks, memory]: [Rates, Rates, Rates] = [[], [], []];
      const threadsOf = { stored: 0, inMemory: 0 };
      for (let seed = 1; seed <= rounds; seed++) {
        const shared = { threads: asked ?? ("auto" as const), seed, epochs };
        const [disk, blocks, held] = [
          await ratesOn(library, training, timed, shared),
          await ratesOn(library, training, timed, { ...shared, sampler }),
          await ratesOn(library, copy, timed, shared),
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

  /** Runs on images on disk and on the same images in memory, in turn. */
  async images({ rounds, epochs, threads: asked, type, rows, ...options }) {
    const library = await builtLibrary();
    const { training: images } = await mnist();
    const key = `mnist ${type} ${rows}`;
    const store = { ...options, key };
    const data = await library.storeBlocks(() => imageBlocks(images, rows, type), store);
    const copy = await inMemory(data);
    const [stored, memory]: [RunRates[], RunRates[]] = [[], []];
    for (let seed = 1; seed <= rounds; seed++) {
      const shared = { threads: asked ?? ("auto" as const), seed, epochs };
      stored.push(await ratesOn(library, data, imageRun, shared));
      memory.push(await ratesOn(library, copy, imageRun, shared));
    }
    return { stored, inMemory: memory };
  },
};

const [name = "", json = "{}"] = process.argv.slice(2);
if (Object.hasOwn(steps, name)) {
  const step = steps[name as keyof Steps] as (options: unknown) => Promise<object>;
  const found = await step(JSON.parse(json));
  console.log(JSON.stringify({ ...found, peak: process.resourceUsage().maxRSS * 1024 }));
}
