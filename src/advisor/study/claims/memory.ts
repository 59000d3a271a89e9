/** @file Claim: memory grows with the batch size. */
import { train } from "../../../train/train.ts";
import { laneConfig, laneOptions } from "../../lane-options.ts";
import { bytesPerExample } from "../../../runtime/micro-batch.ts";
import type { Bench } from "../bench.ts";
import {
  intervalText,
  text,
  untestable,
  whole,
  type ClaimTest,
  type Outcome,
} from "../claim-test.ts";
import { meanOf } from "../../statistics.ts";
import { above, intervalOf } from "../verdicts.ts";

/** Peak memory of a few updates. */
export interface MemoryPoint {
  readonly batchSize: number;
  readonly seed: number;
  /** Whether the batch went through the graph in one piece, or in passes as runs do where it is large. */
  readonly whole: boolean;
  readonly bytes: number;
}

/** Memory for one batch in one piece, at most. */
const mostBytes = 512 * 2 ** 20;
/** What the full batch must need to be seen beside what the process holds anyway. */
const leastBytes = 16 * 2 ** 20;
const updates = 3;

export const memoryClaim: ClaimTest = {
  id: "memory",
  claim: {
    en: "Memory grows with the batch size",
    zh: "内存占用随批大小增长",
  },
  async *test(bench) {
    const { memory } = bench.plan.options;
    memory?.reset();
    if (memory?.peak() === undefined)
      return untestable(
        "Here nothing tells the memory of the process.",
        "此处无法得知进程的内存占用。",
      );
    const { spec } = laneConfig(bench.plan.race, bench.plan.race.lanes[0]!, 1);
    const perExample = Math.max(1, bytesPerExample(spec));
    const most = Math.floor(mostBytes / perExample);
    const needed = perExample * bench.training.size;
    if (needed < leastBytes)
      return untestable(
        `All ${whole(bench.training.size)} examples at once need about ${text(needed / 1e6)} MB, which the memory of the process hides; this takes ${text(leastBytes / 1e6)} MB or more.`,
        `全部 ${whole(bench.training.size)} 个样本一次通过约需 ${text(needed / 1e6)} MB，被进程自身的内存掩盖；需要 ${text(leastBytes / 1e6)} MB 以上。`,
      );
    const sizes = bench.sizes().map((size) => Math.min(size, most));
    const ascending = [...new Set(sizes)];
    const points: MemoryPoint[] = [];
    await peakOf(bench, { batchSize: 1, seed: bench.seeds[0]!, whole: true }); // what is loaded once
    // Memory that was freed may stay with the process: every other seed goes from large to small.
    for (const [turn, seed] of bench.seeds.entries())
      for (const batchSize of turn % 2 === 0 ? ascending : ascending.toReversed())
        for (const inOnePiece of [true, false]) {
          bench.check();
          yield `memory at batch size ${batchSize}, seed ${seed}`;
          const at = { batchSize, seed, whole: inOnePiece };
          points.push({ ...at, bytes: await peakOf(bench, at) });
        }
    return judgeMemory(points);
  },
};

async function peakOf(
  bench: Bench,
  { batchSize, seed, whole: inOnePiece }: Omit<MemoryPoint, "bytes">,
): Promise<number> {
  const { race, options } = bench.plan;
  const {
    validation: _v,
    target: _t,
    ...lane
  } = laneOptions(race, { batchSize, seed, engine: "onnx" }, 1e-6);
  options.memory?.reset();
  await train(race.model, race.training, {
    ...lane,
    updates,
    ...(inOnePiece && { microBatch: batchSize }),
  }).result;
  return options.memory?.peak() ?? NaN;
}

/** A run that takes more by so much is told from one that does not. */
const megabyte = 2 ** 20;

/** Holds when the largest batch in one piece takes more than batch size 1. */
export function judgeMemory(points: readonly MemoryPoint[]): Outcome {
  const sizes = [...new Set(points.map(({ batchSize }) => batchSize))].sort((a, b) => a - b);
  const [small = 1, large = 1] = [sizes[0], sizes.at(-1)];
  const seeds = [...new Set(points.map(({ seed }) => seed))];
  const bytesOf = (batchSize: number, inOnePiece: boolean, seed?: number) =>
    meanOf(
      points
        .filter((point) => point.batchSize === batchSize && point.whole === inOnePiece)
        .filter((point) => seed === undefined || point.seed === seed)
        .map(({ bytes }) => bytes),
    );
  const growth = (inOnePiece: boolean) =>
    seeds.map(
      (seed) => (bytesOf(large, inOnePiece, seed) - bytesOf(small, inOnePiece, seed)) / 1e6,
    );
  const [whole1, split] = [growth(true), growth(false)];
  const interval = intervalOf(whole1);
  const [wholeText, splitText] = [
    intervalText(interval, whole1),
    intervalText(intervalOf(split), split),
  ];
  return {
    verdict: above(interval, megabyte / 1e6),
    evidence: {
      summary: {
        en: `In one piece, batch size ${whole(large)} took ${wholeText.en} MB more than batch size ${whole(small)} (peaks ${text(bytesOf(large, true) / 1e6)} and ${text(bytesOf(small, true) / 1e6)} MB); where large batches go in passes, as runs do, the difference is ${splitText.en} MB.`,
        zh: `整批通过计算图时，批大小 ${whole(large)} 比 ${whole(small)} 多占 ${wholeText.zh}MB（峰值 ${text(bytesOf(large, true) / 1e6)} 和 ${text(bytesOf(small, true) / 1e6)} MB）；像实际训练那样分次通过时，相差 ${splitText.zh}MB。`,
      },
      rule: {
        en: "Peak memory of the process at the largest batch in one piece, less that at batch size 1, one difference a seed: holds when its 95% interval lies above 1 MiB, does not when below. Every other seed goes from large batches to small, since freed memory may stay with the process.",
        zh: "整批通过时，最大批量与批大小 1 的进程内存峰值之差，每个种子一个：95% 区间在 1 MiB 以上则成立，以下则不成立。已释放的内存可能仍留在进程中，故每隔一个种子从大批量测到小批量。",
      },
      rows: sizes.flatMap((batchSize) =>
        [true, false].map((inOnePiece) => ({
          "batch size": batchSize,
          batch: inOnePiece ? "in one piece" : "as runs do",
          "peak memory (MB)": bytesOf(batchSize, inOnePiece) / 1e6,
        })),
      ),
      chart: { x: "batch size", y: "peak memory (MB)", series: "batch", logX: true, logY: false },
    },
  };
}
