import { expect, it } from "vitest";
import { textTable, textWidth, wrapped } from "./table.ts";

const rows = [
  { label: "batch size", cells: ["1", "64", "full"] },
  { label: "updates", cells: ["60,000", "938", "1"] },
];

it("puts quantities down and runs across", () => {
  expect(textTable(rows, 80)).toBe(
    [
      "batch size        1    64   full",
      "────────────────────────────────",
      "updates      60,000   938      1",
    ].join("\n"),
  );
});

it("stacks what does not fit", () => {
  const text = textTable(rows, 26);
  expect(text).toBe(
    [
      "batch size        1    64",
      "─────────────────────────",
      "updates      60,000   938",
      "",
      "batch size   full",
      "─────────────────",
      "updates         1",
    ].join("\n"),
  );
});

it("wraps at spaces and keeps units with their numbers", () => {
  expect(wrapped("one two three", 8, "  ")).toBe("one two\n  three");
  expect(wrapped("it took 0.3\u00a0s", 11)).toBe("it took\n0.3 s");
  expect(wrapped("a b\nc", 80)).toBe("a b\nc");
});

it("takes 40 to 100 columns, 80 where the width is not known", () => {
  expect([{}, { columns: 200 }, { columns: 90 }, { columns: 10 }].map(textWidth)).toEqual([
    80, 100, 90, 40,
  ]);
});
