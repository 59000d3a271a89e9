import { describe, expect, it } from "vitest";
import type { CriticalBatchSize } from "../noise/critical.ts";
import type { RacedRun } from "./advice.ts";
import { noiseAdvice } from "./noise-advice.ts";

/** Runs that follow S(B) = 400 (1 + 100 / B). */
const raced = [10, 100].map((batchSize) => ({
  batchSize,
  updates: 400 * (1 + 100 / batchSize),
})) as unknown as readonly RacedRun[];

const exactly = (value: number) => ({ value, low: value, high: value });

/** What is told of two critical batch sizes that a pilot found. */
function told(curvature: number, simple: number) {
  const pilot = {
    criticalBatchSize: exactly(curvature),
    simpleNoiseScale: exactly(simple),
    probes: [],
  } as unknown as CriticalBatchSize;
  const advice = noiseAdvice(pilot, undefined, { fit: null, raced, best: (b) => b, top: [] });
  return { best: advice.best, errors: advice.estimates.map(({ logError }) => logError!) };
}

describe("the error of an estimate of the critical batch size", () => {
  it("is none for the one that the races follow, and the root mean square distance of the logarithms for others", () => {
    // Of two runs it is half of the difference: 1 + b / 10 and 1 + b / 100 are 41 and 5 for b = 400, against 11 and 2.
    const { best, errors } = told(100, 400);
    expect(errors[0]).toBeCloseTo(0, 12);
    expect(errors[1]).toBeCloseTo(Math.log(41 / 5 / (11 / 2)) / 2, 12);
    expect(best).toBe("curvature");
    expect(told(400, 100).best).toBe("simple");
  });

  it("of an infinite one is that from updates in proportion to 1 / B", () => {
    const { errors } = told(Infinity, 0);
    expect(errors[0]).toBeCloseTo(Math.log(10 / (11 / 2)) / 2, 12);
    // and of none, from updates that are the same
    expect(errors[1]).toBeCloseTo(Math.log(11 / 2) / 2, 12);
  });
});
