/** @file Learning rates that are known to suit, so that the common race needs no search. */

/** Plain SGD on MNIST-like images with ReLU networks: found by search at these batch sizes. */
const measured: readonly (readonly [batchSize: number, learningRate: number])[] = [
  [1, 0.02],
  [64, 0.32],
  [60000, 0.5],
];

/**
 * A rate for plain SGD on MNIST or Fashion-MNIST with a ReLU network: that of the table, in between on a straight line of
 * log ε over log B.
 *
 * @example knownLearningRate(64) // 0.32
 */
export function knownLearningRate(batchSize: number): number {
  const above = measured.findIndex(([known]) => known >= batchSize);
  const [upper, lower] = [measured[above] ?? measured.at(-1), measured[above - 1]];
  if (upper === undefined) return NaN;
  if (lower === undefined || above < 0) return upper[1];
  const [b0, b1] = [Math.log(lower[0]), Math.log(upper[0])];
  const part = (Math.log(batchSize) - b0) / (b1 - b0);
  return Number((lower[1] * (upper[1] / lower[1]) ** part).toPrecision(2));
}

/** What decides whether the table applies. */
export interface RateQuestion {
  readonly data: string;
  readonly hiddenLayers: number;
  readonly optimizer: string;
}

/** Whether {@link knownLearningRate} speaks of this training. */
export function hasKnownRates({ data, hiddenLayers, optimizer }: RateQuestion): boolean {
  return ["mnist", "fashion-mnist"].includes(data) && hiddenLayers > 0 && optimizer === "sgd";
}
