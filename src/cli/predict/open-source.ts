/** @file DATA of `minibatch predict`: a table, arrays, images or built-in data, opened with the options that go with it. */
import { fileKind, type FileKind } from "../../data/file-kind.node.ts";
import { loadDataset } from "../../datasets.ts";
import { DataError, InputError } from "../../errors.ts";
import { inTermsOfOptions } from "../data.ts";
import { isFileName } from "../file-options.ts";
import { definedOnly } from "../records.ts";
import { textOf, wordOf } from "../runs/fields.ts";
import { arraySource, builtInSource } from "./array-source.ts";
import { imageSource } from "./image-source.ts";
import type { InputSource } from "./input-source.ts";
import type { ModelFile } from "./model-file.ts";
import { missingTextsOf, type PredictSettings } from "./predict-settings.ts";
import type { RunModel } from "./run-model.ts";
import { tableSource, type TableOptions } from "./table-source.ts";

/** Opens DATA, whatever it is. @throws InputError, DataError */
export async function openSource(
  settings: PredictSettings,
  model: ModelFile,
  options: RunModel["options"],
): Promise<InputSource> {
  try {
    return await sourceOf(settings, model, options);
  } catch (error) {
    return inTermsOfOptions(withQuery(error, settings, options));
  }
}

async function sourceOf(
  settings: PredictSettings,
  model: ModelFile,
  options: RunModel["options"],
): Promise<InputSource> {
  const { data, dataFolder, features, target, raw } = settings;
  const kind = !isFileName(data) ? undefined : raw ? "arrays" : await fileKind(data);
  refuseOthers(settings, kind);
  if (kind === undefined) {
    const { test } = await loadDataset(
      data,
      dataFolder === undefined ? {} : { folder: dataFolder },
    );
    return builtInSource(model, test);
  }
  if (kind === "table") return tableSource(data, model, tableOptions(settings, options));
  if (kind === "arrays") return arraySource(data, model, { features, target, raw });
  return imageSource(data, model);
}

const ofTables = ["keep", "query", "missingValues", "decimal"] as const;
const ofArrays = ["features", "target", "raw"] as const;

/** @throws InputError for an option that goes with another kind of data */
function refuseOthers(settings: PredictSettings, kind: FileKind | undefined): void {
  const isGiven = (name: keyof PredictSettings): boolean => settings[name] !== undefined;
  const ofTable = kind === "table" ? undefined : ofTables.find(isGiven);
  const name = ofTable ?? (kind === "arrays" ? undefined : ofArrays.find(isGiven));
  if (name === undefined) return;
  const option = name === "missingValues" ? "missing-values" : name;
  const wanted = ofTable === undefined ? "arrays" : "tables";
  throw new InputError(`--${option} goes with ${wanted}, and ${settings.data} is none`);
}

/** Texts are read as the run read them, unless something else is asked for. */
function tableOptions(settings: PredictSettings, options: RunModel["options"]): TableOptions {
  const { keep, query, format } = settings;
  const stored = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === "string" ? value : undefined;
  };
  return definedOnly({
    keep,
    keepAs: format === "csv" ? "texts" : "values",
    query,
    missingValues: missingTextsOf(settings.missingValues ?? stored("missingValues")),
    decimal: wordOf(settings.decimal ?? stored("decimal"), [".", ","] as const) ?? undefined,
  } as const);
}

/** A column that is missing may be one that the run's query makes. */
function withQuery(
  error: unknown,
  { query }: PredictSettings,
  options: RunModel["options"],
): unknown {
  const own = textOf(options["query"]);
  if (error instanceof DataError && query === undefined && own !== null)
    error.message += `\nthe run was made from a query: --query '${own}'`;
  return error;
}
