/** @file A model in an ONNX file, with what its metadata say of it, ready to predict. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Activation } from "../../compile/export.ts";
import type { ColumnSpec } from "../../compile/spec.ts";
import type { Column } from "../../data/dataset.ts";
import type { Preprocessing } from "../../data/table/preprocessing.ts";
import { DataError, RuntimeError } from "../../errors.ts";
import { readMetadata } from "../../graph/onnx/metadata.ts";
import { allocate, sizeOf, type FloatType, type TensorData } from "../../graph/types.ts";
import { rowsOf } from "../../runtime/feeds.ts";
import { onnxRuntime } from "../../runtime/ort.ts";

/** A model and what it is for. */
export interface ModelFile {
  /** Where it came from, for messages. */
  readonly source: string;
  readonly bytes: Uint8Array;
  readonly task: "classification" | "regression";
  /** Names of the classes; empty for a regression. */
  readonly classes: readonly string[];
  /** How a row of inputs is stored. */
  readonly input: ColumnSpec;
  /** Numbers that it puts out for a row. */
  readonly outputs: number;
  /** Type that it computes in, and puts out. */
  readonly dtype: FloatType;
  readonly activation: Activation;
  /** What was fitted on a table; undefined for arrays, images and built-in data. */
  readonly preprocessing: Preprocessing | undefined;
}

/** @throws DataError for a file that cannot be read, is no ONNX file, or none that minibatch has written */
export function readModelFile(path: string): ModelFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new DataError(
      `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return modelFrom(bytes, path);
}

/** What the metadata of a model say. @throws DataError */
export function modelFrom(bytes: Uint8Array, source: string): ModelFile {
  const { task, classes, input, output, dtype, activation, preprocessing } = readMetadata(
    bytes,
    source,
  );
  try {
    if (task !== "classification" && task !== "regression") throw new Error("no task");
    const outputs = sizeOf(JSON.parse(output ?? "") as readonly number[]);
    return {
      source,
      bytes,
      task,
      classes: task === "regression" ? [] : classNames(classes, outputs),
      input: JSON.parse(input ?? "") as ColumnSpec,
      outputs,
      dtype: dtype as FloatType,
      activation: activation as Activation,
      preprocessing:
        preprocessing === undefined ? undefined : (JSON.parse(preprocessing) as Preprocessing),
    };
  } catch (cause) {
    throw new DataError(
      `${source} does not say what it predicts; give a run of minibatch, or an ONNX file that it has written`,
      { cause },
    );
  }
}

function classNames(classes: string | undefined, outputs: number): readonly string[] {
  if (classes !== undefined) return JSON.parse(classes) as readonly string[];
  return Array.from({ length: Math.max(2, outputs) }, (_, i) => String(i));
}

/** A model that is loaded. */
export interface Predictor {
  /** Its outputs on `size` rows, one row after the other. */
  readonly predict: (x: Column, size: number) => Promise<TensorData>;
  readonly close: () => Promise<void>;
}

/** Rows that go through the graph at once: enough to be efficient, few enough to stay in the cache. */
const rowsAtOnce = 1024;

/** Loads a model into ONNX Runtime. @throws RuntimeError */
export async function openPredictor(model: ModelFile): Promise<Predictor> {
  const runtime = await onnxRuntime();
  const session = await runtime.open(model.bytes, { threads: availableParallelism() });
  return {
    async predict(x, size) {
      const all = allocate(model.dtype, size * model.outputs);
      for (let start = 0; start < size; start += rowsAtOnce) {
        const end = Math.min(size, start + rowsAtOnce);
        const { output } = await session.run({ x: rowsOf(x, start, end) });
        if (output === undefined) throw new RuntimeError(`${model.source} has no output "output"`);
        all.set(output.data, start * model.outputs);
      }
      return all;
    },
    close: () => session.close(),
  };
}
