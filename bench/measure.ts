/**
 * @file The stopwatch: picks the fastest variant of an engine's update and times it in blocks.
 *
 * `engines/measure.py` does the same for the engines in Python; keep the two alike.
 */
import type { Measurement } from "./job.ts";

/** One way of writing the update. */
export interface Variant {
  readonly name: string;
  /** Makes `count` updates and returns the last loss once they are done. */
  readonly run: (count: number) => number | Promise<number>;
}

const blockSeconds = 0.1;
/** A first update slower than this ends the search for a faster variant. */
const patienceSeconds = 1.5;

async function time(variant: Variant, count: number): Promise<{ seconds: number; loss: number }> {
  const start = performance.now();
  const loss = await variant.run(count);
  return { seconds: (performance.now() - start) / 1000, loss };
}

/** Warms a variant up; returns its time per update and how many updates make a block. */
async function warmUp(variant: Variant): Promise<{ seconds: number; count: number }> {
  let count = 1;
  let { seconds } = await time(variant, count);
  if (seconds > patienceSeconds) return { seconds, count };
  // Twice, so that whatever the first update compiled or allocated is out of the count.
  ({ seconds } = await time(variant, count));
  while (seconds < blockSeconds) {
    count = Math.ceil(count * Math.min(8, 1 + blockSeconds / seconds));
    ({ seconds } = await time(variant, count));
  }
  return {
    seconds: seconds / count,
    count: Math.max(1, Math.round((count * blockSeconds) / seconds)),
  };
}

/** Times the fastest of `variants` in blocks of about 0.1 s for `seconds`, at least one block. */
export async function measure(
  variants: readonly Variant[],
  seconds: number,
): Promise<Pick<Measurement, "variant" | "updateMicroseconds" | "loss">> {
  let best: { variant: Variant; seconds: number; count: number } | undefined;
  for (const variant of variants) {
    const found = await warmUp(variant);
    if (best === undefined || found.seconds < best.seconds) best = { variant, ...found };
    if (found.seconds > patienceSeconds) break;
  }
  if (best === undefined) throw new Error("there is no variant to measure");
  const updateMicroseconds: number[] = [];
  let spent = 0;
  let loss = NaN;
  while (spent < seconds) {
    const block = await time(best.variant, best.count);
    updateMicroseconds.push((block.seconds * 1e6) / best.count);
    spent += block.seconds;
    loss = block.loss;
  }
  return {
    variant: best.variant.name,
    updateMicroseconds,
    loss: Number.isFinite(loss) ? loss : null,
  };
}
