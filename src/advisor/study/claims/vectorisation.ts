/** @file Claim: vectorisation and batch size are independent. */
import { laneConfig } from "../../lane-options.ts";
import { largestMagnitude } from "../../vectors.ts";
import type { EngineComparison, RaceRun } from "../../race.ts";
import { text, whole, type ClaimTest, type Outcome } from "../claim-test.ts";
import { meanOf } from "../../statistics.ts";
import { geometricMean } from "../verdicts.ts";

/** What is read of a run. */
export type EngineRun = Pick<RaceRun, "batchSize" | "engine" | "updates" | "examples" | "seconds">;

/** Multiplications of the loops, about: they bound how many examples are affordable. */
const work = 3e7;

export const vectorisationClaim: ClaimTest = {
  id: "vectorisation",
  claim: {
    en: "Vectorisation and batch size are independent: loops and matrix code make the same updates at every batch size",
    zh: "向量化与批大小互不相干：在任何批大小下，循环与矩阵代码做出相同的更新",
  },
  async *test(bench) {
    const { initial } = laneConfig(bench.plan.race, bench.plan.race.lanes[0]!, 1);
    const parameters = initial.reduce((sum, { data }) => sum + data.length, 0);
    const examples = Math.max(8, Math.min(256, Math.floor(work / parameters)));
    const data = bench.part(examples);
    const race = yield* bench.compare(data, {
      batchSizes: [1, Math.min(32, Math.ceil(data.size / 4)), "full"],
      ...{ learningRate: 0.01, epochs: 1, evaluations: 1, seeds: bench.seeds.length },
      ...{ engines: ["onnx", "loops"], dtype: "float64", noisePoints: 0 },
      validation: bench.part(8),
    });
    return judgeEngines(race.runs, race.engines, largestMagnitude(initial));
  },
};

/** Parameters that differ by no more than this part of the largest are the same but for rounding. */
const rounding = 1e-9;

/** Holds when the parameters of both engines agree to rounding in every regime. */
export function judgeEngines(
  runs: readonly EngineRun[],
  engines: readonly EngineComparison[],
  scale: number,
): Outcome {
  const difference = Math.max(...engines.map((each) => each.largestDifference)) / scale;
  const sizes = [...new Set(runs.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  const rows = sizes.flatMap((batchSize) =>
    (["onnx", "loops"] as const).map((engine) => {
      const own = runs.filter((run) => run.batchSize === batchSize && run.engine === engine);
      return {
        "batch size": batchSize,
        engine: engine === "onnx" ? "matrices" : "loops",
        updates: meanOf(own.map(({ updates }) => updates)),
        "microseconds an example":
          geometricMean(own.map(({ seconds, examples }) => seconds / examples)) * 1e6,
      };
    }),
  );
  const times = sizes.map((batchSize) => {
    const [onnx, loops] = rows.filter((row) => row["batch size"] === batchSize);
    return `B = ${whole(batchSize)}: ${text(onnx!["microseconds an example"])} / ${text(loops!["microseconds an example"])}`;
  });
  const complete = engines.length > 0 && engines.length === runs.length / 2;
  return {
    verdict: !complete ? "cannot tell" : difference <= rounding ? "holds" : "does not hold",
    evidence: {
      summary: {
        en: `After the same updates in float64 the parameters of loops and of matrix code differ by at most ${text(difference)} of the largest parameter. Microseconds an example, matrices / loops: ${times.join("; ")}.`,
        zh: `以 float64 做相同的更新后，循环与矩阵代码的参数最多相差最大参数的 ${text(difference)}。每个样本的微秒数（矩阵／循环）：${times.join("；")}。`,
      },
      rule: {
        en: "Holds when, for every batch size and seed, both make the same number of updates and no parameter differs by more than 1e-9 of the largest.",
        zh: "若对每个批大小和种子，两者更新次数相同，且参数之差不超过最大参数的 1e-9，则成立。",
      },
      rows,
      chart: {
        ...{ x: "batch size", y: "microseconds an example", series: "engine" },
        ...{ logX: true, logY: true },
      },
    },
  };
}
