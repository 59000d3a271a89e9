/** @file The end of a run: no update follows the last one, whose loss would tell what it did. */
import { isInMemory, type TrainingData } from "../data/dataset.ts";
import { range } from "../data/sampler.ts";
import { take } from "../data/split.ts";
import type { Tensor } from "../graph/types.ts";
import type { Engine } from "../runtime/engine.ts";
import type { RunConfig } from "./config.ts";
import { examplesOfMean, explosionBound, startLossOf } from "./divergence.ts";
import { evaluateOn } from "./engines.ts";
import type { UpdateColumns } from "./history.ts";

/** Parameters that have not grown this much since the start of the run cannot have broken it: looking costs a graph. */
const growth = 2;

/**
 * The loss of some examples at the last parameters, and that of the first batches, where it is not finite, or (unless divergence is
 * ignored) more than a thousand times as large; undefined where nothing is wrong. Stored training data is not read again: its
 * validation data is looked at, where there is any.
 */
export async function badEnd(
  { config, engine }: { readonly config: RunConfig<TrainingData>; readonly engine: Engine },
  parameters: readonly Tensor[],
  { loss: losses, batchSize }: UpdateColumns,
): Promise<{ readonly loss: number; readonly startLoss: number } | undefined> {
  const { training, validation, initial, onDivergence } = config;
  if (largest(parameters) <= growth * largest(initial)) return undefined;
  const examples = isInMemory(training)
    ? take(training, range(Math.min(training.size, examplesOfMean)))
    : validation;
  if (examples === undefined) return undefined;
  const { loss } = await evaluateOn(config, engine, parameters, examples);
  const startLoss = startLossOf(losses, new Float64Array(0), batchSize[0]!);
  const bound = onDivergence === "ignore" ? Infinity : explosionBound(startLoss);
  return Number.isFinite(loss) && loss <= bound ? undefined : { loss, startLoss };
}

/** The largest size of an element. */
function largest(tensors: readonly Tensor[]): number {
  let most = 0;
  for (const { data } of tensors)
    for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(Number(data[i])));
  return most;
}
