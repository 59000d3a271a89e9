import { describe, expect, it } from "vitest";
import { bestFor, nextToRace, type Candidate } from "./choose-next.ts";

const sure = (value: number) => ({ value, low: value, high: value });
/** S(B) = 450 (1 + 183 / B) updates of (20 + 3 B) µs, 1 kB an example: the least time is at B = √(183 · 20 / 3) ≈ 35. */
const candidates: Candidate[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map(
  (batchSize): Candidate => {
    const updates = 450 * (1 + 183 / batchSize);
    const secondsPerUpdate = 20e-6 + 3e-6 * batchSize;
    return {
      ...{ batchSize, secondsPerUpdate, learningRate: 0.1, threads: 1 },
      updates: sure(updates),
      seconds: sure(updates * secondsPerUpdate),
      examples: sure(updates * batchSize),
      bytes: 1e8 + 1000 * batchSize,
    };
  },
);

describe("bestFor", () => {
  it("takes the least time", () => {
    expect(bestFor("time", candidates)?.batchSize).toBe(32);
  });

  it("takes the fastest of those that need at most a tenth more examples than the fewest", () => {
    // E(B) = E_min (1 + B / 183): 16 needs 8 % more than 1, 32 needs 17 % more
    expect(bestFor("examples", candidates)?.batchSize).toBe(16);
  });

  it("takes the fastest of those within a twentieth of the least memory", () => {
    expect(bestFor("memory", candidates)?.batchSize).toBe(32);
    const heavy = candidates.map((each): Candidate => ({
      ...each,
      bytes: 1e6 + 1e6 * each.batchSize,
    }));
    expect(bestFor("memory", heavy)?.batchSize).toBe(1);
  });

  it("has no answer without candidates", () => {
    const none: Candidate[] = [];
    expect(bestFor("time", none)?.batchSize).toBeUndefined();
  });
});

describe("nextToRace", () => {
  it("goes far enough to show the curve, then to the best, then stops", () => {
    // At least a factor of 4 away: (1 + 183/128) · 404 µs is less than (1 + 183/8) · 44 µs.
    expect(nextToRace("time", candidates, [32], [32])).toBe(128);
    expect(nextToRace("time", candidates, [32, 128], [32, 128])).toBe(8);
    expect(nextToRace("time", candidates, [8, 128, 512], [8, 128, 512])).toBe(32);
    // 64 and 16 are predicted to be 5 and 8 % slower than 32, which is too near to leave out.
    expect(nextToRace("time", candidates, [32, 8, 128], [32, 8, 128])).toBe(64);
    expect(nextToRace("time", candidates, [32, 8, 128, 64], [32, 8, 128, 64])).toBe(16);
    const five = [32, 8, 128, 64, 16];
    expect(nextToRace("time", candidates, five, five)).toBeUndefined();
  });

  it("does not go farther than a factor of eight at once", () => {
    expect(nextToRace("time", candidates, [512, 1024, 256], [512, 1024, 256])).toBe(32);
    expect(nextToRace("time", candidates, [1024, 512], [1024, 512])).toBe(64);
  });

  it("looks for nothing beyond a batch size that did not arrive, and compares with those that did", () => {
    // 32 would be best: 64 failed between it and all that arrived
    expect(nextToRace("time", candidates, [1024, 512, 64], [1024, 512])).toBe(128);
    // 16 did not arrive, so what is predicted for it does not stop the search
    expect(nextToRace("time", candidates, [128, 512, 16], [128, 512])).toBe(32);
  });

  it("ends", () => {
    expect(
      nextToRace("time", candidates, [1, 2, 4, 256, 512, 1024], [1, 2, 4, 256, 512, 1024]),
    ).toBeUndefined();
  });
});
