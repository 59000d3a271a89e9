/** @file The model that RUN names: that of a run folder, of its checkpoint where the run has not ended, or a file. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataError, InputError } from "../../errors.ts";
import { configure } from "../../train/config.ts";
import type { Checkpoint } from "../../train/checkpoint.ts";
import { differenceOf, identityOf } from "../../train/identity.ts";
import { runFolderFiles } from "../../train/run-folder/names.ts";
import { readRun, readRunCheckpoint } from "../../train/run-folder/read-run.node.ts";
import type { RunFile } from "../../train/run-folder/run-file.node.ts";
import { trainedModel } from "../../train/trained-model.ts";
import { loadAnySubject, type AnySubject } from "../data.ts";
import { storedCall } from "../resume.ts";
import { fieldsOf } from "../runs/fields.ts";
import { runPath } from "../runs/stored-run.ts";
import { optionsFor, rateWithoutSearch } from "../train-options.ts";
import { readTrainSettings, type TrainSettings } from "../train-settings.ts";
import { modelBytes } from "../write-model.ts";
import { modelFrom, readModelFile, type ModelFile } from "./model-file.ts";

/** A model, and what is known of it beside. */
export interface RunModel {
  readonly model: ModelFile;
  /** For the user. */
  readonly notes: readonly string[];
  /** The options that the run was started with. */
  readonly options: StoredOptions;
}

type StoredOptions = Readonly<Record<string, unknown>>;

/**
 * The model of a run.
 *
 * @param use what is done with it, for the notes
 * @throws InputError when `run` is none or has no model yet, DataError for a damaged file
 */
export async function modelOfRun(run: string, use = "predicting with"): Promise<RunModel> {
  const path = runPath(run);
  if (statSync(path).isFile()) return { model: readModelFile(path), notes: [], options: {} };
  const file = join(path, runFolderFiles.model);
  if (!existsSync(file)) return modelOfCheckpoint(path, use);
  const stored = existsSync(join(path, runFolderFiles.run)) ? readRun(path).run : undefined;
  const note = `${path} has gone on since ${runFolderFiles.model} was written: ${use} that`;
  return {
    model: readModelFile(file),
    notes: stored?.status === "running" ? [note] : [],
    options: optionsOf(stored),
  };
}

/** The model of a run that has not ended is made from its settings, which takes the data that it was made for. */
async function modelOfCheckpoint(path: string, use: string): Promise<RunModel> {
  const { run } = readRun(path);
  const checkpoint = readRunCheckpoint(path);
  const resume = `minibatch train --resume ${path}`;
  if (checkpoint === undefined)
    throw new InputError(`${path} has no model and no checkpoint yet; go on with it: ${resume}`);
  try {
    const { settings, subject } = await subjectOf(path, run);
    const bytes = bytesOf(checkpoint, settings, subject);
    const source = join(path, runFolderFiles.checkpoint);
    const { updates } = checkpoint.position;
    return {
      model: modelFrom(bytes, source),
      notes: [`${path} has not ended: ${use} its checkpoint after ${updates} updates`],
      options: optionsOf(run),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new DataError(
      `${path} has not ended, and its model cannot be made: ${error.message}\ngo on with it: ${resume}`,
      { cause: error },
    );
  }
}

function optionsOf(run: RunFile | undefined): StoredOptions {
  return fieldsOf(fieldsOf(run?.settings)["options"]);
}

/** Data and model as when the run was started, in the folder in which it was. */
async function subjectOf(
  path: string,
  { settings }: RunFile,
): Promise<{ readonly settings: TrainSettings; readonly subject: AnySubject }> {
  const { data, options, folder } = storedCall(path, settings);
  const here = process.cwd();
  if (existsSync(folder)) process.chdir(folder);
  try {
    const read = readTrainSettings(data, options);
    return { settings: read, subject: await loadAnySubject(read, () => undefined) };
  } finally {
    process.chdir(here);
  }
}

function bytesOf(checkpoint: Checkpoint, settings: TrainSettings, subject: AnySubject): Uint8Array {
  const rate = rateWithoutSearch(settings, subject) ?? 1;
  const config = configure(subject.model, subject.training, optionsFor(settings, subject, rate));
  const difference = differenceOf(
    checkpoint.identity,
    identityOf(config),
    checkpoint.position.updates,
  );
  if (difference !== undefined) throw new InputError(difference);
  const parameters = checkpoint.bestParameters ?? checkpoint.parameters;
  return modelBytes(trainedModel({ ...config, engine: "onnx" }, parameters), subject.preprocessing);
}
