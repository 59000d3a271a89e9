/** @file What a race keeps in memory: parameters along the paths that are drawn, and of no other run. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { compare, dense, relu, sequential, type CompareOptions } from "../src/index.ts";
import { threeClasses } from "./support/runs.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const data = threeClasses(200, 5, "float32");
const model = sequential([dense(6), relu(), dense(3)]);
const shared = { seed: 4, batchSizes: [8], epochs: 3, noisePoints: 2, learningRate: 0.1 } as const;

/** By seed: whether parameters in the middle of the run are still there when the next run has begun. */
async function keptAfterwards(options: CompareOptions): Promise<Record<number, boolean>> {
  const seen = new Map<number, WeakRef<object>[]>();
  const kept: Record<number, boolean> = {};
  for await (const event of compare(model, data, { ...shared, seeds: 3, ...options })) {
    if (event.type !== "lane" || event.event.type !== "evaluation") continue;
    const { seed } = event.lane;
    const [first] = event.event.parameters;
    seen.set(seed, [...(seen.get(seed) ?? []), new WeakRef(first!)]);
    // A reference lasts to the end of its task, and the run before is let go of as the next one begins.
    await new Promise((resolve) => setTimeout(resolve));
    collectGarbage();
    if (seen.get(seed)!.length > 1)
      for (const [other, references] of seen)
        if (other < seed)
          kept[other] = references.slice(0, -1).some((r) => r.deref() !== undefined);
  }
  return kept;
}

it("keeps the path of the first seed, which is drawn", async () => {
  expect(await keptAfterwards({ plane: true })).toEqual({ 4: true, 5: false });
});

it("keeps none where no plane is drawn", async () => {
  expect(await keptAfterwards({ plane: false })).toEqual({ 4: false, 5: false });
});
