import { describe, expect, it } from "vitest";
import { listTable, textTable, textWidth, wrapped } from "./table.ts";

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
  expect(
    [{}, { columns: 0 }, { columns: 200 }, { columns: 90 }, { columns: 10 }].map(textWidth),
  ).toEqual([80, 80, 100, 90, 40]);
});

describe("listTable", () => {
  const columns = [
    { label: "name", cells: ["a", "long-name"] },
    { label: "data", cells: ["a/very/long/path.csv", "b"], flexible: true },
    { label: "rate", cells: ["0.1", "10"], align: "right", leaveOut: 1 },
    { label: "n", cells: ["1", "20"], align: "right" },
  ] as const;

  it("has a row for each thing", () => {
    expect(listTable(columns, 80)).toBe(
      [
        "name       data                  rate   n",
        "─────────────────────────────────────────",
        "a          a/very/long/path.csv   0.1   1",
        "long-name  b                       10  20",
      ].join("\n"),
    );
  });

  it("cuts what may be cut, and then leaves columns out and says so", () => {
    expect(listTable(columns, 34).split("\n")[2]).toBe("a          a/very/long/…   0.1   1");
    const narrow = listTable(columns, 25).split("\n");
    expect(narrow).toEqual([
      "name       data         n",
      "─────────────────────────",
      "a          a/very/lo…   1",
      "long-name  b           20",
      "(no room for: rate)",
    ]);
  });
});
