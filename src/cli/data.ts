/** @file DATA: built-in data by name, or a file, with its validation part. */
import type { Dataset } from "../data/dataset.ts";
import { splitDataset } from "../data/split.ts";
import { loadDataset } from "../datasets.ts";
import { InputError } from "../errors.ts";
import { loadFile, type Preprocessing } from "../files.node.ts";
import { modelFor } from "./model.ts";
import type { Settings } from "./settings.ts";
import type { Model } from "../nn/model.ts";

/** What a command works on. */
export interface Subject {
  readonly training: Dataset;
  readonly validation: Dataset;
  readonly model: Model;
  /** Name of the metric that is shown and that a target without a name is about. */
  readonly metric: string;
  /** What was read, assumed and done to a file, in lines. */
  readonly notes: readonly string[];
  /** What was fitted on the training part of a table. */
  readonly preprocessing?: Preprocessing;
}

/** Data sets that are read from files. */
const fromFiles = ["mnist", "fashion-mnist"];

/**
 * Loads DATA and builds the model for it. It is validated on its test part, or on the last rows of the training part with
 * `--validation-split`.
 *
 * @throws InputError, DataError
 */
export async function loadSubject(settings: Settings): Promise<Subject> {
  const { training, validation, ...about } = await loadParts(settings);
  const { metric } = settings;
  return {
    training,
    validation,
    ...about,
    model: modelFor(settings.model, training),
    metric: metric ?? (training.task === "classification" ? "accuracy" : "rootMeanSquaredError"),
  };
}

/** The library says which of its options to give; here they have dashes. */
function inTermsOfOptions(error: unknown): never {
  if (error instanceof InputError) {
    error.message = error.message
      .replace(/\bgive (?=(target|size|missing|decimal|split|groups|stratify)\b)/g, "give --")
      .replace(/\bgive missingValues\b/g, "give --missing-values")
      .replace(/\bwith drop\b/g, "with --drop")
      .replace(/\bin categories\b/g, "in --categories")
      .replace(/\bwith task\b/g, "with --task");
  }
  throw error;
}

type Parts = Omit<Subject, "model" | "metric">;

async function loadParts(settings: Settings): Promise<Parts> {
  const { data, dataFolder, file, validationSplit, dtype } = settings;
  if (dataFolder !== undefined && !fromFiles.includes(data))
    throw new InputError(`--data-folder goes with ${fromFiles.join(" and ")}, not with ${data}`);
  if (file !== undefined) {
    if (validationSplit !== undefined)
      throw new InputError("--validation-split goes with built-in data; give --split for a file");
    const { training, test, notes, preprocessing } = await loadFile(data, {
      ...file,
      ...(dtype === "float64" && { dtype }),
    }).catch(inTermsOfOptions);
    return { training, validation: test, notes, ...(preprocessing && { preprocessing }) };
  }
  const { training, test } = await loadDataset(
    data,
    dataFolder === undefined ? {} : { folder: dataFolder },
  );
  const parts =
    validationSplit === undefined || validationSplit === 0
      ? { training, validation: test }
      : splitDataset(training, { validationSplit });
  return { ...parts, notes: [] };
}
