/** @file One run, kept in folders, and what it must leave there. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import {
  adam,
  dense,
  relu,
  sequential,
  train,
  type Dataset,
  type Model,
  type RunEvent,
  type TrainOptions,
  type TrainResult,
} from "../../src/index.ts";
import {
  readEvents,
  trainInFolder,
  type FolderOptions,
  type StoredEvent,
} from "../../src/runs.node.ts";
import { repeatable, threeClasses } from "./runs.ts";

export const data: Dataset = threeClasses(150, 5, "float32");
export const validation: Dataset = threeClasses(40, 5, "float32");
export const model: Model = sequential([dense(8), relu(), dense(3)]);
export const options: TrainOptions = {
  optimizer: adam({ learningRate: 0.01 }),
  batchSize: 16,
  epochs: 30,
  seed: 3,
  gradientNorm: true,
  validation,
  earlyStopping: { patience: 20, monitor: "accuracy" },
};

export const newFolder = (): string => join(mkdtempSync(join(tmpdir(), "minibatch-runs-")), "run");
export const often: FolderOptions = { checkpointEvery: { seconds: 1e-6 } };

/** Makes the run in a folder, or goes on with it. */
export function inFolder(
  path: string,
  more: TrainOptions = {},
  folderOptions: FolderOptions = often,
): Promise<TrainResult> {
  return trainInFolder(
    path,
    (kept) => train(model, data, { ...options, ...more, ...kept }),
    folderOptions,
  );
}

/** Options that stop a run with its checkpoint of at least so many updates. */
export function stoppingAt(updates: number): FolderOptions {
  const stop = new AbortController();
  const onEvent = (event: RunEvent) => {
    if (event.type === "progress" && event.updates >= updates) stop.abort();
  };
  return { ...often, signal: stop.signal, onEvent };
}

let whole: Promise<TrainResult> | undefined;
/** The run without a folder. */
const undisturbed = (): Promise<TrainResult> => (whole ??= train(model, data, options).result);

/** Holds that a run has the same bits as one that was not disturbed. */
export async function expectSame(result: TrainResult): Promise<void> {
  expect(repeatable(result)).toEqual(repeatable(await undisturbed()));
}

/** Holds that the events of a folder tell of each update, epoch and evaluation once and in order. */
export async function expectWholeHistory(path: string): Promise<void> {
  const events = readEvents(path);
  const { history, updates } = await undisturbed();
  const of = (type: string) => events.filter((event) => event.type === type);
  const column = (found: readonly StoredEvent[], name: string) => found.map((event) => event[name]);
  expect(column(of("epoch"), "epoch")).toEqual(history.epoch);
  expect(column(of("epoch"), "loss")).toEqual(history.loss);
  expect(column(of("evaluation"), "updates")).toEqual(history.evaluations.updates);
  expect(column(of("evaluation"), "loss")).toEqual(history.evaluations.loss);
  const made = column(of("progress"), "updates") as number[];
  expect(made).toEqual([...new Set(made)].sort((a, b) => a - b));
  expect(made.at(-1)).toBe(updates);
  expect(of("end")).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ type: "end", updates });
}
