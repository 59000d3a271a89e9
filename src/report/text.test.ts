/** @file The table of texts is whole in both languages. */
import { expect, it } from "vitest";
import { findingText } from "./text-findings.ts";
import { pageText } from "./text-page.ts";
import { reasonText } from "./text-reasons.ts";
import { runsText } from "./text-runs.ts";
import { studyText } from "./text-study.ts";
import { tuneText } from "./text-tune.ts";
import { say, table } from "./text.ts";

const placeholders = (text: string): readonly string[] =>
  (text.match(/\{\w+\}/g) ?? []).map((name) => name.toLowerCase()).sort();

it.each(Object.entries(table))("%s says the same in both languages", (_, [english, chinese]) => {
  expect(english).not.toBe("");
  expect(chinese).not.toBe("");
  expect(new Set(placeholders(chinese))).toEqual(new Set(placeholders(english)));
});

it("has no key in two parts of the table", () => {
  expect(Object.keys(table)).toHaveLength(
    [findingText, pageText, runsText, tuneText, reasonText, studyText].reduce(
      (sum, part) => sum + Object.keys(part).length,
      0,
    ),
  );
});

it("fills values in and sets a space between Chinese and Latin characters", () => {
  expect(say("en", "target", { value: "97%" })).toBe("target 97%");
  expect(say("zh", "bandNote", { seeds: 3 })).toMatch(/^线：3 个种子的平均/);
  expect(say("zh", "rateFor", { run: "批大小 64", rate: "0.1" })).toBe("批大小 64 用 0.1");
});

it("counts one thing as one", () => {
  expect(say("en", "tuneThreads", { count: 1 })).toBe("1 thread");
  expect(say("en", "tuneThreads", { count: "2" })).toBe("2 threads");
  expect(say("zh", "tuneThreads", { count: 1 })).toBe("1 个线程");
});
