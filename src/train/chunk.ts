/** @file What a run starts from, and how many updates it makes in one go. */
import type { Rows } from "../data/dataset.ts";
import { invariant } from "../errors.ts";
import { zeros } from "../graph/types.ts";
import type { Chunk, State } from "../runtime/engine.ts";
import type { RunConfig } from "./run-config.ts";

/** The initial parameters, with the slots of the optimizer as it wants them. */
export function initialState({ initial, spec }: Pick<RunConfig, "initial" | "spec">): State {
  const fills = Object.values(spec.optimizer.slots as Record<string, number>);
  return {
    parameters: initial,
    slots: initial.flatMap(({ shape }) =>
      fills.map((fill) => {
        const slot = zeros(spec.dtype, shape);
        slot.data.fill(fill);
        return slot;
      }),
    ),
  };
}

/** Seconds that a chunk of updates should take: progress stays smooth, a stop quick, and the calls few. */
const chunkSeconds = 0.12;

/** Updates of the next chunk, from what an update took in the one before, with `left` seconds of the budget. */
export function updatesOfChunk(
  { engine, batchSize }: Pick<RunConfig, "engine" | "batchSize">,
  secondsPerUpdate: number | undefined,
  left: number,
): number {
  if (secondsPerUpdate !== undefined)
    return Math.max(1, Math.floor(Math.min(chunkSeconds, left) / secondsPerUpdate));
  // Nothing is known of the speed yet.
  return engine === "loops" ? 1 : Math.max(1, Math.min(64, Math.floor(2048 / batchSize)));
}

/** `rows`, and what they gave last: the rows of the last visits that somebody asked for. */
export function rememberedRows(rows: Chunk["rows"]): {
  readonly rows: Chunk["rows"];
  readonly last: () => Rows;
} {
  let known: Rows | undefined;
  return {
    rows: async (start) => (known = await rows(start)),
    last: () => {
      invariant(known, "no rows were asked for");
      return known;
    },
  };
}
