import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { fromArrays } from "./arrays.ts";

describe("targets", () => {
  const x = [[1], [2], [3]];

  it("whole numbers are class indices", () => {
    const { y, task, classes } = fromArrays(x, [0, 2, 1]);
    expect([y, task, classes]).toEqual([
      { data: Int32Array.of(0, 2, 1), shape: [] },
      "classification",
      ["0", "1", "2"],
    ]);
    expect(fromArrays(x, Uint8Array.of(0, 1, 1)).y.data).toEqual(Int32Array.of(0, 1, 1));
    expect(fromArrays(x, [[0], [1], [1]]).y).toEqual({ data: Int32Array.of(0, 1, 1), shape: [] });
    expect(fromArrays(x, [0, 0, 0]).classes).toHaveLength(2);
    expect(fromArrays(x, [0, 1, 2], { classes: 5 }).classes).toHaveLength(5);
    expect(fromArrays(x, [0, 1, 0], { classes: ["no", "yes"] }).classes).toEqual(["no", "yes"]);
  });

  it("names are classes in alphabetical order, or in the order given", () => {
    const named = fromArrays(x, ["dog", "cat", "dog"]);
    expect([named.y.data, named.classes]).toEqual([Int32Array.of(1, 0, 1), ["cat", "dog"]]);
    const given = fromArrays(x, ["dog", "cat", "dog"], { classes: ["dog", "emu", "cat"] });
    expect(given.y.data).toEqual(Int32Array.of(0, 2, 0));
    expect(fromArrays(x, ["b", "a", "b"], { classes: 3 }).classes).toHaveLength(3);
  });

  it("other numbers are regression targets, [1] an example or a row", () => {
    const { y, task, classes } = fromArrays(x, [0.5, 1, 2]);
    expect([y, task, classes]).toEqual([
      { data: Float32Array.of(0.5, 1, 2), shape: [1] },
      "regression",
      undefined,
    ]);
    expect(fromArrays(x, [1, 2, 3], { task: "regression", dtype: "float64" }).y).toEqual({
      data: Float64Array.of(1, 2, 3),
      shape: [1],
    });
    expect(
      fromArrays(x, [
        [1, 2],
        [3, 4],
        [5, 6],
      ]).y.shape,
    ).toEqual([2]);
  });

  it("one-hot rows and, when asked, probabilities are class targets", () => {
    const oneHot = fromArrays(x, [
      [1, 0],
      [0, 1],
      [1, 0],
    ]);
    expect([oneHot.task, oneHot.y.shape, oneHot.classes]).toEqual([
      "classification",
      [2],
      ["0", "1"],
    ]);
    const soft = fromArrays(
      x,
      [
        [0.5, 0.5],
        [0.1, 0.9],
        [1, 0],
      ],
      { task: "classification" },
    );
    expect(soft.y).toEqual({ data: Float32Array.of(0.5, 0.5, 0.1, 0.9, 1, 0), shape: [2] });
  });

  it("weights one an example", () => {
    expect(fromArrays(x, [0, 1, 0], { sampleWeight: [1, 0, 2] }).sampleWeight).toEqual(
      Float64Array.of(1, 0, 2),
    );
  });

  const soft = { task: "classification" };
  it.each<[string, unknown, object, string]>([
    [
      "negative labels",
      [0, -1, 1],
      {},
      'y[1] must be a whole number from 0, got -1; for numbers to predict give task: "regression"',
    ],
    ["fractional labels", [0, 1.5, 1], soft, "y[1] must be a whole number from 0, got 1.5"],
    [
      "labels out of range",
      [0, 3, 1],
      { classes: 3 },
      "y[1] must be a class index from 0 to 2, got 3",
    ],
    [
      "labels that look like amounts",
      [120000, 99000, 340000],
      {},
      "y holds labels up to 340000 for 3 examples; give classes: 340001 if they are classes",
    ],
    ["NaN", [0, NaN, 1], {}, "y[1][0] is NaN (row 1, column 0, counted from 0)"],
    [
      "unknown names",
      ["a", "b", "c"],
      { classes: ["a", "b"] },
      'y[2] is "c", which is none of the 2 classes given',
    ],
    ["names among numbers", ["a", 1, "b"], {}, "y[1] must be a string as y[0] is, got 1"],
    [
      "names for regression",
      ["a", "b", "c"],
      { task: "regression" },
      'regression targets must be numbers, got "a" in y[0]',
    ],
    [
      "one class",
      [0, 0, 0],
      { classes: 1 },
      "classes must be a whole number of at least 2, or the names of the classes, got 1",
    ],
    [
      "equal class names",
      [0, 0, 0],
      { classes: ["a", "a"] },
      'classes must be at least 2 different names, got ["a", "a"]',
    ],
    [
      "too many names",
      ["a", "b", "c"],
      { classes: 2 },
      "y has 3 different classes, more than classes: 2",
    ],
    [
      "classes for regression",
      [1, 2, 3],
      { task: "regression", classes: 2 },
      "classes are for classification",
    ],
    [
      "negative probabilities",
      [
        [2, -1],
        [0, 1],
        [0, 1],
      ],
      soft,
      "y[0][1] is -1; a class probability must be at least 0",
    ],
    [
      "probabilities that do not add up",
      [
        [0.5, 0.5],
        [0.5, 0.6],
        [0, 1],
      ],
      soft,
      "y[1] adds up to 1.1; class probabilities must add up to 1",
    ],
    [
      "another number of columns",
      [
        [1, 0],
        [0, 1],
        [0, 1],
      ],
      { classes: 3 },
      "y must have a column a class: 3 classes, got 2 columns",
    ],
    [
      "rows of rows",
      [[[1]], [[0]], [[1]]],
      soft,
      "y must be one label or one row of probabilities an example, got rows of shape [1, 1]",
    ],
    ["targets too large for float32", [1e300, 0.5, 1], {}, "y[0][0] is Infinity as float32"],
    ["a number", 3, {}, "y must be an array or a typed array, got 3"],
    [
      "negative weights",
      [0, 1, 0],
      { sampleWeight: [1, -1, 1] },
      "sampleWeight[1] must be a number of at least 0, got -1",
    ],
    [
      "another number of weights",
      [0, 1, 0],
      { sampleWeight: [1] },
      "sampleWeight must be one number an example: expected 3, got 1",
    ],
    ["no weight at all", [0, 1, 0], { sampleWeight: [0, 0, 0] }, "sampleWeight must not be all 0"],
  ])("refuses %s", (_, y, options, message) => {
    const build = (): unknown => fromArrays(x, y as number[], options);
    expect(build).toThrow(message);
    expect(build).toThrow(InputError);
  });
});
