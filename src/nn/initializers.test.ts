import { describe, expect, it } from "vitest";
import { normalLimit } from "../../test/support/statistics.ts";
import { generator, stream } from "../data/rng.ts";
import type { Initializer } from "./initializer.ts";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  initializerNamed,
  normal,
  ones,
  torchDefault,
  uniform,
  zeros,
} from "./initializers.ts";

const fans = { fanIn: 24, fanOut: 8 };
const SIZE = 40_000;
const fill = (initializer: Initializer, size = SIZE) =>
  initializer.fill(generator(3, stream.init, 0), size, fans);

const moment = (values: Float64Array, center: number, power: number) =>
  values.reduce((sum, value) => sum + (value - center) ** power, 0) / values.length;

describe("moments", () => {
  // Standard deviations by the definitions: √(2/24), √(2/24), √(2/32), √(2/32), 1/√(3·24), 3, 4/√12.
  // Fourth moments of the standardised value: 3 for a normal, 9/5 for a uniform distribution;
  // the squares' standard errors follow from them, and the fourths' from E z⁸ = 105 and 9.
  it.each<[string, Initializer, number, number, "normal" | "uniform"]>([
    ["heNormal", heNormal(), 0, 0.28867513459481287, "normal"],
    ["heUniform", heUniform(), 0, 0.28867513459481287, "uniform"],
    ["glorotNormal", glorotNormal(), 0, 0.25, "normal"],
    ["glorotUniform", glorotUniform(), 0, 0.25, "uniform"],
    ["torchDefault", torchDefault(), 0, 0.11785113019775793, "uniform"],
    ["normal", normal({ mean: 2, std: 3 }), 2, 3, "normal"],
    ["uniform", uniform({ low: -1, high: 3 }), 1, 1.1547005383792515, "uniform"],
  ])("%s", (name, initializer, mean, std, kind) => {
    expect(initializer.name).toBe(name);
    const values = fill(initializer);
    const [fourth, eighth] = kind === "normal" ? [3, 105] : [9 / 5, 9];
    const limit = normalLimit / Math.sqrt(SIZE);
    expect(Math.abs(moment(values, 0, 1) - mean) / std).toBeLessThan(limit);
    const square = moment(values, mean, 2) / std ** 2;
    expect(Math.abs(square - 1)).toBeLessThan(limit * Math.sqrt(fourth - 1));
    const kurtosis = moment(values, mean, 4) / std ** 4;
    expect(Math.abs(kurtosis - fourth)).toBeLessThan(limit * Math.sqrt(eighth - fourth ** 2));
  });

  it.each([
    [heUniform(), 0.5],
    [glorotUniform(), 0.4330127018922193],
    [torchDefault(), 0.20412414523193154],
  ])("%o fills its interval", (initializer, bound) => {
    const values = fill(initializer);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    expect(least).toBeGreaterThanOrEqual(-bound);
    expect(most).toBeLessThan(bound);
    // 40,000 draws leave a gap of 1/1000 of the interval with probability (1 − 1/1000)^40000 < 10⁻¹⁷
    expect(least).toBeLessThan(-0.998 * bound);
    expect(most).toBeGreaterThan(0.998 * bound);
  });

  it("the normal ones are not truncated", () => {
    const beyond = fill(heNormal()).filter((v) => Math.abs(v) > 2 * Math.sqrt(2 / 24)).length;
    // P(|z| > 2) = 0.04550
    const spread = Math.sqrt(SIZE * 0.0455 * 0.9545);
    expect(Math.abs(beyond - SIZE * 0.0455)).toBeLessThan(normalLimit * spread);
  });
});

it("constants", () => {
  expect(Array.from(fill(zeros(), 3))).toEqual([0, 0, 0]);
  expect(Array.from(fill(ones(), 3))).toEqual([1, 1, 1]);
  expect(Array.from(fill(constant(-0.5), 2))).toEqual([-0.5, -0.5]);
});

it("the same generator gives the same values", () => {
  expect(fill(glorotNormal(), 100)).toEqual(fill(glorotNormal(), 100));
});

it("by name", () => {
  for (const name of [
    "heNormal",
    "heUniform",
    "glorotNormal",
    "glorotUniform",
    "torchDefault",
    "zeros",
    "ones",
  ])
    expect(initializerNamed(name).name).toBe(name);
  expect(() => initializerNamed("lecun")).toThrow(
    'initializer must be one of heNormal, heUniform, glorotNormal, glorotUniform, torchDefault, zeros, ones; got "lecun"',
  );
});

it("refuses what is out of range", () => {
  expect(() => normal({ std: -1 })).toThrow("std must be a number of at least 0, got -1");
  expect(() => uniform({ low: 1, high: 0 })).toThrow(
    "low must be at most high, got low 1 and high 0",
  );
  expect(() => constant(NaN)).toThrow("value must be a finite number, got NaN");
});
