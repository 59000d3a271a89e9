import { describe, expect, it } from "vitest";
import { fromArrays } from "../data/arrays.ts";
import { modelFor, parseModel } from "./model.ts";

describe("parseModel", () => {
  it("reads hidden layers", () => {
    expect(parseModel("mlp:128,64").hidden).toEqual([128, 64]);
    expect(parseModel("linear").hidden).toEqual([]);
    expect(parseModel("mlp:").hidden).toEqual([]);
  });

  it.each([
    ["cnn", 'got "cnn"'],
    ["mlp:a", 'got "a" in "mlp:a"'],
    ["mlp:128,", 'got "" in "mlp:128,"'],
    ["mlp:0", 'got "0"'],
    ["mlp:-3", 'got "-3"'],
    ["mlp:1.5", 'got "1.5"'],
  ])("refuses %s", (text, message) => {
    expect(() => parseModel(text)).toThrow(message);
  });
});

it("modelFor has as many outputs as there are classes or targets", () => {
  const x = [
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const classes = fromArrays(x, [0, 2, 1], { task: "classification" });
  expect(modelFor(parseModel("mlp:4"), classes).kind).toBe("dense(4) relu dense(3)");
  const targets = fromArrays(x, [0.5, 2.5, 1], { task: "regression" });
  expect(modelFor(parseModel("linear"), targets).kind).toBe("dense(1)");
});
