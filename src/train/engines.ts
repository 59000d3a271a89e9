/** @file Opening the engine that a run asks for, and reading what it measures. */
import {
  isInMemory,
  isStored,
  type Dataset,
  type StoredDataset,
  type TrainingData,
} from "../data/dataset.ts";
import { invariant } from "../errors.ts";
import { range } from "../data/sampler.ts";
import type { Tensor } from "../graph/types.ts";
import type { EvaluationSums, Engine } from "../runtime/engine.ts";
import { loopsEngine } from "../runtime/loops-engine.ts";
import { onnxEngine } from "../runtime/onnx-engine.ts";
import { onnxRuntime, type Runtime } from "../runtime/ort.ts";
import type { RunConfig } from "./config.ts";
import type { Evaluation } from "./history.ts";

/** What an engine is opened from. */
export type EngineConfig = Pick<
  RunConfig<TrainingData>,
  "spec" | "training" | "engine" | "threads" | "microBatch"
>;

/** The engine of `config`. @throws RuntimeError when ONNX Runtime is missing */
export async function openEngine(config: EngineConfig, runtime?: Runtime): Promise<Engine> {
  const { spec, training, threads, microBatch } = config;
  const data = isInMemory(training) ? training : undefined;
  if (config.engine === "loops") return loopsEngine(spec, data);
  return onnxEngine(runtime ?? (await onnxRuntime()), spec, data, {
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

/** Rows of a stored data set that are evaluated at a time; a multiple of the rows of one call. */
const blockRows = 2 ** 16;

/** Mean loss and metrics on a data set, in memory or stored. */
export async function evaluateOn(
  config: Pick<RunConfig, "spec">,
  engine: Engine,
  parameters: readonly Tensor[],
  data: Dataset | StoredDataset,
): Promise<Evaluation> {
  if (!isStored(data))
    return evaluationOf(config, await engine.evaluate(parameters, data), data.size);
  const reader = await data.open();
  try {
    let total: EvaluationSums | undefined;
    for (let start = 0; start < data.size; start += blockRows) {
      const rows = range(Math.min(blockRows, data.size - start)).map((row) => start + row);
      total = await engine.evaluate(parameters, await reader.read(rows), total);
    }
    invariant(total, "an empty data set");
    return evaluationOf(config, total, data.size);
  } finally {
    await reader.close();
  }
}
