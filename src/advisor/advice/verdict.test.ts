import { describe, expect, it } from "vitest";
import type { RacedRun } from "./advice.ts";
import type { Candidate } from "./choose-next.ts";
import { verify } from "./verdict.ts";

const point = (batchSize: number, value: number): Candidate => {
  const around = { value, low: value / 1.5, high: value * 1.5 };
  return {
    ...{ batchSize, learningRate: 0.1, threads: 1, secondsPerUpdate: 1 },
    ...{ updates: around, seconds: around, examples: around, bytes: 1e8 },
  };
};
/** Runs of one batch size; Infinity did not arrive. */
const runs = (batchSize: number, ...seconds: number[]): RacedRun[] =>
  seconds.map((each, seed) => ({
    ...{ batchSize, learningRate: 0.1, threads: 1, seed, purpose: "verification" },
    ...{ reached: each < Infinity, updates: each, examples: each, diverged: false },
    ...{ seconds: each, clockSeconds: each },
  }));
const points = [point(16, 12), point(32, 10), point(64, 11)];
const judge = (...made: RacedRun[][]) => verify("time", 32, points, made.flat());

describe("verify", () => {
  it("holds when the time was as predicted and no neighbour was clearly faster", () => {
    const { verdict, points: raced } = judge(
      runs(16, 11, 12, 13),
      runs(32, 9, 10, 11),
      runs(64, 12, 13, 14),
    );
    expect(verdict).toBe("held");
    expect(raced[1]!.measured).toEqual({ value: 10, low: 9, high: 11 });
  });

  it("says nothing of neighbours where there are none", () => {
    const kinds = (sizes: readonly Candidate[]) =>
      verify("time", 32, sizes, runs(32, 9, 10, 11)).reasons.map(({ kind }) => kind);
    expect(kinds([point(32, 10)])).toEqual(["measured"]);
    expect(kinds(points)).toEqual(["measured", "noneBetter"]);
  });

  it("does not hold when a neighbour was faster with every seed, or the time was not as predicted", () => {
    expect(judge(runs(16, 12), runs(32, 10, 11, 12), runs(64, 7, 8, 9)).verdict).toBe(
      "did not hold",
    );
    expect(judge(runs(16, 30), runs(32, 20, 21, 22), runs(64, 30)).verdict).toBe("did not hold");
    // 10 / 1.5 is 6.7
    expect(judge(runs(16, 30), runs(32, 4, 5, 6), runs(64, 30)).verdict).toBe("did not hold");
  });

  it("cannot tell when seeds overlap, or a run did not arrive", () => {
    expect(judge(runs(16, 12), runs(32, 8, 10, 12), runs(64, 7, 8, 9)).verdict).toBe("cannot tell");
    expect(judge(runs(16, 12), runs(32, 9, Infinity, 11), runs(64, 12)).verdict).toBe(
      "cannot tell",
    );
  });

  it("names a neighbour that was not as predicted", () => {
    const { verdict, reasons } = judge(runs(16, 40), runs(32, 10), runs(64, 11));
    expect(verdict).toBe("held");
    expect(reasons.at(-1)).toMatchObject({
      ...{ kind: "offTheCurve", batchSize: 16 },
      ...{ measured: { value: 40 }, predicted: { low: 8, high: 18 } },
    });
  });
});

describe("verify for another goal than time", () => {
  /** Runs that took as many examples as are given, and as many seconds as `seconds`. */
  const counted = (batchSize: number, seconds: number, ...examples: number[]): RacedRun[] =>
    runs(batchSize, ...examples.map(() => seconds)).map((run, i) => ({
      ...run,
      examples: examples[i]!,
    }));
  const byExamples = (...made: RacedRun[][]) => verify("examples", 32, points, made.flat());
  const own = counted(32, 10, 900, 1000, 1100);

  it("does not hold when a neighbour needed fewer examples with every seed, fast or slow", () => {
    const { verdict, reasons } = byExamples(counted(16, 12, 600, 700, 800), own);
    expect(verdict).toBe("did not hold");
    expect(reasons[0]).toEqual({
      ...{ kind: "neighbourBetter", goal: "examples", batchSize: 16 },
      ...{ cost: 700, own: 1000 },
    });
  });

  it("cannot tell when the examples of the seeds overlap, and holds where a tenth is not in it", () => {
    const overlap = byExamples(counted(16, 12, 700, 800, 1000), own);
    expect(overlap.verdict).toBe("cannot tell");
    expect(overlap.reasons[1]).toMatchObject({ kind: "neighbourPerhapsBetter", goal: "examples" });
    expect(byExamples(counted(16, 12, 880, 910, 1000), own).verdict).toBe("held");
  });

  it("does not hold when a neighbour that needs about as many examples was faster, and holds when it needs more", () => {
    const faster = (...examples: number[]) => byExamples(own, counted(64, 7, ...examples));
    expect(faster(950, 1050, 1150)).toMatchObject({
      verdict: "did not hold",
      reasons: [{ kind: "neighbourBetter", goal: "time", batchSize: 64 }, expect.anything()],
    });
    expect(faster(1300, 1400, 1500).verdict).toBe("held");
  });

  it("does not hold when a neighbour takes less memory by more than a twentieth", () => {
    const taking = (bytes: number) =>
      verify(
        "memory",
        32,
        [{ ...points[0]!, bytes }, ...points.slice(1)],
        [runs(16, 12), runs(32, 10), runs(64, 12)].flat(),
      );
    expect(taking(0.9e8)).toMatchObject({
      verdict: "did not hold",
      reasons: [{ kind: "neighbourBetter", goal: "memory", batchSize: 16, cost: 0.9e8, own: 1e8 }],
    });
    expect(taking(0.97e8).verdict).toBe("held");
  });
});
