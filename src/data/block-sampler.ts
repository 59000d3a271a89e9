/** @file An order for slow disks: nearly a shuffle, and read in long stretches. */
import { knownOptions, wholeNumber } from "../errors.ts";
import { generator, stream } from "./rng.ts";
import { checkedContext, range, shuffleInPlace, type Sampler } from "./sampler.ts";

/** Options of {@link blockShuffled}, in examples. */
export interface BlockShuffleOptions {
  /** Consecutive examples that are read together. */
  readonly block: number;
  /** Visits within which examples of different blocks are mixed. */
  readonly window: number;
}

/**
 * Every example once an epoch: blocks of `block` consecutive examples in uniformly random order, one after the other, then each `window` of
 * visits mixed uniformly (Fisher–Yates). A window holds about window / block blocks, wherever they are in the data.
 *
 * It is for data that is larger than memory on a disk with slow random reads; elsewhere `shuffled()` costs about the same and is exact. With
 * `window` ≥ N it is a uniform shuffle. With less, examples of one block stay within one window (or two): choose `window` many times `block`,
 * all the more where neighbours are alike, as in data sorted by class.
 *
 * @param options `block` and `window`: whole numbers of at least 1
 * @throws InputError for another number
 * @example blockShuffled({ block: 1000, window: 100_000 })
 * @example blockShuffled({ block: 2, window: 4 }).order({ size: 8, seed: 1, epoch: 0 })
 */
export function blockShuffled(options: BlockShuffleOptions): Sampler {
  knownOptions("blockShuffled", options, ["block", "window"]);
  const block = wholeNumber("block", options.block);
  const window = wholeNumber("window", options.window);
  return {
    kind: "block-wise shuffled",
    examples: (size) => size,
    order: (context) => {
      const { size, seed, epoch } = checkedContext(context);
      const { integer } = generator(seed, stream.order, epoch);
      const blocks = shuffleInPlace(range(Math.ceil(size / block)), integer);
      const order = inBlocks(blocks, block, size);
      for (let start = 0; start < size; start += window) {
        shuffleInPlace(order.subarray(start, start + window), integer);
      }
      return order;
    },
  };
}

/** The examples of blocks, one block after the other; the last block may be short. */
function inBlocks(blocks: Int32Array, block: number, size: number): Int32Array {
  const order = new Int32Array(size);
  let at = 0;
  for (const first of blocks) {
    const end = Math.min(size, (first + 1) * block);
    for (let example = first * block; example < end; example++) order[at++] = example;
  }
  return order;
}
