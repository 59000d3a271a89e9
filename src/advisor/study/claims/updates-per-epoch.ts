/** @file Claim: an epoch of N examples in batches of B makes ⌈N / B⌉ updates. */
import { sgd } from "../../../nn/optimizers.ts";
import { train } from "../../../train/train.ts";
import type { Bench } from "../bench.ts";
import { whole, type ClaimTest, type Outcome } from "../claim-test.ts";

/** What one epoch of one batch size did. */
export interface CountedEpoch {
  readonly examples: number;
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** Updates that were made, and the examples they saw. */
  readonly updates: number;
  readonly seen: number;
}

/** Updates are counted, so they need not change anything: at any rate that does, a model could diverge before the end of the epoch. */
const still = 1e-30;

export const updatesPerEpochClaim: ClaimTest = {
  id: "updates-per-epoch",
  claim: {
    en: "An epoch of N examples in batches of B makes N/B updates, rounded up: 1,000 examples at 10 are 100 updates",
    zh: "N 个样本、批大小为 B 时，一个轮次有 N/B（向上取整）次更新：1,000 个样本、批大小 10，即 100 次更新",
  },
  async *test(bench) {
    const data = bench.part(1000);
    const sizes = [1, 7, 10, 64, data.size].filter((size) => size <= data.size);
    const counted: CountedEpoch[] = [];
    for (const batchSize of new Set(sizes))
      for (const dropLast of [false, true]) {
        bench.check();
        yield `an epoch at batch size ${batchSize}`;
        counted.push(await countEpoch(bench, batchSize, dropLast));
      }
    return judgeUpdates(counted);
  },
};

async function countEpoch(
  bench: Bench,
  batchSize: number,
  dropLast: boolean,
): Promise<CountedEpoch> {
  const data = bench.part(1000);
  const { model, seed, options } = bench.planOn(data);
  const run = train(model, data, {
    ...{ batchSize, dropLast, seed, epochs: 1 },
    optimizer: sgd({ learningRate: still }),
    ...(options.loss !== undefined && { loss: options.loss }),
    ...(options.signal && { signal: options.signal }),
    ...(options.runtime && { runtime: options.runtime }),
  });
  const { history } = await run.result;
  bench.check();
  const { batchSize: sizes } = history.updates;
  return {
    ...{ examples: data.size, batchSize, dropLast, updates: sizes.length },
    seen: sizes.reduce((sum, size) => sum + size, 0),
  };
}

/** Holds when every count is ⌈N / B⌉ with all N examples seen, or ⌊N / B⌋ where the short last batch is dropped. */
export function judgeUpdates(counted: readonly CountedEpoch[]): Outcome {
  const expected = ({ examples, batchSize, dropLast }: CountedEpoch) =>
    dropLast ? Math.floor(examples / batchSize) : Math.ceil(examples / batchSize);
  const right = (epoch: CountedEpoch) => {
    const updates = expected(epoch);
    const seen = epoch.dropLast ? updates * epoch.batchSize : epoch.examples;
    return epoch.updates === updates && epoch.seen === seen;
  };
  const wrong = counted.filter((epoch) => !right(epoch));
  const [first] = wrong;
  const examples = whole(counted[0]?.examples ?? 0);
  const counts = counted
    .filter(({ dropLast }) => !dropLast)
    .map(({ batchSize, updates }) => `${whole(updates)} (B = ${whole(batchSize)})`)
    .join(", ");
  return {
    verdict: first === undefined ? "holds" : "does not hold",
    evidence: {
      summary:
        first === undefined
          ? {
              en: `One epoch of ${examples} examples made ${counts} updates; with the short last batch dropped it is N/B rounded down.`,
              zh: `${examples} 个样本的一个轮次：更新次数为 ${counts}；丢弃不足一批的末批时，为 N/B 向下取整。`,
            }
          : {
              en: `Batch size ${whole(first.batchSize)} made ${whole(first.updates)} updates with ${whole(first.seen)} examples, where ${whole(expected(first))} updates were expected.`,
              zh: `批大小 ${whole(first.batchSize)} 做了 ${whole(first.updates)} 次更新、用了 ${whole(first.seen)} 个样本，而应为 ${whole(expected(first))} 次更新。`,
            },
      rule: {
        en: "Holds when every counted epoch has exactly N/B updates, rounded up (down where the last short batch is dropped), and sees each example once.",
        zh: "每个轮次的更新次数恰为 N/B 向上取整（丢弃末批时向下取整）且每个样本恰用一次，则成立。",
      },
      rows: counted.map((epoch) => ({
        "batch size": epoch.batchSize,
        "last batch": epoch.dropLast ? "dropped" : "kept",
        updates: epoch.updates,
        expected: expected(epoch),
        examples: epoch.seen,
      })),
      chart: { x: "batch size", y: "updates", series: "last batch", logX: true, logY: true },
    },
  };
}
