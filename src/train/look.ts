/** @file One look of a probe at a run: what it found, and what follows. */
import type { BatchSizeEvent, ProbeEvent } from "./events.ts";
import type { Moment } from "./history.ts";
import type { OpenProbe, ProbePoint } from "./probe.ts";
import type { Standing } from "./standing.ts";

/** What a look changes, and the events that tell of it, but for their moment. */
interface Look {
  readonly changes: Partial<Pick<Standing, "probe" | "batchSizes">>;
  readonly events: readonly (Omit<ProbeEvent, keyof Moment> | Omit<BatchSizeEvent, keyof Moment>)[];
}

/** Lets `probe` look at a run that stands at `standing`. */
export async function look(
  probe: OpenProbe,
  { probe: before, position, batchSizes, state, rateFactor }: Standing,
  now: Omit<ProbePoint, "position" | "parameters">,
): Promise<Look> {
  const { parameters } = state;
  const found = await probe.look(before?.memory, { ...now, position, parameters });
  const { memory, nextAt } = found.state;
  const told =
    found.measured === undefined ? [] : [{ type: "probe", measured: found.measured } as const];
  const after = { memory, nextAt: Math.max(nextAt, position.examples + 1) };
  if (found.change === undefined) return { changes: { probe: after }, events: told };
  const { change } = found;
  const { epoch, batch, updates } = position;
  const factor = rateFactor * change.rateFactor;
  const { batchSize, reason } = change;
  return {
    changes: { probe: after, batchSizes: [...batchSizes, { epoch, batch, updates, ...change }] },
    events: [...told, { type: "batchSize", from: now.batchSize, batchSize, factor, reason }],
  };
}
