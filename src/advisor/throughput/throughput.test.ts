/** @file Times of updates, on an engine whose clock is made. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { threeClasses } from "../../../test/support/runs.ts";
import type { Chunk, Engine } from "../../runtime/engine.ts";
import { pointOf } from "./measure.ts";
import { stopwatch } from "./time-updates.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a stopwatch", () => {
  it("does not count what is compiled, in the first block of a batch size and in later ones", async () => {
    let [clock, compiled] = [0, 0];
    vi.spyOn(performance, "now").mockImplementation(() => 1000 * clock);
    const blocks: number[] = [];
    // Each block compiles for 5 s, and takes 1 ms an update.
    const engine: Pick<Engine, "compileSeconds" | "advance"> = {
      compileSeconds: () => compiled,
      advance: (state, { updates }: Chunk) => {
        blocks.push(updates);
        clock += 5 + updates / 1000;
        compiled += 5;
        return Promise.resolve({ state, loss: new Float64Array(updates), gradientNorm: undefined });
      },
    };
    const { time } = stopwatch(engine as Engine, {
      ...{ data: threeClasses(100), state: { parameters: [], slots: [] } },
      ...{ coefficients: 1, usesVisitKeys: false },
    });
    expect(await time(64, 0.1)).toBeUndefined();
    expect(await time(64, 0.1)).toBeCloseTo(1e-3, 9);
    // 256 examples to warm up; then as many updates of 1 ms as make 0.1 s.
    expect(blocks).toEqual([4, 100]);
  });
});

describe("a point", () => {
  it("is the median of its blocks with their middle half", () => {
    // numpy.percentile([1, 2, 3, 4], [25, 50, 75]) is 1.75, 2.5, 3.25
    expect(pointOf(10, 1, [4, 1, 3, 2])).toEqual({
      ...{ batchSize: 10, threads: 1, samplesPerSecond: 4 },
      secondsPerUpdate: { value: 2.5, low: 1.75, high: 3.25 },
    });
    expect(pointOf(10, 1, [5, 1, 4, 2, 90]).secondsPerUpdate).toEqual({
      value: 4,
      low: 2,
      high: 5,
    });
    expect(pointOf(10, 1, [7]).secondsPerUpdate).toEqual({ value: 7, low: 7, high: 7 });
  });
});
