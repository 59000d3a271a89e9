/** @file DATA: built-in data by name, or a file, with its validation part. */
import type { CacheProgress } from "../data/cache/progress.ts";
import type { Dataset, StoredDataset } from "../data/dataset.ts";
import { splitDataset } from "../data/split.ts";
import { loadDataset } from "../datasets.ts";
import { InputError } from "../errors.ts";
import { loadFile, openStored, type LoadFileOptions, type Preprocessing } from "../files.node.ts";
import { formats } from "../report/format.ts";
import { modelFor } from "./model.ts";
import { progressOn } from "./progress.ts";
import type { Settings } from "./settings.ts";
import type { Model } from "../nn/model.ts";

const { count } = formats("en");

/** What a command works on. */
export interface Subject<Data extends Dataset | StoredDataset = Dataset> {
  readonly training: Data;
  readonly validation: Data;
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

/** What a command works on that can work on data larger than memory, too. */
export type AnySubject = Subject<Dataset | StoredDataset>;

/**
 * Loads DATA and builds the model for it. It is validated on its test part, or on the last rows of the training part with
 * `--validation-split`.
 *
 * @throws InputError, DataError
 */
export async function loadSubject(settings: Settings): Promise<Subject> {
  return withModel(settings, await loadParts(settings));
}

/** {@link loadSubject}, with `--memory` from a cache on disk, and a word about the caching. */
export async function loadWithProgress(settings: Settings): Promise<AnySubject> {
  const progress = progressOn(process.stderr, settings.quiet);
  let told = false;
  try {
    return await loadAnySubject(settings, ({ phase, rows, total }) => {
      if (!told) progress.note(`caching ${settings.data} on disk`);
      told = true;
      progress.work(
        `${phase}, ${count(rows)}${total === undefined ? "" : ` of ${count(total)}`} rows`,
      );
    });
  } finally {
    progress.clear();
  }
}

/** {@link loadSubject}, with `--memory` from a cache on disk. `onProgress` is told how the caching goes. */
export async function loadAnySubject(
  settings: Settings,
  onProgress: (progress: CacheProgress) => void,
): Promise<AnySubject> {
  const { data, file, memory } = settings;
  if (file === undefined || memory === undefined) return loadSubject(settings);
  const { training, test, notes, preprocessing } = await openStored(data, {
    ...readingOptions(settings),
    ...{ memory, onProgress },
  }).catch(inTermsOfOptions);
  return withModel(settings, {
    ...{ training, validation: test, notes },
    ...(preprocessing && { preprocessing }),
  });
}

function withModel<Data extends Dataset | StoredDataset>(
  { model: argument, metric, loss }: Settings,
  { training, notes, ...parts }: Parts<Data>,
): Subject<Data> {
  const { model, notes: ofModel } = modelFor(argument, training, loss);
  return {
    training,
    ...parts,
    notes: [...notes, ...ofModel],
    model,
    metric: metric ?? (training.task === "classification" ? "accuracy" : "rootMeanSquaredError"),
  };
}

/** How a file is read. */
function readingOptions({ file, dtype }: Settings): LoadFileOptions {
  return { ...file, ...(dtype === "float64" && { dtype }) };
}

/** The library says which of its options to give; here they have dashes. */
export function inTermsOfOptions(error: unknown): never {
  if (error instanceof InputError) {
    error.message = error.message
      .replace(/\bgive (?=(target|size|missing|decimal|split|groups|stratify|raw)\b)/g, "give --")
      .replace("--groups or stratify,", "--groups or --stratify,")
      .replace(/\bgive missingValues\b/g, "give --missing-values")
      .replace(/\bgive the query\b/g, "give --query")
      .replace(/\bwith drop\b/g, "with --drop")
      .replace(/\bin categories\b/g, "in --categories")
      .replace(/\bwith task\b/g, "with --task")
      .replace(/\bwith features and target$/, "with --features and --target")
      .replace(/\bwith features\b/g, "with --features")
      .replace(/\bgive another cacheFolder$/, "set MINIBATCH_CACHE to another folder")
      .replace(/^memory (?=goes with|of)/, "--memory ")
      .replace(/^(split|stratify) (?=\S+ (of|leaves)|must|names)/, "--$1 ");
  }
  throw error;
}

type Parts<Data extends Dataset | StoredDataset> = Omit<Subject<Data>, "model" | "metric">;

async function loadParts(settings: Settings): Promise<Parts<Dataset>> {
  const { data, dataFolder, file, validationSplit } = settings;
  if (dataFolder !== undefined && !fromFiles.includes(data))
    throw new InputError(`--data-folder goes with ${fromFiles.join(" and ")}, not with ${data}`);
  if (file !== undefined) {
    if (validationSplit !== undefined)
      throw new InputError("--validation-split goes with built-in data; give --split for a file");
    const { training, test, notes, preprocessing } = await loadFile(
      data,
      readingOptions(settings),
    ).catch(inTermsOfOptions);
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
