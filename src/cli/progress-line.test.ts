import { describe, expect, it } from "vitest";
import { budgetUsed, colourPaint, laneLine, logLine, plainPaint } from "./progress-line.ts";

const view = {
  label: "64",
  labelWidth: 4,
  part: 0.5,
  budget: "5.0/10 s",
  updates: 42_000,
  examples: 2_688_000,
  seconds: 5,
  loss: 0.0812,
  metric: { name: "accuracy", value: 0.9671 },
  status: undefined,
};

describe("laneLine", () => {
  it("shows the bar, the numbers and the speeds", () => {
    const line = laneLine(view, 120, plainPaint);
    expect(line).toMatch(/^ {2}64 ━{6}─{6} {2}5\.0\/10 s {2}/);
    for (const part of [
      "42k updates",
      "loss 0.0812",
      "accuracy 96.71%",
      "8.4k updates/s",
      "538k examples/s",
    ])
      expect(line).toContain(part);
  });

  it.each([100, 80, 60, 40])(
    "leaves out from the end what does not fit into %i columns",
    (width) => {
      const line = laneLine(view, width, plainPaint);
      expect(line.length).toBeLessThanOrEqual(width);
      expect(laneLine(view, 120, plainPaint).startsWith(line)).toBe(true);
    },
  );

  it("is no longer in colour: only the escapes are added", () => {
    // eslint-disable-next-line no-control-regex
    const bare = laneLine(view, 100, colourPaint).replace(/\u001b\[\d+m/g, "");
    expect(bare).toBe(laneLine(view, 100, plainPaint));
  });
});

it("logLine says which run it is", () => {
  expect(logLine(view)).toBe(
    "batch size 64: 5.0/10 s, 42k updates, loss 0.0812, accuracy 96.71%, 8.4k updates/s, 538k examples/s",
  );
  expect(logLine({ ...view, label: "full · seed 2" })).toMatch(/^full batch · seed 2: /);
});

it("budgetUsed speaks of the bound that ends the run first", () => {
  const used = { epochs: 0.5, updates: 100, examples: 3200, seconds: 2 };
  const none = { epochs: undefined, updates: undefined, examples: undefined, seconds: undefined };
  expect(budgetUsed(used, { ...none, seconds: 10 })).toEqual({ part: 0.2, text: "2.0/10 s" });
  expect(budgetUsed(used, { ...none, seconds: 10, epochs: 1 })).toEqual({
    part: 0.5,
    text: "0.50/1 epoch",
  });
  expect(budgetUsed(used, { ...none, updates: 400 })).toEqual({
    part: 0.25,
    text: "100/400 updates",
  });
});
