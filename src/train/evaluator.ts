/** @file Mean loss and metrics on a data set, in memory or stored, as often as they are wanted. */
import { isStored, type Dataset, type RowReader, type StoredDataset } from "../data/dataset.ts";
import { range } from "../data/sampler.ts";
import { invariant } from "../errors.ts";
import type { Tensor } from "../graph/types.ts";
import type { Engine, EvaluationSums } from "../runtime/engine.ts";
import { evaluationRows } from "../runtime/onnx-engine.ts";
import type { RunConfig } from "./run-config.ts";
import type { Evaluation } from "./history.ts";

/** Evaluates parameters on one data set. */
export interface Evaluator {
  readonly evaluate: (parameters: readonly Tensor[]) => Promise<Evaluation>;
  readonly close: () => Promise<void>;
}

/** Means and metrics from sums over `examples`. */
function evaluationOf(
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

/** An evaluator. That of stored data opens them when they are wanted first: starting to read takes longer than small data. */
export function evaluatorOn(
  config: Pick<RunConfig, "spec">,
  engine: Engine,
  data: Dataset | StoredDataset,
): Evaluator {
  let opened: RowReader | undefined;
  return {
    evaluate: async (parameters) => {
      const sums = isStored(data)
        ? await storedSums(engine, parameters, data, (opened ??= await data.open()))
        : await engine.evaluate(parameters, data);
      return evaluationOf(config, sums, data.size);
    },
    close: async () => opened?.close(),
  };
}

async function storedSums(
  engine: Engine,
  parameters: readonly Tensor[],
  data: StoredDataset,
  reader: RowReader,
): Promise<EvaluationSums> {
  const blockRows = blockRowsOf(data);
  const read = (start: number) => {
    const rows = range(Math.max(0, Math.min(blockRows, data.size - start)));
    const block = rows.length > 0 ? reader.read(rows.map((row) => start + row)) : undefined;
    block?.catch(() => undefined); // told to whoever waits for it
    return block;
  };
  let total: EvaluationSums | undefined;
  let ahead = read(0);
  for (let start = 0; ahead !== undefined; start += blockRows) {
    const block = await ahead;
    ahead = read(start + blockRows);
    total = await engine.evaluate(parameters, block, total);
  }
  invariant(total, "an empty data set");
  return total;
}

/** One evaluation. */
export async function evaluateOn(
  config: Pick<RunConfig, "spec">,
  engine: Engine,
  parameters: readonly Tensor[],
  data: Dataset | StoredDataset,
): Promise<Evaluation> {
  const evaluator = evaluatorOn(config, engine, data);
  try {
    return await evaluator.evaluate(parameters);
  } finally {
    await evaluator.close();
  }
}
