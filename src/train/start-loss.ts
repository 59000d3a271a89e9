/** @file The loss at the start of a run, which later ones are compared with. */
import type { Rows } from "../data/dataset.ts";
import type { Chunk, Engine } from "../runtime/engine.ts";
import { initialState } from "./chunk.ts";
import { examplesOfMean } from "./divergence.ts";
import type { RunConfig } from "./run-config.ts";

/** Mean loss of some of the first examples of a run before its first update. */
export interface StartLoss {
  readonly loss: number;
  readonly examples: number;
}

/** That nothing was looked at yet. */
export const noStartLoss: StartLoss = { loss: 0, examples: 0 };

/**
 * With examples of `chunk`, until there are 32. They are looked at as the run began: the losses of small batches may have exploded
 * before there are so many.
 */
export async function lookAtStart(
  start: StartLoss,
  { engine, config }: { readonly engine: Engine; readonly config: Pick<RunConfig, "initial" | "spec"> }, // prettier-ignore
  chunk: Chunk,
  rows: Rows,
): Promise<StartLoss> {
  const more = Math.min(examplesOfMean - start.examples, rows.indices.length);
  if (more <= 0) return start;
  const loss = await engine.lossAfter(initialState(config), chunk, rows, more);
  const examples = start.examples + more;
  return { loss: start.loss + ((loss - start.loss) * more) / examples, examples };
}
