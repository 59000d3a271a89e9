/** @file A run on stored rows that are sorted for each epoch; as a program, makes it in a folder: `tsx sorted-runs.ts CACHE FOLDER`. */
import { readdirSync, readlinkSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { storeBlocks } from "../../src/files.node.ts";
import {
  dense,
  fromArrays,
  generator,
  relu,
  sequential,
  sgd,
  stream,
  train,
  type Dataset,
  type StoredDataset,
  type TrainOptions,
} from "../../src/index.ts";
import { trainInFolder } from "../../src/runs.node.ts";

const [size, features] = [100_000, 10];

/** The rows in memory: small ones, and many to a window. */
export function manyRows(): Dataset {
  const { uniform } = generator(1, stream.user, 5);
  const x = new Float32Array(size * features).map(() => 2 * uniform() - 1);
  const y = Int32Array.from({ length: size }, (_, row) =>
    Number(x[features * row]! + x[features * row + 1]! * x[features * row + 2]! > 0),
  );
  return fromArrays(x, y, { dtype: "float32", classes: 2 });
}

/** The same rows in a cache, with a third of their bytes as memory: the order of two epochs takes half of it. */
export function storedRows(cacheFolder: string): Promise<StoredDataset> {
  return storeBlocks(() => [manyRows()], { key: "many rows", memory: 1.6e6, cacheFolder });
}

export const model = sequential([dense(8), relu(), dense(2)]);

/** The last batch of an epoch is of 10 examples. */
export const options: TrainOptions = {
  ...{ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), batchSize: 33, epochs: 4, seed: 11 },
};

/** Scratch files of sorts that a process has open, without a name; undefined where the system does not tell. */
export function scratchFiles(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const folder = `/proc/${pid}/fd`;
  const targetOf = (fd: string): string => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      return "";
    }
  };
  try {
    const targets = readdirSync(folder).map(targetOf);
    return targets.filter((path) => path.includes(".sorting-") && path.endsWith("(deleted)"))
      .length;
  } catch {
    return 0;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [, , cacheFolder = "", folder = ""] = process.argv;
  const data = await storedRows(cacheFolder);
  await trainInFolder(folder, (kept) => train(model, data, { ...options, ...kept }), {
    checkpointEvery: { seconds: 0.02 },
  });
}
