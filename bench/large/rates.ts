/** @file Examples a second of runs on data sets. */
import { availableParallelism } from "node:os";
import type { Dataset, StoredDataset } from "../../src/data/dataset.ts";
import { range } from "../../src/data/sampler.ts";
import type { TrainOptions } from "../../src/index.ts";
import type { Library } from "./library.ts";

/** A run that is timed: a network of one hidden layer, trained by plain SGD. */
export interface TimedRun {
  readonly hidden: number;
  readonly batchSize: number;
  readonly outputs: number;
}

/** Examples a second of each epoch. */
export interface RunRates {
  readonly rates: readonly number[];
  readonly threads: number;
}

/** Of all runs here. */
export const learningRate = 0.1;

/** Examples a second of each epoch, all included but compiling: the first one from the call of `train` on. */
export async function ratesOn(
  { train, sequential, dense, relu, sgd }: Library,
  data: Dataset | StoredDataset,
  { hidden, batchSize, outputs }: TimedRun,
  options: Pick<TrainOptions, "threads" | "seed" | "epochs" | "sampler">,
): Promise<RunRates> {
  const ends = [performance.now()];
  let threads = 0;
  const run = train(sequential([dense(hidden), relu(), dense(outputs)]), data, {
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
export async function inMemory(stored: StoredDataset): Promise<Dataset> {
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
