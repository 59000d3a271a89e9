/** @file The model that RUN names: that of a run folder, or a file. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import { readModelFile, type ModelFile } from "./model-file.ts";

/** The model of a run. @throws InputError when `run` is none, DataError for a damaged file */
export function modelOfRun(run: string): ModelFile {
  const found = statSync(run, { throwIfNoEntry: false });
  if (found?.isFile() === true) return readModelFile(run);
  if (found === undefined) throw new InputError(`there is no run ${run}`);
  const file = join(run, "model.onnx");
  if (existsSync(file)) return readModelFile(file);
  if (existsSync(join(run, "run.json")))
    throw new InputError(`${run} has no model.onnx: the run has not ended`);
  throw new InputError(`${run} is no run folder: there is no run.json in it`);
}
