import { expect, it } from "vitest";
import { erf } from "./erf.ts";

// 2/√π ∫₀ˣ exp(-t²) dt: Abramowitz & Stegun, table 7.1; erf 1 is OEIS A099286, erf √½ OEIS A178647
// (the probability of one standard deviation); further digits by arbitrary-precision arithmetic.
const published = [
  [0, 0],
  [1e-10, "1.128379167095512573892e-10"],
  [0.1, "0.1124629160182848922033"],
  [0.5, "0.5204998778130465376827"],
  [Math.SQRT1_2, "0.6826894921370858971705"],
  [1, "0.8427007929497148693412"],
  [1.5, "0.966105146475310727067"],
  [2, "0.9953222650189527341621"],
  [2.5, "0.9995930479825550410604"],
  [3, "0.9999779095030014145586"],
  [4, "0.99999998458274209972"],
  [5, "0.9999999999984625402056"],
  [7, 1],
  [Infinity, 1],
] as const;

it.each(published)("erf(±%d) = ±%s to 1e-15", (x, digits) => {
  const y = Number(digits);
  expect(Math.abs(erf(x) - y)).toBeLessThanOrEqual(1e-15 * y);
  expect(Math.abs(erf(-x) + y)).toBeLessThanOrEqual(1e-15 * y);
});

it("keeps NaN", () => {
  expect(erf(NaN)).toBeNaN();
});
