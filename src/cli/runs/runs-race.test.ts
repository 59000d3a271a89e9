import { expect, it } from "vitest";
import type { HistoryEntry } from "./history.ts";
import { curveOf } from "./runs-race.ts";

const entry = (
  kind: HistoryEntry["kind"],
  updates: number,
  loss: number | null,
  metrics = {},
): HistoryEntry => ({
  ...{ kind, updates, loss, metrics },
  examples: 10 * updates,
  epochs: updates / 100,
  seconds: updates / 1000,
});

it("has a point at each evaluation, with the mean loss of the updates before", () => {
  const curve = curveOf(
    [
      entry("progress", 2, 6),
      entry("progress", 6, 3),
      entry("evaluation", 6, 2.5, { accuracy: 0.25 }),
      entry("progress", 8, 1),
      entry("evaluation", 8, 1.5, { accuracy: 0.75, top5: 1 }),
    ],
    "accuracy",
  );
  expect(curve).toEqual({
    updates: [2, 6, 8],
    examples: [20, 60, 80],
    epochs: [0.02, 0.06, 0.08],
    seconds: [0.002, 0.006, 0.008],
    trainLoss: [6, 3, 1],
    validationLoss: [NaN, 2.5, 1.5],
    validationMetric: [NaN, 0.25, 0.75],
  });
});

it("puts chunks together to means over their updates, so that the points are few", () => {
  // Chunk k holds updates 10k + 1 … 10k + 10, all with the loss k.
  const chunks = Array.from({ length: 3000 }, (_, k) => entry("progress", 10 * (k + 1), k));
  const { updates, trainLoss } = curveOf(chunks, "accuracy");
  expect(updates.length).toBeGreaterThan(30);
  expect(updates.length).toBeLessThan(100);
  updates.forEach((end, i) => {
    const first = (updates[i - 1] ?? 0) / 10;
    const last = end / 10 - 1;
    expect(trainLoss[i]).toBeCloseTo((first + last) / 2, 9);
  });
});

it("has no training loss where too few updates lie before an evaluation", () => {
  const chunks = Array.from({ length: 100 }, (_, k) => entry("progress", 100 * (k + 1), 1));
  const late = [entry("progress", 10_001, 50), entry("evaluation", 10_001, 2, { accuracy: 1 })];
  const { updates, trainLoss, validationLoss } = curveOf([...chunks, ...late], "accuracy");
  expect([updates.at(-1), trainLoss.at(-1), validationLoss.at(-1)]).toEqual([10_001, null, 2]);
  expect(trainLoss.slice(0, -1).every((loss) => loss === 1)).toBe(true);
});

it("is empty for a run without updates", () => {
  expect(curveOf([], "accuracy").updates).toEqual([]);
});
