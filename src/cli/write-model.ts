/** @file `model.onnx` of a run folder: the trained model, with what was fitted on a table in its metadata. */
import { join } from "node:path";
import type { Preprocessing } from "../files.node.ts";
import { replaceFile } from "../train/run-folder/durable.node.ts";
import { runFolderFiles } from "../train/run-folder/names.ts";
import type { TrainedModel } from "../train/trained-model.ts";

/** Writes the model of a run into its folder, whole or not at all. */
export function writeModelFile(
  folder: string,
  model: Pick<TrainedModel, "toOnnx">,
  preprocessing: Preprocessing | undefined,
): void {
  replaceFile(join(folder, runFolderFiles.model), modelBytes(model, preprocessing));
}

/** The model with what was fitted on a table. */
export function modelBytes(
  model: Pick<TrainedModel, "toOnnx">,
  preprocessing: Preprocessing | undefined,
): Uint8Array {
  if (preprocessing === undefined) return model.toOnnx();
  return model.toOnnx({ preprocessing: JSON.stringify(preprocessing) });
}
