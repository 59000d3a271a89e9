/** @file What runs that were made apart show. */
import { describe, expect, it } from "vitest";
import { madeRun } from "../../test/support/made-runs.ts";
import { plainRace } from "../../test/support/plain-race.ts";
import type { RaceRun } from "../advisor/race.ts";
import { findings } from "./findings.ts";
import { groupRuns, seedCount } from "./groups.ts";
import { shortName } from "./labels.ts";

const texts = (runs: readonly RaceRun[], tone?: string): readonly string[] =>
  findings(plainRace(runs, { target: null }))
    .filter((one) => tone === undefined || one.tone === tone)
    .map(({ text }) => text.en.replace(/\u00a0/g, " "));

describe("runs on the same data", () => {
  const runs = [
    madeRun("slow", { validationMetric: 0.9, batchSize: 64 }),
    madeRun("quick", { validationMetric: 0.95, batchSize: 8, seconds: 3, seed: 2 }),
    madeRun("poor", { validationMetric: 0.5, batchSize: 64 }, { optimizer: "adam" }),
  ];

  it("are put in order", () => {
    expect(texts(runs, "headline")).toEqual([
      "The best accuracy is that of quick: 95%, after 3.0 s of training.",
    ]);
    expect(texts(runs, "detail")).toEqual([
      "Then slow: 90% after 2.0 s (1,000 updates).",
      "Then poor: 50% after 2.0 s (1,000 updates).",
    ]);
  });

  it("say what they differ in, and what they are not", () => {
    expect(texts(runs, "fact")).toEqual(["The runs differ in optimizer, batch size and seed."]);
    expect(texts(runs, "caution")).toEqual([
      expect.stringMatching(/^The runs were made apart, not as a race/),
      expect.stringMatching(
        /^Paths on the loss surface and the noise of the gradient are left out/,
      ),
    ]);
  });

  it("are in order of the smallest error, where that is the metric", () => {
    const metric = { name: "rootMeanSquaredError", better: "lower" } as const;
    const errors = [
      madeRun("a", { validationMetric: 2 }, { metric }),
      madeRun("b", { validationMetric: 1.5 }, { metric }),
    ];
    expect(texts(errors, "headline")).toEqual([
      "The best root mean squared error is that of b: 1.5, after 2.0 s of training.",
    ]);
  });

  it("may be equal as far as they are written", () => {
    const equal = [
      madeRun("a", { validationMetric: 0.90001 }),
      madeRun("b", { validationMetric: 0.90002 }),
      madeRun("c", { validationMetric: 0.1 }),
    ];
    expect(texts(equal, "headline")).toEqual(["The same accuracy, 90%, for b and a."]);
    expect(texts(equal, "detail")).toHaveLength(1);
    expect(texts(equal, "fact")).toEqual(["The runs have the same settings and the same seed."]);
  });

  it("are counted where they are many", () => {
    const many = Array.from({ length: 9 }, (_, i) =>
      madeRun(`r${i}`, { validationMetric: i / 10, seed: i }),
    );
    expect(texts(many, "detail").at(-1)).toBe("5 more runs are in the table.");
    expect(texts(many, "detail")).toHaveLength(4);
  });

  it("stay as they come, each with its own look, also with equal batch sizes", () => {
    const race = plainRace(runs);
    const groups = groupRuns(race);
    expect(groups.map((group) => shortName("en", group))).toEqual(["slow", "quick", "poor"]);
    expect(groups.map(({ look }) => look)).toEqual([0, 1, 2]);
    expect(seedCount(race)).toBe(1);
  });
});

describe("runs that cannot be compared", () => {
  const error = { name: "rootMeanSquaredError", better: "lower" } as const;
  const data = (name: string) => ({ ...madeRun("x").origin.data, name });
  const runs = [
    madeRun("a", { validationMetric: 0.9 }, { data: data("digits") }),
    madeRun("b", { validationMetric: 0.8 }, { data: data("digits") }),
    madeRun("c", { validationMetric: 0.99 }, { data: data("moons") }),
    madeRun("d", { validationMetric: 3 }, { data: data("linear"), metric: error, loss: "huber" }),
  ];

  it("are said to be, and the best of each kind is named", () => {
    expect(texts(runs, "headline")).toEqual([
      "4 runs that cannot all be compared: they are on different data or measured differently.",
    ]);
    expect(texts(runs, "detail")).toEqual([
      "On digits, the best accuracy is that of a: 90%.",
      "On moons, the best accuracy is that of c: 99%.",
      "On linear, the best root mean squared error is that of d: 3.",
    ]);
    const cautions = texts(runs, "caution").join("\n");
    expect(cautions).toContain("of different functions (cross entropy and Huber loss)");
    expect(cautions).toContain(
      "Not in the chart of accuracy, since measured by another metric: d.",
    );
  });
});

describe("runs that came to no good end", () => {
  it("are named with the reason", () => {
    const runs = [
      madeRun("fine"),
      madeRun("wild", {
        status: "diverged",
        validationMetric: NaN,
        message: "training diverged at update 3\ntry less",
      }),
      madeRun("open", { status: "running", validationMetric: NaN }),
      madeRun("full", { status: "failed", message: "no space left", validationMetric: NaN }),
    ];
    const cautions = texts(runs, "caution");
    expect(cautions).toContain("Diverged: wild. training diverged at update 3");
    expect(cautions).toContain("Failed: full. no space left");
    expect(cautions).toContain("Not ended, shown as far as it came: open.");
    expect(texts(runs, "headline")).toEqual([
      "The accuracy of fine came to 90%, after 2.0 s of training.",
    ]);
  });

  it("may all be such", () => {
    const runs = [madeRun("open", { validationMetric: NaN })];
    expect(texts(runs, "headline")).toEqual(["No run has a result to compare."]);
  });
});
