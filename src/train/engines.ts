/** @file Opening the engine that a run asks for, and reading what it measures. */
import { isStored, type Dataset, type StoredDataset, type TrainingData } from "../data/dataset.ts";
import { invariant } from "../errors.ts";
import { range } from "../data/sampler.ts";
import type { Tensor } from "../graph/types.ts";
import type { EvaluationSums, Engine } from "../runtime/engine.ts";
import { loopsEngine } from "../runtime/loops-engine.ts";
import { evaluationRows, onnxEngine, type OnnxEngineOptions } from "../runtime/onnx-engine.ts";
import { onnxRuntime, type Runtime } from "../runtime/ort.ts";
import type { RunConfig } from "./config.ts";
import type { Evaluation } from "./history.ts";

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

/** Rows of a stored data set that are evaluated at a time, at most. */
const mostRows = 2 ** 16;

/** As many as a window holds, and a multiple of the rows of one call where there are so many. */
function blockRowsOf({ windowRows }: StoredDataset): number {
  const rows = Math.min(mostRows, windowRows);
  return rows - (rows > evaluationRows ? rows % evaluationRows : 0);
}

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
  const blockRows = blockRowsOf(data);
  const read = (start: number) => {
    const rows = range(Math.max(0, Math.min(blockRows, data.size - start)));
    const block = rows.length > 0 ? reader.read(rows.map((row) => start + row)) : undefined;
    block?.catch(() => undefined); // told to whoever waits for it
    return block;
  };
  try {
    let total: EvaluationSums | undefined;
    let ahead = read(0);
    for (let start = 0; ahead !== undefined; start += blockRows) {
      const block = await ahead;
      ahead = read(start + blockRows);
      total = await engine.evaluate(parameters, block, total);
    }
    invariant(total, "an empty data set");
    return evaluationOf(config, total, data.size);
  } finally {
    await reader.close();
  }
}
