import { expect, it } from "vitest";
import { studentProbability, studentQuantile } from "./student.ts";

/** scipy.stats.t.ppf(0.975, df) and t.ppf(0.995, df), SciPy 1.10.1, which are good to eight digits. */
const quantiles = [
  [1, 12.706204736432095, 63.65674116287399],
  [2, 4.302652729911275, 9.92484320091807],
  [3, 3.182446305284263, 5.84090929975643],
  [4, 2.7764451051977987, 4.604094871415897],
  [7, 2.3646242510102993, 3.4994832973505026],
  [31, 2.0395134463964077, 2.7440419192941268],
  [62, 1.9989715162223112, 2.6574785689006717],
  [1000, 1.9623390808264074, 2.580754698065942],
] as const;

it.each(quantiles)("Student's t with %i degrees of freedom, as SciPy has it", (df, at95, at99) => {
  expect(Math.abs(studentQuantile(df) / at95 - 1)).toBeLessThan(1e-8);
  expect(Math.abs(studentQuantile(df, 0.99) / at99 - 1)).toBeLessThan(1e-8);
  expect(studentProbability(at95, df)).toBeCloseTo(0.95, 9);
});
