/** @file Learning rates that are known to suit, so that the common race needs no search. */
import type { ModelArgument } from "./model.ts";

/** Rates at some batch sizes, found by search. */
type Rates = readonly (readonly [batchSize: number, learningRate: number])[];

/** Plain SGD on MNIST-like images, with ReLU networks of these kinds. */
const measured: Readonly<Record<"mlp" | "cnn", Rates>> = {
  mlp: [
    [1, 0.02],
    [64, 0.32],
    [60000, 0.5],
  ],
  cnn: [
    [1, 0.01],
    [64, 0.2],
    [3000, 0.2],
  ],
};

/**
 * A rate for plain SGD on MNIST or Fashion-MNIST with a ReLU network: that of the table, in between on a straight line of
 * log ε over log B.
 *
 * @example knownLearningRate(64) // 0.32
 */
export function knownLearningRate(batchSize: number, kind: "mlp" | "cnn" = "mlp"): number {
  const rates = measured[kind];
  const above = rates.findIndex(([known]) => known >= batchSize);
  const [upper, lower] = [rates[above] ?? rates.at(-1), rates[above - 1]];
  if (upper === undefined) return NaN;
  if (lower === undefined || above < 0) return upper[1];
  const [b0, b1] = [Math.log(lower[0]), Math.log(upper[0])];
  const part = (Math.log(batchSize) - b0) / (b1 - b0);
  return Number((lower[1] * (upper[1] / lower[1]) ** part).toPrecision(2));
}

/** What decides whether the table applies. */
export interface RateQuestion {
  readonly data: string;
  readonly model: Pick<ModelArgument, "kind">;
  readonly optimizer: { readonly name: string };
}

/** The kind of network of which {@link knownLearningRate} speaks in this training; undefined where it does not. */
export function knownRateKind({ data, model, optimizer }: RateQuestion): "mlp" | "cnn" | undefined {
  if (!["mnist", "fashion-mnist"].includes(data) || optimizer.name !== "sgd") return undefined;
  return model.kind === "mlp" || model.kind === "cnn" ? model.kind : undefined;
}
