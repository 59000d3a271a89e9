import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { torchNn } from "../../test/support/torch-nn.ts";
import { evaluate } from "../graph/evaluate.ts";
import { tensor } from "../graph/types.ts";
import { constant } from "../graph/value.ts";
import { clipByNorm, clipByValue } from "./clipping.ts";

describe("clipping is PyTorch's", () => {
  const rows = torchNn.clipping.map((row) => [`by ${row.kind}, ${row.limit}`, row] as const);
  it.each(rows)("%s", (_, row) => {
    const gradients = row.gradients.map((values, at) =>
      constant(tensor("float64", row.shapes[at]!, values)),
    );
    const byNorm = row.kind === "norm" ? clipByNorm(gradients, row.limit) : undefined;
    const clipped = byNorm?.gradients ?? clipByValue(gradients, row.limit);
    const results = evaluate(byNorm ? [...clipped, byNorm.norm] : clipped, new Map());
    row.clipped.forEach((expected, at) => {
      expect(results[at]!.shape).toEqual(row.shapes[at]);
      expect(gap(results[at]!.data, expected)).toBeLessThan(1e-14);
    });
    if (row.norm !== null) expect(results.at(-1)!.data[0]).toBeCloseTo(row.norm, 14);
  });
});

it("a gradient of zeros stays one", () => {
  const zero = constant(tensor("float64", [2], [0, 0]));
  const [clipped] = evaluate(clipByNorm([zero], 1).gradients, new Map());
  expect(Array.from(clipped!.data)).toEqual([0, 0]);
});

it("refuses limits that are not positive", () => {
  expect(() => clipByNorm([], 0)).toThrow("clipNorm must be a positive number, got 0");
  expect(() => clipByValue([], -1)).toThrow("clipValue must be a positive number, got -1");
});
