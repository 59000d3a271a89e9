/** @file Runs that a test kills, by name; as a program, makes one in a folder: `tsx long-runs.ts NAME FOLDER`. */
import { pathToFileURL } from "node:url";
import {
  adam,
  dense,
  relu,
  sequential,
  sgd,
  train,
  type Model,
  type TrainOptions,
} from "../../src/index.ts";
import { trainInFolder } from "../../src/runs.node.ts";
import { threeClasses } from "./runs.ts";

interface LongRun {
  readonly model: Model;
  readonly options: TrainOptions;
  readonly updates: number;
}

const data = threeClasses(2000, 20, "float32");
const validation = threeClasses(300, 20, "float32");
const model = sequential([dense(32), relu(), dense(3)]);

/** With what they must have done at the end. */
export const longRuns: Readonly<Record<"early stopping" | "batch size 1", LongRun>> = {
  // Evaluations cut the run into short chunks, with a checkpoint after each: most of its time goes into writing them.
  "early stopping": {
    model,
    options: {
      optimizer: adam({ learningRate: 0.003 }),
      batchSize: 16,
      updates: 4000,
      validateEvery: { updates: 20 },
      earlyStopping: { patience: 1e6 },
      gradientNorm: true,
      seed: 5,
    },
    updates: 4000,
  },
  "batch size 1": {
    model,
    options: {
      optimizer: sgd({ learningRate: 0.001, momentum: 0.9 }),
      batchSize: 1,
      epochs: 30,
      seed: 6,
    },
    updates: 60_000,
  },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [, , name = "", folder = ""] = process.argv;
  const { options } = longRuns[name as keyof typeof longRuns];
  await trainInFolder(folder, (kept) => train(model, data, { ...options, validation, ...kept }), {
    checkpointEvery: { seconds: 0.01 },
  });
}
