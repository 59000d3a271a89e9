import { expect, it } from "vitest";
import { Score } from "./score.ts";

it("is the share of right classes over all blocks, of the rows that have one", () => {
  const score = new Score(["a", "b"]);
  score.add({ kind: "classes", names: ["a", "b", null] }, [["a", "a", "a"]], [0, 1, 2]);
  // The second row has no prediction.
  score.add({ kind: "classes", names: ["b", "a", "z"] }, [["b", "b"]], [0, 2]);
  expect(score.result()).toEqual({ name: "accuracy", value: 2 / 4, rows: 4, unknownClass: 1 });
});

it("is √ of the mean squared error over rows and outputs", () => {
  const score = new Score([]);
  score.add(
    { kind: "numbers", values: [1, 2, 3, 4, NaN, 9] },
    [
      [1, 0, 5],
      [4, 4, 9],
    ],
    [0, 1, 2],
  );
  // Errors 0, 2 and 3, 0; the third row has no target.
  expect(score.result()).toEqual({
    name: "rootMeanSquaredError",
    value: Math.sqrt(13 / 4),
    rows: 2,
    unknownClass: 0,
  });
});

it("is nothing without a target", () => {
  const score = new Score([]);
  expect(score.result()).toBeUndefined();
  score.add({ kind: "numbers", values: [NaN] }, [[1]], [0]);
  expect(score.result()).toBeUndefined();
});
