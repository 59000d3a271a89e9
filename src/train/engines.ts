/** @file Opening the engine that a run asks for, and reading what it measures. */
import type { EvaluationSums, Engine } from "../runtime/engine.ts";
import { loopsEngine } from "../runtime/loops-engine.ts";
import { onnxEngine } from "../runtime/onnx-engine.ts";
import { onnxRuntime, type Runtime } from "../runtime/ort.ts";
import type { RunConfig } from "./config.ts";
import type { Evaluation } from "./history.ts";

/** What an engine is opened from. */
export type EngineConfig = Pick<
  RunConfig,
  "spec" | "training" | "engine" | "threads" | "microBatch"
>;

/** The engine of `config`. @throws RuntimeError when ONNX Runtime is missing */
export async function openEngine(config: EngineConfig, runtime?: Runtime): Promise<Engine> {
  const { spec, training, threads, microBatch } = config;
  if (config.engine === "loops") return loopsEngine(spec, training);
  return onnxEngine(runtime ?? (await onnxRuntime()), spec, training, {
    threads,
    ...(microBatch === undefined ? {} : { microBatch }),
  });
}

/** Means and metrics from sums over `examples`. */
export function evaluationOf(
  { spec }: Pick<RunConfig, "spec">,
  sums: EvaluationSums,
  examples: number,
): Evaluation {
  return {
    loss: sums.loss / examples,
    metrics: Object.fromEntries(
      spec.metrics.map(({ name, finish }, i) => [name, finish(sums.metrics[i]!, examples)]),
    ),
  };
}
