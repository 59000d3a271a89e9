/** @file Advice in the terminal. */
import { describe, expect, it } from "vitest";
import { sampleAdvice } from "../../test/support/sample-advice.ts";
import { adviceParagraph, adviceTable, withInterval } from "./tune-table.ts";

describe("the table of advice", () => {
  const table = adviceTable(sampleAdvice(), 80) ?? "";
  const lines = table.split("\n");

  it("has a row for each batch size, the recommended one marked, in 80 columns", () => {
    expect(lines[0]?.split(/ {2,}/)).toEqual([
      "batch",
      "rate",
      "threads",
      "updates",
      "seconds",
      "ex/s",
      "MB",
    ]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(table.match(/→/g)).toHaveLength(2); // in its row and in the note
    // 450 (1 + 183 / 64) = 1,737 ± 12 %; one update takes 26 + 2.4 · 64 / 1.85 = 109 µs; 250 MB + 64 · 9 kB
    expect(table).toContain("→ 64   0.31        2  1.7k (1.5k–1.9k)  0.19 (0.17–0.21)  590k  251");
    expect(lines.filter((line) => /^ *(→ )?[\d,]+ /.test(line))).toHaveLength(13);
  });

  it("writes short times in milliseconds", () => {
    const { prediction, ...advice } = sampleAdvice();
    const points = prediction.points.map((point) => ({
      ...point,
      seconds: { value: 0.0044, low: 0.0031, high: 0.011 },
    }));
    const short = adviceTable({ ...advice, prediction: { ...prediction, points } }, 80) ?? "";
    expect(short).toMatch(/updates +milliseconds +ex/);
    expect(short).toContain(" 4.4 (3.1–11) ");
  });

  it("has room for the threads in 80 columns where every number is long", () => {
    const { prediction, memory, ...advice } = sampleAdvice();
    const points = prediction.points.map((point) => ({
      ...{ ...point, batchSize: 60_000, learningRate: 0.000345 },
      updates: { value: 174_000, low: 153_000, high: 198_000 },
      seconds: { value: 0.0123, low: 0.0101, high: 0.0147 },
    }));
    const long =
      adviceTable({ ...advice, memory, prediction: { ...prediction, points } }, 80) ?? "";
    expect(long.split("\n")[0]).toMatch(/threads/);
    expect(long).not.toContain("no room for");
    expect(Math.max(...long.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("says to what, and with which intervals", () => {
    expect(table).toContain("updates and seconds to 97% accuracy, with 95% intervals");
  });

  it("is not there when nothing could be predicted", () => {
    expect(adviceTable(sampleAdvice({ reached: false }), 80)).toBeUndefined();
  });
});

describe("the paragraph", () => {
  const text = (options: Parameters<typeof sampleAdvice>[0]): string =>
    adviceParagraph(sampleAdvice(options), 80).replace(/\s+/g, " ");

  it("says what to use, why, and what the races said", () => {
    expect(text({})).toMatch(
      /^Batch size 64, learning rate 0\.31, 2 threads: 97% accuracy in about 0\.19 s of training\. Predicted: 0\.17 s to 0\.21 s of training, /,
    );
    expect(text({})).toMatch(
      /Batch sizes 32 to 128 cost about the same, within 10%\. Raced at batch sizes 32, 64 and 128, with other seeds: the prediction held\. Predicted: 0\.19 s \(0\.17 s to 0\.21 s\); measured: [\d.]+ s \([\d.]+ s to [\d.]+ s\)\. No neighbour was clearly better\.$/,
    );
    expect(text({ verdict: "cannot tell" })).toContain("cannot tell whether the prediction holds.");
    expect(text({ verdict: "did not hold" })).toContain(
      "the prediction did not hold. Batch size 32 was faster with every seed: 0.16 s against 0.19 s.",
    );
    expect(text({ confident: false })).toContain(
      "Cannot tell it from 16 and 256: not raced, and perhaps clearly faster, by the ends of the intervals.",
    );
  });

  it("leaves out races that were not made, and says when it was stopped", () => {
    expect(text({ verdict: null, complete: false })).toMatch(
      /within 10%\. Stopped before the end: what was not measured is missing\.$/,
    );
  });
});

it("writes intervals with two digits, and open ends", () => {
  const three = (value: number): string => String(value);
  expect(withInterval({ value: 1234, low: 1111, high: 1399 }, three)).toBe("1200 (1100–1400)");
  expect(withInterval({ value: 5, low: 2, high: Infinity }, three)).toBe("5 (2–∞)");
  expect(withInterval({ value: 5, low: 5, high: 5 }, three)).toBe("5");
});
