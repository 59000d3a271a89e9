/** @file Runs that belong together. */
import { expect, it } from "vitest";
import { plainRace, plainRun } from "../../test/support/plain-race.ts";
import { comparedGroups, groupRuns, over } from "./groups.ts";

it("puts seeds together and sorts by batch size, the loops after the ONNX engine", () => {
  const runs = [
    plainRun({ seed: 1, engine: "loops" }),
    plainRun({ seed: 1, seconds: 1 }),
    plainRun({ seed: 1, batchSize: 2 }),
    plainRun({ seed: 2, seconds: 4 }),
  ];
  const groups = groupRuns(plainRace(runs));
  expect(groups.map(({ key, places, look }) => [key, places, look])).toEqual([
    ["2", [2], 0],
    ["64", [1, 3], 1],
    ["64-loops", [0], 1],
  ]);
  expect(over(groups[1]!, (run) => run.seconds)).toEqual({
    mean: 2.5,
    least: 1,
    greatest: 4,
    count: 2,
  });
  expect(comparedGroups(groups).map((group) => group.key)).toEqual(["2", "64"]);
});

it("tells several learning rates of one batch size apart, but not rates tuned for each seed", () => {
  const [slow, fast] = [plainRun({ learningRate: 0.1 }), plainRun({ learningRate: 0.2 })];
  expect(groupRuns(plainRace([fast, slow])).map((group) => group.key)).toEqual([
    "64@0.1",
    "64@0.2",
  ]);
  expect(groupRuns(plainRace([slow, { ...fast, seed: 2 }]))).toHaveLength(1);
});
