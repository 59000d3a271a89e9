import { expect, it } from "vitest";
import { hasKnownRates, knownLearningRate } from "./learning-rates.ts";

it("gives the rates of the table, and the geometric mean half-way in log B", () => {
  expect([1, 64, 60000].map(knownLearningRate)).toEqual([0.02, 0.32, 0.5]);
  expect(knownLearningRate(8)).toBe(0.08); // √(1 · 64) = 8, √(0.02 · 0.32) = 0.08
  expect(knownLearningRate(100000)).toBe(0.5);
});

it("speaks of plain SGD on images with a hidden layer only", () => {
  const common = { data: "mnist", hiddenLayers: 1, optimizer: "sgd" };
  expect(hasKnownRates(common)).toBe(true);
  expect(hasKnownRates({ ...common, data: "digits" })).toBe(false);
  expect(hasKnownRates({ ...common, hiddenLayers: 0 })).toBe(false);
  expect(hasKnownRates({ ...common, optimizer: "momentum" })).toBe(false);
});
