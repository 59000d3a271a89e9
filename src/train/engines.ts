/** @file Opening the engine that a run asks for. */
import type { TrainingData } from "../data/dataset.ts";
import type { Engine } from "../runtime/engine.ts";
import { loopsEngine } from "../runtime/loops-engine.ts";
import { onnxEngine, type OnnxEngineOptions } from "../runtime/onnx-engine.ts";
import { onnxRuntime, type Runtime } from "../runtime/ort.ts";
import type { RunConfig } from "./run-config.ts";

/** What an engine is opened from. */
export type EngineConfig = Pick<
  RunConfig<TrainingData>,
  "spec" | "engine" | "threads" | "microBatch" | "workBytes"
>;

/** The engine of `config`. @throws RuntimeError when ONNX Runtime is missing */
export async function openEngine(config: EngineConfig, runtime?: Runtime): Promise<Engine> {
  const { spec } = config;
  if (config.engine === "loops") return loopsEngine(spec);
  return onnxEngine(runtime ?? (await onnxRuntime()), spec, engineOptions(config));
}

/** How the graphs of a run are computed. */
export function engineOptions({
  threads,
  microBatch,
  workBytes,
}: Pick<EngineConfig, "threads" | "microBatch" | "workBytes">): OnnxEngineOptions {
  return {
    threads,
    ...(microBatch === undefined ? {} : { microBatch }),
    ...(workBytes === undefined ? {} : { workBytes }),
  };
}
