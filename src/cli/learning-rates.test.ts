import { expect, it } from "vitest";
import { knownLearningRate, knownRateKind } from "./learning-rates.ts";

it("gives the rates of the table, and the geometric mean half-way in log B", () => {
  expect([1, 64, 60000].map((size) => knownLearningRate(size))).toEqual([0.02, 0.32, 0.5]);
  expect(knownLearningRate(8)).toBe(0.08); // √(1 · 64) = 8, √(0.02 · 0.32) = 0.08
  expect(knownLearningRate(100000)).toBe(0.5);
});

it("has rates of its own for a convolutional network", () => {
  expect([1, 64, 60000].map((size) => knownLearningRate(size, "cnn"))).toEqual([0.01, 0.2, 0.2]);
});

it("speaks of plain SGD on images with a hidden layer only", () => {
  const common = { data: "mnist", model: { kind: "mlp" }, optimizer: { name: "sgd" } } as const;
  expect(knownRateKind(common)).toBe("mlp");
  expect(knownRateKind({ ...common, model: { kind: "cnn" } })).toBe("cnn");
  expect(knownRateKind({ ...common, data: "digits" })).toBeUndefined();
  expect(knownRateKind({ ...common, model: { kind: "linear" } })).toBeUndefined();
  expect(knownRateKind({ ...common, optimizer: { name: "momentum" } })).toBeUndefined();
});
