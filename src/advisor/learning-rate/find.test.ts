import { describe, expect, it } from "vitest";
import { lowestOfBest } from "./find.ts";

const trials = (...losses: readonly (readonly [number, number | null])[]) =>
  losses.map(([learningRate, loss]) => ({ learningRate, loss }));

describe("lowestOfBest", () => {
  it("takes the lowest rate whose loss is within 1 % of the least, in any order", () => {
    expect(lowestOfBest(trials([0.4, 1], [0.2, 1.0099], [0.1, 1.0101]))).toBe(0.2);
    expect(lowestOfBest(trials([0.1, 1.0101], [0.2, 1.0099], [0.4, 1]))).toBe(0.2);
    expect(lowestOfBest(trials([0.4, 1], [0.2, 1.02], [0.1, 1.1]))).toBe(0.4);
  });

  it("measures the 1 % by the size of a negative loss", () => {
    expect(lowestOfBest(trials([0.4, -1], [0.2, -0.991], [0.1, -0.989]))).toBe(0.2);
  });

  it("passes over trials that diverged, and has no answer where all did", () => {
    expect(lowestOfBest(trials([0.4, null], [0.2, 3], [0.1, null]))).toBe(0.2);
    expect(lowestOfBest(trials([0.4, null], [0.2, null]))).toBeNull();
  });
});
