/**
 * @file What scikit-learn's `MLPClassifier` does around its updates, to replay published runs: where its random
 * numbers go, and when it stops.
 */
import { indexBatches, type Sampler } from "../../src/index.ts";
import { numpyRandom } from "./numpy-random.ts";

/** Initial arrays of a network with these layer sizes, in the order W₁ [in, out], b₁, W₂, …, and the orders of the epochs. */
export function mlpRandomness(seed: number, sizes: readonly number[], hidden: "relu" | "logistic") {
  const random = numpyRandom(seed);
  const initial: number[][] = [];
  // Glorot's bound with factor 6, or 2 for the logistic function; biases are drawn from the same interval.
  for (let layer = 1; layer < sizes.length; layer++) {
    const [fanIn, fanOut] = [sizes[layer - 1]!, sizes[layer]!];
    const bound = Math.sqrt((hidden === "logistic" ? 2 : 6) / (fanIn + fanOut));
    const draw = () => -bound + 2 * bound * random.uniform();
    initial.push(
      Array.from({ length: fanIn * fanOut }, draw),
      Array.from({ length: fanOut }, draw),
    );
  }
  // The same generator goes on, and every epoch shuffles the order of the one before.
  const orders: number[][] = [];
  const order = (epoch: number, examples: number): number[] => {
    for (let e = orders.length; e <= epoch; e++) {
      const before = orders[e - 1] ?? Array.from({ length: examples }, (_, i) => i);
      orders.push(random.permutation(examples).map((place) => before[place]!));
    }
    return orders[epoch]!;
  };
  return { initial, order };
}

/** Batches of `min(200, N)` examples in these orders. */
export function mlpBatches(
  order: (epoch: number, examples: number) => readonly number[],
  examples: number,
): Sampler {
  const batchSize = Math.min(200, examples);
  return indexBatches((epoch) => {
    const rows = order(epoch, examples);
    const starts = Array.from({ length: Math.ceil(examples / batchSize) }, (_, k) => k * batchSize);
    return starts.map((start) => rows.slice(start, start + batchSize));
  });
}

/** Epochs until it stops: more than 10 in a row that do not beat the best loss by 10⁻⁴, or `most`. */
export function mlpEpochs(losses: readonly number[], most: number): number {
  let best = Infinity;
  let waited = 0;
  for (const [epoch, loss] of losses.slice(0, most).entries()) {
    waited = loss > best - 1e-4 ? waited + 1 : 0;
    best = Math.min(best, loss);
    if (waited > 10) return epoch + 1;
  }
  return most;
}

/** [in, out] row by row to [out, in]. */
export function transposed(values: readonly number[], columns: number): number[] {
  const rows = values.length / columns;
  return Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}
