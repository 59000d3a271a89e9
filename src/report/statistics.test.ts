/** @file Statistics against values worked out by hand. */
import { expect, it } from "vitest";
import { interpolate, median, rootMeanSquare, summary } from "./statistics.ts";

it("summarises what is finite", () => {
  expect(summary([1, null, 5, Number.NaN, undefined])).toEqual({
    mean: 3,
    least: 1,
    greatest: 5,
    count: 2,
  });
  expect(summary([null])).toBeNull();
});

it("takes medians of odd and even counts", () => {
  expect(median([9, 1, 4])).toBe(4);
  expect(median([9, 1, 4, null, 5])).toBe(4.5);
  expect(median([])).toBeNull();
});

it("takes the root of the mean of squares", () => {
  expect(rootMeanSquare([3, -4, null])).toBeCloseTo(Math.sqrt(12.5), 12);
});

it("interpolates inside and says null outside", () => {
  const line = [
    { x: 0, y: 1 },
    { x: 2, y: 3 },
  ];
  expect([-1, 0, 1, 2, 3].map((x) => interpolate(line, x))).toEqual([null, 1, 2, 3, null]);
});
