import { expect, it } from "vitest";
import { formats } from "../report/format.ts";
import { plainRace, plainRun } from "../../test/support/plain-race.ts";
import { raceFindings, spread } from "./race-table.ts";

const { number, seconds, percentOf } = {
  ...formats("en"),
  percentOf: formats("en").metric("accuracy"),
};

it("spread is the mean and the sample standard deviation", () => {
  // 2, 4, 9: mean 5, variance (9 + 1 + 16) / 2 = 13
  expect(spread([2, 4, 9], number)).toBe("5 ± 3.6");
  expect(spread([0.96, 0.98], percentOf)).toBe("97 ± 1.4%");
  expect(spread([1, 2], seconds)).toBe("1.5 ± 0.71\u00a0s");
});

it("spread leaves out what is missing, and the deviation where there is none", () => {
  expect(spread([3, 3], number)).toBe("3");
  expect(spread([null, 3, Number.NaN], number)).toBe("3");
  expect(spread([null], number)).toBe("–");
});

it("raceFindings tells the outcome, why, and all that limits it", () => {
  const race = plainRace(
    [
      plainRun({ batchSize: 1, regime: "SGD", updates: 64000, validationMetric: 0.9 }),
      plainRun({ updates: 1000, validationMetric: 0.95 }),
    ],
    { target: null, complete: false },
  );
  const [outcome, facts, limits, ...rest] = raceFindings(race, 100).split("\n\n");
  expect(rest).toEqual([]);
  expect(outcome).toMatch(/^Batch size 64 ended with the best accuracy: 95%/);
  expect(facts).toContain("gave 64,000 updates to batch size 1 (SGD) and 1,000 updates to");
  expect(limits).toMatch(/this is as far as it came\.$/m);
  expect(limits).toMatch(/^One seed: /m);
});
