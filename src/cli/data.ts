/** @file DATA: built-in data by name, with its validation part. */
import type { Dataset } from "../data/dataset.ts";
import { splitDataset } from "../data/split.ts";
import { loadDataset } from "../datasets.ts";
import { InputError } from "../errors.ts";
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
  const { data, dataFolder, validationSplit, metric } = settings;
  if (dataFolder !== undefined && !fromFiles.includes(data))
    throw new InputError(`--data-folder goes with ${fromFiles.join(" and ")}, not with ${data}`);
  const { training, test } = await loadDataset(
    data,
    dataFolder === undefined ? {} : { folder: dataFolder },
  );
  const parts =
    validationSplit === undefined || validationSplit === 0
      ? { training, validation: test }
      : splitDataset(training, { validationSplit });
  return {
    ...parts,
    model: modelFor(settings.model, parts.training),
    metric: metric ?? (training.task === "classification" ? "accuracy" : "rootMeanSquaredError"),
  };
}
