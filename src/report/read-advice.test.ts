/** @file Open ends of intervals survive JSON. */
import { expect, it } from "vitest";
import { readAdvice } from "./read-advice.ts";

it("reads back what JSON cannot hold", () => {
  const estimates = {
    open: { value: 3, low: 1, high: Infinity },
    unbounded: { value: Infinity, low: 20, high: Infinity },
    below: { value: 1, low: -Infinity, high: 2 },
    closed: { value: 1, low: 1, high: 1 },
    other: { value: null, reason: null },
  };
  expect(readAdvice(JSON.stringify(estimates))).toEqual(estimates);
});
