/** @file The steps of the benchmark of large tables, each run in a process of its own: `steps.ts STEP JSON`. */
import { availableParallelism } from "node:os";
import { generator, stream } from "../../src/data/rng.ts";
import { range, shuffleInPlace } from "../../src/data/sampler.ts";
import { storeTable, type CacheProgress } from "../../src/files.node.ts";

/** What a step is told. */
export interface StepOptions {
  readonly path: string;
  readonly cacheFolder: string;
  /** Bytes. */
  readonly memory: number;
}

/** What a step found. */
export interface StepResult {
  readonly seconds: number;
  /** Bytes of resident memory at most. */
  readonly peak: number;
  readonly [figure: string]: number;
}

type Step = (options: StepOptions) => Promise<Readonly<Record<string, number>>>;

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** Sums of all columns: what reading the source takes at least. */
const scan: Step = async ({ path }) => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const from = `'${path.replaceAll("'", "''")}'`;
  return { seconds: await seconds(() => connection.run(`SELECT sum(COLUMNS(*)) FROM ${from}`)) };
};

/** The pass into the cache. */
const cache: Step = async (options) => {
  const phases: Record<string, number> = {};
  let last: CacheProgress["phase"] | undefined;
  let since = performance.now();
  const enter = (phase: CacheProgress["phase"] | undefined): void => {
    const now = performance.now();
    if (last !== undefined) phases[last] = (phases[last] ?? 0) + (now - since) / 1000;
    [last, since] = [phase, now];
  };
  const took = await seconds(() =>
    storeTable(options.path, {
      ...options,
      target: "label",
      onProgress: ({ phase }) => {
        if (phase !== last) enter(phase);
      },
    }),
  );
  enter(undefined);
  return { seconds: took, ...phases };
};

/** Two epochs of exact shuffling, in windows of a tenth of the rows, the next one read ahead. */
const read: Step = async (options) => {
  const { training } = await storeTable(options.path, { ...options, target: "label" });
  const reader = await training.open();
  const window = Math.min(training.windowRows, Math.ceil(training.size / 10));
  const figures: Record<string, number> = {};
  let total = 0;
  for (let epoch = 0; epoch < 2; epoch++) {
    const { integer } = generator(1, stream.order, epoch);
    const order = shuffleInPlace(range(training.size), integer);
    const took = await seconds(async () => {
      let ahead = reader.read(order.subarray(0, window));
      for (let start = window; start < order.length; start += window) {
        await ahead;
        ahead = reader.read(order.subarray(start, start + window));
      }
      await ahead;
    });
    figures[`rowsPerSecond${epoch}`] = training.size / took;
    total += took;
  }
  await reader.close();
  return { seconds: total, windowRows: window, threads: availableParallelism(), ...figures };
};

const steps: Readonly<Record<string, Step>> = { scan, cache, read };

const [name = "", json = "{}"] = process.argv.slice(2);
const step = steps[name];
if (step !== undefined) {
  const found = await step(JSON.parse(json) as StepOptions);
  console.log(JSON.stringify({ ...found, peak: process.resourceUsage().maxRSS * 1024 }));
}
