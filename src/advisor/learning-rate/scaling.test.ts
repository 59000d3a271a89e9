import { describe, expect, it } from "vitest";
import { scaleLearningRate } from "./scaling.ts";

describe("scaleLearningRate", () => {
  it("is that of ε_max / (1 + b / B), and tends to B′/B for small batches and to 1 for large ones", () => {
    expect(scaleLearningRate("noise", 32, 128, { noiseScale: 96 })).toBeCloseTo(4 / 1.75, 14);
    expect(scaleLearningRate("noise", 1, 2, { noiseScale: 1e9 })).toBeCloseTo(2, 6);
    expect(scaleLearningRate("noise", 1e6, 2e6, { noiseScale: 1 })).toBeCloseTo(1, 5);
  });

  it("is AdaScale's gain, between 1 and the scale of the batch", () => {
    // σ² = tr(Σ) / B = 3, μ² = |G|² = 1, S = 4: r = (3 + 1) / (3/4 + 1)
    expect(scaleLearningRate("adaScale", 10, 40, { simpleNoiseScale: 30 })).toBeCloseTo(
      4 / 1.75,
      14,
    );
  });

  it.each([
    ["squareRoot", 2],
    ["linear", 4],
    ["none", 1],
  ] as const)("%s takes a learning rate from batch size 16 to 64 by %d", (rule, factor) => {
    expect(scaleLearningRate(rule, 16, 64)).toBe(factor);
  });

  it("says what a rule needs", () => {
    expect(() => scaleLearningRate("noise", 16, 64)).toThrow(
      "noiseScale must be a number of at least 0, got NaN",
    );
    expect(() => scaleLearningRate("linear", 0, 64)).toThrow(
      "from must be a positive number, got 0",
    );
  });
});
