import { expect, it } from "vitest";
import { shortModel, timeText } from "./list-table.ts";

it.each([
  ["dense(128) relu dense(10)", "mlp:128"],
  ["dense(64) relu dense(32) relu dense(1)", "mlp:64,32"],
  ["dense(10)", "linear"],
  ["dense(64) tanh dense(10)", "dense(64) tanh dense(10)"],
  ["dense(64) relu", "dense(64) relu"],
  [null, "–"],
])("writes the model %s as %s", (text, short) => {
  expect(shortModel(text)).toBe(short);
});

it("writes a time to the minute", () => {
  const time = new Date(2026, 0, 5, 7, 9, 58);
  expect(timeText(time.toISOString())).toBe("2026-01-05 07:09");
  expect(timeText("yesterday")).toBe("–");
  expect(timeText(null)).toBe("–");
});
