/** @file Findings of races written by hand: the answers follow from the numbers put in. */
import { describe, expect, it } from "vitest";
import { missed, plainRace, plainRun, reached } from "../../test/support/plain-race.ts";
import type { Race, RaceRun } from "../advisor/race.ts";
import { findings } from "./findings.ts";
import type { Finding } from "./findings-common.ts";

const sgd: Partial<RaceRun> = { batchSize: 1, regime: "SGD" };
const full: Partial<RaceRun> = { batchSize: 32000, regime: "full batch" };

function texts(found: readonly Finding[]): readonly string[] {
  return found.map((finding) => finding.text.en.replaceAll("\u00a0", " "));
}

function only(found: readonly Finding[], id: string): Finding {
  const matching = found.filter((finding) => finding.id === id);
  expect(matching).toHaveLength(1);
  return matching[0]!;
}

describe("with a target", () => {
  const race = plainRace([
    plainRun({ ...sgd, learningRate: 0.01, target: reached(1.55, 40000, 1) }),
    plainRun({ learningRate: 0.1, target: reached(0.31, 900, 64) }),
    plainRun({ ...full, learningRate: 0.5, updates: 130, seconds: 10, target: missed }),
  ]);

  it("names the first, by seconds, then the others with their ratios", () => {
    expect(texts(findings(race)).slice(0, 3)).toEqual([
      "Batch size 64 reached 90% accuracy first, in 0.31 s of training.",
      "Batch size 1 (SGD) needed 1.6 s, 5.0 times as long.",
      "The full batch (32,000) did not reach it in 10 s (130 updates).",
    ]);
    expect(only(findings(race), "outcome").numbers).toEqual({ batchSize: 64, seconds: 0.31 });
    expect(only(findings(race), "other-1").numbers["ratio"]).toBeCloseTo(5, 12);
  });

  it("says it in Chinese with the same numbers", () => {
    const chinese = only(findings(race), "outcome").text.zh.replaceAll("\u00a0", " ");
    expect(chinese).toBe("批大小 64 最先达到 90% 准确率，训练用时 0.31 s。");
  });

  it("counts updates and examples to the target at the smallest and the largest batch that reached it", () => {
    expect(only(findings(race), "updates").numbers).toEqual({
      updates: 40000,
      otherUpdates: 900,
      examples: 40000,
      otherExamples: 57600,
    });
  });

  it("says that one seed cannot tell chance apart", () => {
    expect(only(findings(race), "one-seed").tone).toBe("caution");
  });

  it("says when nobody reached the target, and how far each came", () => {
    const none = plainRace([plainRun({ target: missed, validationMetric: 0.8765 })]);
    expect(texts(findings(none)).slice(0, 2)).toEqual([
      "No batch size reached 90% accuracy.",
      "Batch size 64 came to 87.65% in 2.0 s (1,000 updates).",
    ]);
  });

  it("does not let a batch size win that only some seeds brought to the target", () => {
    const runs = [
      plainRun({ ...sgd, seed: 1, target: reached(0.1, 40000, 1) }),
      plainRun({ ...sgd, seed: 2, target: missed }),
      plainRun({ seed: 1, target: reached(0.4, 900, 64) }),
      plainRun({ seed: 2, target: reached(0.6, 900, 64) }),
    ];
    expect(texts(findings(plainRace(runs))).slice(0, 2)).toEqual([
      "Batch size 64 reached 90% accuracy first, in 0.50 s of training.",
      "Batch size 1 (SGD) reached it with 1 of 2 seeds.",
    ]);
  });
});

describe("over several seeds", () => {
  const race = (first: readonly number[], second: readonly number[]) =>
    plainRace([
      ...first.map((seconds, i) => plainRun({ seed: i + 1, target: reached(seconds, 900, 64) })),
      ...second.map((seconds, i) =>
        plainRun({ ...sgd, seed: i + 1, target: reached(seconds, 40000, 1) }),
      ),
    ]);

  it("says that ranges which do not overlap are apart", () => {
    const spread = only(findings(race([0.3, 0.31, 0.35], [0.4, 0.5, 0.6])), "spread");
    expect(spread.tone).toBe("detail");
    expect(texts([spread])).toEqual([
      "Over 3 seeds, batch size 64 took 0.300–0.350 s and batch size 1 (SGD) 0.400–0.600 s: the ranges do not overlap.",
    ]);
  });

  it("says that it cannot tell where they overlap", () => {
    const spread = only(findings(race([0.3, 0.45], [0.4, 0.6])), "spread");
    expect(spread.tone).toBe("caution");
    expect(spread.text.en).toContain("which of the two is faster cannot be told");
    expect(spread.numbers).toEqual({
      least: 0.3,
      greatest: 0.45,
      leastNext: 0.4,
      greatestNext: 0.6,
    });
  });
});

describe("without a target", () => {
  it("ranks by the final metric, whichever way is better", () => {
    const runs = [
      plainRun({ ...sgd, validationMetric: 3 }),
      plainRun({ validationMetric: 1.5 }),
      plainRun({ ...full, updates: 1, validationMetric: Number.NaN }),
    ];
    const metric = { name: "rootMeanSquaredError", better: "lower" } as const;
    const found = findings(plainRace(runs, { target: null, metric }));
    expect(texts(found).slice(0, 2)).toEqual([
      "Batch size 64 ended with the best root mean squared error: 1.5, after 2.0 s of training.",
      "Batch size 1 (SGD): 3 after 2.0 s (1,000 updates).",
    ]);
  });

  it("names no winner where the best cannot be told apart as they are written", () => {
    const runs = [
      plainRun({ ...sgd, validationMetric: 0.90001 }),
      plainRun({ validationMetric: 0.90004 }),
      plainRun({ ...full, validationMetric: 0.8 }),
    ];
    expect(texts(findings(plainRace(runs, { target: null })))[0]).toBe(
      "Batch size 64 and batch size 1 (SGD) ended with the same accuracy: 90%.",
    );
  });

  it("says what the same budget gave to each", () => {
    const runs = [plainRun({ ...sgd, updates: 64000 }), plainRun({ ...full, updates: 2 })];
    const found = findings(plainRace(runs, { target: null }));
    expect(texts([only(found, "updates")])).toEqual([
      "The same 2 epochs gave 64,000 updates to batch size 1 (SGD) and 2 updates to the full batch (32,000).",
    ]);
  });
});

describe("facts and cautions", () => {
  const noise = (relativeError: number[], cosine: number[]): RaceRun["gradientNoise"] => ({
    updates: [0, 10, 20],
    examples: [0, 10, 20],
    relativeError,
    cosine,
    fullNorm: [1, 1, 1],
    batches: 8,
  });

  it("takes the median of the noise over a run and leaves the full batch out", () => {
    const runs = [
      plainRun({ ...sgd, gradientNoise: noise([4, 8, 100], [0.1, 0.2, 0.3]) }),
      plainRun({ gradientNoise: noise([1, 0.5, 2], [0.7, 0.8, 0.6]) }),
      plainRun({ ...full, gradientNoise: noise([0, 0, 0], [1, 1, 1]) }),
    ];
    expect(only(findings(plainRace(runs)), "noise").numbers).toEqual({
      error: 8,
      otherError: 1,
      cosine: 0.2,
      otherCosine: 0.7,
    });
  });

  it("warns of one learning rate for all, and of a choice at the edge of a search", () => {
    const runs = [plainRun(sgd), plainRun()];
    expect(only(findings(plainRace(runs)), "learning-rates").tone).toBe("caution");
    const trial = { updates: 10, examples: 10, seconds: 1, loss: 1 };
    const trials = [0.1, 0.2, 0.4].map((learningRate) => ({ ...trial, learningRate }));
    const learningRates = [
      { batchSize: 1, chosen: 0.2, trials },
      { batchSize: 64, chosen: 0.4, trials },
    ];
    const found = findings(plainRace(runs, { learningRates }));
    expect(only(found, "learning-rates").tone).toBe("fact");
    expect(only(found, "learning-rate-edge").numbers).toEqual({ "64": 64 });
  });

  it("compares the runs of the ONNX engine and states what the loops cost", () => {
    const runs = [
      plainRun({ target: reached(0.5, 900, 64) }),
      plainRun({ engine: "loops", target: reached(0.1, 900, 64) }),
    ];
    const row = { batchSize: 64, seed: 1, updates: 100 };
    const engines = [
      { ...row, largestDifference: 2e-7, timeRatio: 12 },
      { ...row, largestDifference: 3e-7, timeRatio: 40 },
    ];
    const found = findings(plainRace(runs, { engines }));
    expect(only(found, "outcome").numbers["seconds"]).toBe(0.5);
    expect(only(found, "engines").numbers).toEqual({ least: 12, greatest: 40, difference: 3e-7 });
    expect(only(found, "engines").text.en).toContain("3 × 10⁻⁷");
  });

  it("reports runs that diverged, a race that was stopped, and a race without runs", () => {
    const lost = plainRun({ status: "diverged", message: "the loss became NaN", target: missed });
    const found = findings(
      plainRace([lost, plainRun({ ...sgd, target: missed })], { complete: false }),
    );
    expect(texts([only(found, "diverged-64")])).toEqual([
      "Batch size 64 diverged: the loss became NaN",
    ]);
    expect(texts([only(found, "other-64")])).toEqual([
      "Batch size 64 diverged after 1,000 updates.",
    ]);
    expect(only(found, "incomplete").tone).toBe("caution");
    expect(texts(findings(plainRace([])))).toEqual(["No run finished."]);
  });

  it("names no best among runs that diverged, whatever their last accuracy was", () => {
    const lost = { status: "diverged", message: "the loss became NaN" } as const;
    const runs = [plainRun({ ...lost, validationMetric: 0.99 }), plainRun({ ...sgd, ...lost })];
    for (const target of [null, { metric: "accuracy", value: 0.9, better: "higher" }] as const) {
      const found = findings(plainRace(runs, { target }));
      expect(texts([only(found, "outcome")])).toEqual(["Every run diverged."]);
      expect(texts([only(found, "other-64")])).toEqual([
        "Batch size 64 diverged after 1,000 updates.",
      ]);
    }
    const found = findings(
      plainRace([runs[0]!, plainRun({ ...sgd, validationMetric: 0.5 })], { target: null }),
    );
    expect(only(found, "outcome").numbers["batchSize"]).toBe(1);
    expect(texts([only(found, "other-64")])).toEqual([
      "Batch size 64 diverged after 1,000 updates.",
    ]);
  });
});

describe("both engines", () => {
  const pair = (dtype: Race["dtype"], largestDifference: number) =>
    findings({
      ...plainRace([plainRun({}), plainRun({ engine: "loops" })]),
      dtype,
      engines: [{ batchSize: 64, seed: 1, updates: 1000, largestDifference, timeRatio: 10 }],
    });
  const said = (found: readonly Finding[]) => found.some(({ id }) => id === "engines-rounding");

  it("that differ by what 32 bits make of rounding are said to, with the way to see it", () => {
    expect(only(pair("float32", 0.002), "engines-rounding").text.en).toContain("--dtype float64");
    expect(said(pair("float32", 1e-7))).toBe(false);
    expect(said(pair("float64", 0.002))).toBe(false);
  });
});
