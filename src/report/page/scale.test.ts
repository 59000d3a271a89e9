/** @file Ticks of logarithmic and of linear axes. */
import { expect, it } from "vitest";
import { evenTicks, extent, logTicks, roomy } from "./scale.ts";

it.each([
  [[1, 1000], 10, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]],
  [[1, 1000], 5, [1, 10, 100, 1000]],
  [[1e-4, 100], 4, [1e-4, 1e-2, 1, 100]],
  [[0.02, 0.09], 9, [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09]],
  [[0.08, 0.65], 9, [0.1, 0.2, 0.5]],
  [[2.19, 2.31], 6, [2.2, 2.25, 2.3]],
] as const)("ticks of %j, at most %d", (domain, most, ticks) => {
  const found = logTicks(domain, most);
  expect(found).toHaveLength(ticks.length);
  found.forEach((tick, i) => {
    expect(tick).toBeCloseTo(ticks[i]!, 9);
  });
});

it.each([
  [[0, 252], 8, [0, 50, 100, 150, 200, 250]],
  [[-0.4, 1], 8, [-0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1]],
  [[0, 1], 4, [0, 0.5, 1]],
] as const)("even ticks of %j, at most one more than %d", (domain, most, ticks) => {
  const found = evenTicks(domain, most);
  expect(found).toHaveLength(ticks.length);
  found.forEach((tick, i) => {
    expect(tick).toBeCloseTo(ticks[i]!, 9);
  });
});

it("gives a lone value room on both sides", () => {
  expect(roomy([3, 3], "log")).toEqual([1.5, 6]);
  expect(roomy([0, 0], "linear")).toEqual([-1, 1]);
  expect(roomy([1, 2], "linear")).toEqual([1, 2]);
  expect(extent([])).toBeNull();
});
