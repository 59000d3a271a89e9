import { describe, expect, it } from "vitest";
import { gap } from "../../test/support/close.ts";
import { described, torchNn } from "../../test/support/torch-nn.ts";
import { onPlateau, type PlateauOptions } from "./plateau.ts";

/** The learning rate after each watched value. */
function rates(rate: number, options: PlateauOptions, values: readonly number[]): number[] {
  const { watch } = onPlateau(rate, options);
  let state = watch!.initial;
  return values.map((value) => {
    state = watch!.next(state, value);
    return rate * state.factor;
  });
}

describe("reductions are PyTorch's", () => {
  const rows = torchNn.plateaus.map((row) => [described("", row.options), row] as const);
  it.each(rows)("%s", (_, row) => {
    expect(gap(rates(row.rate, row.options, row.values), row.rates)).toBeLessThan(1e-15);
  });
});

it("a value that is not a number is no improvement", () => {
  expect(rates(1, { patience: 1, factor: 0.5 }, [1, NaN, NaN, 0.5])).toEqual([1, 1, 0.5, 0.5]);
});

it("never below the minimum, nor up to it", () => {
  expect(rates(1, { patience: 0, factor: 0.5, minLearningRate: 0.4 }, [1, 1, 1, 1])).toEqual([
    1, 0.5, 0.4, 0.4,
  ]);
  expect(rates(0.1, { patience: 0, minLearningRate: 0.4 }, [1, 1])).toEqual([0.1, 0.1]);
});
