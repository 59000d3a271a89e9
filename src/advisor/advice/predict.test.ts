import { describe, expect, it } from "vitest";
import { updatesModel, type Raced } from "./predict.ts";

/** S(B) = 450 (1 + 183 / B), the curve of an MLP on MNIST. */
const updatesOf = (batchSize: number) => 450 * (1 + 183 / batchSize);
const race = (...sizes: number[]): Raced[] =>
  sizes.map((batchSize) => ({ batchSize, updates: [updatesOf(batchSize)] }));

describe("updatesModel", () => {
  it("finds the curve that three batch sizes lie on, within and beyond them", () => {
    const { updatesAt, criticalBatchSize, fit } = updatesModel(race(8, 32, 256), 1);
    expect(criticalBatchSize).toBeCloseTo(183, 3);
    expect(fit?.minUpdates).toBeCloseTo(450, 3);
    for (const batchSize of [1, 8, 64, 1024, 60000])
      expect(updatesAt(batchSize).value / updatesOf(batchSize)).toBeCloseTo(1, 4);
  });

  it("goes by the noise with one batch size", () => {
    const { updatesAt, fit } = updatesModel(race(32), 183);
    expect(fit).toBeNull();
    expect(updatesAt(256).value).toBeCloseTo(updatesOf(256), 8);
  });

  it("takes the geometric mean of the fit and of the noise with two", () => {
    const { criticalBatchSize } = updatesModel(race(16, 256), 183 / 4);
    expect(criticalBatchSize).toBeCloseTo(183 / 2, 3);
  });

  it("repeats what was measured, as the geometric mean over seeds", () => {
    const raced = [
      { batchSize: 16, updates: [100, 400] },
      { batchSize: 64, updates: [90] },
    ];
    expect(updatesModel(raced, 50).updatesAt(16).value).toBeCloseTo(200, 9);
  });

  it("is less sure where nothing was raced, and where seeds differ more", () => {
    const width = ({ low, high }: { low: number; high: number }) => Math.log(high / low);
    const { updatesAt } = updatesModel(race(8, 64, 512), 100);
    expect(width(updatesAt(128))).toBeGreaterThan(width(updatesAt(64)));
    const wide = updatesModel(
      race(8, 64, 512).map(({ batchSize, updates: [s = 0] }) => ({
        batchSize,
        updates: [s * 0.6, s / 0.6],
      })),
      100,
    );
    expect(width(wide.updatesAt(64))).toBeGreaterThan(width(updatesAt(64)));
  });

  it("bears batches that never helped and ones that always did", () => {
    const flat = updatesModel(
      [1, 8, 64].map((batchSize) => ({ batchSize, updates: [100] })),
      50,
    );
    expect(flat.updatesAt(512).value).toBeCloseTo(100, 0);
    const halving = updatesModel(
      [1, 8, 64].map((batchSize) => ({ batchSize, updates: [6400 / batchSize] })),
      50,
    );
    expect(halving.updatesAt(128).value).toBeCloseTo(50, 0);
  });
});
