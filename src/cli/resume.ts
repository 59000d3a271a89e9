/** @file `--resume`: a run as it was started, with what it may be given when it goes on. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../errors.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { TrainingData } from "../data/dataset.ts";
import type { RunConfig } from "../train/run-config.ts";
import { datasetNames } from "../datasets.ts";
import { differenceOf, identityOf } from "../train/identity.ts";
import type { Json } from "../train/probe.ts";
import { openRun } from "../train/run-folder/open-run.node.ts";
import { runToGoOn } from "../train/run-folder/read-run.node.ts";
import type { RunFolder } from "../train/run-folder/run-folder.node.ts";
import type { BudgetArgument } from "./settings.ts";
import type { RawOptions } from "./raw-options.ts";
import { runPath } from "./runs/stored-run.ts";
import type { TrainSettings } from "./train-settings.ts";

/** What stands in `run.json` of how a run was called. */
interface StoredCall {
  readonly data: string;
  readonly options: Readonly<Record<string, string | readonly string[]>>;
  /** The folder that paths are relative to. */
  readonly folder: string;
}

const budgetNames = ["epochs", "updates", "examples", "seconds"] as const;
/** What may differ when a run goes on; the rest makes it the run that it is. */
const free = [...budgetNames, "checkpointEvery", "onDivergence", "dataFolder", "memory"];
/** What is about one call and not about the run. */
const ofTheCall = ["json", "quiet", "debug", "resume", "out"];

/** A run that is to go on. */
export interface ResumedCall {
  readonly folder: RunFolder;
  /** As it was given. */
  readonly path: string;
  readonly data: string;
  readonly options: RawOptions;
}

/**
 * Opens a run to go on with it, in the folder in which it was started.
 *
 * @param run its folder, or its name in the folder `runs`
 * @param data where the data is now; as when the run was started by default
 * @throws InputError for options that a run cannot be given, DataError
 */
export function openResumed(run: string, data: string | undefined, given: RawOptions): ResumedCall {
  refuseOthers(given);
  const path = runPath(run);
  const call = storedCall(path, runToGoOn(path).settings);
  if (given["memory"] !== undefined && call.options["memory"] === undefined)
    throw new InputError(
      `--memory: ${path} was started with its data in memory, and goes on so; leave it out, or start a new run`,
    );
  if (data !== undefined && isBuiltIn(data) !== isBuiltIn(call.data))
    throw new InputError(
      `${path} was started with ${call.data}, and does not go on with ${data}; leave ${data} out, or start a new run`,
    );
  const folder = openRun(resolve(path));
  const asked = data === undefined || !existsSync(data) ? data : resolve(data);
  if (existsSync(call.folder)) process.chdir(call.folder);
  return { folder, path, data: asked ?? call.data, options: merged(call.options, given) };
}

function isBuiltIn(data: string): boolean {
  return datasetNames.includes(data);
}

/** How a run is called, for `run.json`; what the call leaves open is said, and how it was found. */
export function callToStore(
  data: string,
  options: RawOptions,
  {
    config,
    settings,
    learningRate,
  }: {
    readonly config: RunConfig<TrainingData>;
    readonly settings: TrainSettings;
    readonly learningRate: number;
  },
  learningRateSearch?: Json,
): Json {
  const texts = Object.entries(options).filter(
    ([name, value]) => !ofTheCall.includes(name) && typeof value !== "boolean",
  );
  return {
    data,
    options: {
      ...(Object.fromEntries(texts) as Record<string, string>),
      batchSize: String(settings.batchSize ?? config.batchSize),
      learningRate: String(learningRate),
      model: settings.model.text,
      seed: String(config.seed),
      threads: String(config.threads),
    },
    folder: process.cwd(),
    ...(learningRateSearch !== undefined && { learningRateSearch }),
  };
}

/** Refuses data and settings that are not those of the run. @throws InputError naming what differs */
export function requireSame({ checkpoint, run }: RunFolder, config: RunConfig<TrainingData>): void {
  const saved = checkpoint?.identity ?? run.identity;
  const difference = saved && differenceOf(saved, identityOf(config), checkpoint?.position.updates);
  if (difference !== undefined) throw new InputError(`resume: ${difference}`);
}

/** Why a run has nothing left to do, and what would give it more; undefined when it has. */
export function finishedText(
  path: string,
  { position, seconds, watch }: Checkpoint,
  budget: BudgetArgument,
): string | undefined {
  if (watch.stop === "target") return `${path} is finished: it reached its target`;
  if (watch.stop !== undefined) return `${path} is finished: it stopped early`;
  const done = { epochs: position.epoch, updates: position.updates, examples: position.examples };
  const unit = budgetNames.find(
    (name) => ({ ...done, seconds })[name] >= (budget[name] ?? Infinity),
  );
  if (unit === undefined) return undefined;
  const bound = budget[unit] ?? 0;
  const units = bound === 1 ? unit.slice(0, -1) : unit;
  return `${path} is finished: its budget was ${bound} ${units}; to go on give it more, such as --${unit} ${2 * bound}`;
}

function refuseOthers(given: RawOptions): void {
  const odd = Object.entries(given).find(
    ([name, value]) => value !== undefined && ![...free, ...ofTheCall].includes(name),
  );
  if (given["out"] !== undefined)
    throw new InputError("--out does not go with --resume: the run stays in its folder");
  if (odd !== undefined)
    throw new InputError(
      `${optionName(odd[0])} does not go with --resume: the run goes on with what it was started with; it may be given ${free.map(optionName).join(", ")}`,
    );
}

function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** How a run was called. @throws InputError when it was not by the terminal program */
export function storedCall(path: string, settings: Json | undefined): StoredCall {
  const { data, options, folder } = (settings ?? {}) as Partial<StoredCall>;
  if (typeof data !== "string" || typeof folder !== "string" || options === undefined)
    throw new InputError(
      `${path} was not made by minibatch train; go on with it by the program that made it`,
    );
  return { data, options, folder };
}

/** A budget that is given takes the place of the one before. */
function merged(stored: StoredCall["options"], given: RawOptions): RawOptions {
  const newBudget = budgetNames.some((name) => given[name] !== undefined);
  const kept = Object.entries(stored).filter(
    ([name]) => !newBudget || !(budgetNames as readonly string[]).includes(name),
  );
  return { ...Object.fromEntries(kept), ...given };
}
