import { expect, it } from "vitest";
import { threeClasses } from "../../../test/support/runs.ts";
import { dense, sequential } from "../../index.ts";
import { planAdvice } from "./advise-options.ts";
import { memoryAdvice } from "./memory-advice.ts";

it("predicts what was seen at batch size 1, and as much more for each example of a batch, and of the short one at the end of an epoch", () => {
  const plan = planAdvice(sequential([dense(3)]), threeClasses(100), { seed: 1 });
  const { size } = plan.race.training;
  const { points } = memoryAdvice(plan, { peakBytes: new Map([[1, 2e8]]) });
  const [first, second] = points.map(({ predictedBytes }) => predictedBytes);
  expect(first).toBe(2e8);
  const each = second! - first!;
  expect(each).toBeGreaterThan(0);
  for (const { batchSize, predictedBytes } of points)
    expect(predictedBytes).toBe(2e8 + (batchSize - 1 + (size % batchSize)) * each);
  expect(points.some(({ batchSize }) => size % batchSize > 0)).toBe(true);
});
