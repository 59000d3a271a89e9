/** @file Numbers as they must read. */
import { expect, it } from "vitest";
import { formats, orDash, range } from "./format.ts";

const en = formats("en");
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

it.each([
  [0, "0"],
  [0.03124, "0.0312"],
  [12.345, "12.3"],
  [1234.5, "1,235"],
  [1.23e-7, "1.2 × 10⁻⁷"],
  [9.97e-6, "10⁻⁵"],
  [-2.5e12, "-2.5 × 10¹²"],
])("writes %d as %s", (value, text) => {
  expect(en.number(value)).toBe(text);
});

it.each([
  [0, "0 s"],
  [0.00042, "0.42 ms"],
  [0.31, "0.31 s"],
  [2, "2.0 s"],
  [99.7, "100 s"],
  [1234.5, "1,235 s"],
])("writes %d seconds as %s", (value, text) => {
  expect(plain(en.seconds(value))).toBe(text);
});

it("writes ratios, shares, memory and large counts", () => {
  expect([1.034, 6.98, 12.3, 140.2, 10011].map(en.times)).toEqual([
    "1.03",
    "7.0",
    "12",
    "140",
    "10,000",
  ]);
  expect(en.metric("accuracy")(0.97251)).toBe("97.25%");
  expect(en.metric("r2")(0.97251)).toBe("0.973");
  expect(plain(en.bytes(312e6))).toBe("312 MB");
  expect(formats("zh").compact(60000)).toBe("6万");
  expect([60_000, 1_430_000].map(formats("en").compact)).toEqual(["60k", "1.43M"]);
});

it("writes ranges with the unit once, and none where there is no width to see", () => {
  const summary = { mean: 0.3, least: 0.29, greatest: 0.341, count: 3 };
  expect(plain(range(summary, en.seconds))).toBe("0.29–0.34 s");
  expect(range({ ...summary, greatest: 0.2901 }, en.seconds)).toBe("");
  expect(range({ ...summary, count: 1 }, en.seconds)).toBe("");
  expect(orDash(Number.NaN, en.number)).toBe("–");
});
