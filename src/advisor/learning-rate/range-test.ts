/** @file The range test: a learning rate that grows from update to update, until the loss does. */
import { DivergenceError } from "../../train/divergence.ts";
import { train } from "../../train/train.ts";
import { laneOptions, type RacePlan } from "../compare-options.ts";

/** A range test, as columns over its updates. */
export interface RangeTest {
  readonly batchSize: number;
  readonly learningRate: readonly number[];
  /** Loss of each batch before its update. */
  readonly loss: readonly number[];
  /** Σ 0.9^(t−s) ℓ_s / Σ 0.9^(t−s) */
  readonly smoothed: readonly number[];
  /** A quarter of the rate at which the smoothed loss is least: where a search may start. */
  readonly suggestion: number;
  /** The rate at which the smoothed loss was back at four times its least value, or training diverged; null when it never was. */
  readonly unstable: number | null;
}

const [lowest, highest, updates] = [1e-5, 10, 120];
const memory = 0.9;

/**
 * Trains for 120 updates with the learning rate 10⁻⁵ · 10^(6 t / 120), from 10⁻⁵ to 10. The loss falls where the rate is useful and rises
 * where steps overshoot. It is a first look: rates that are stable for a few updates may not be so for an epoch.
 *
 * Source: Smith (2017), "Cyclical learning rates for training neural networks", section 3.3.
 */
export async function rangeTest(plan: RacePlan, batchSize: number): Promise<RangeTest> {
  const { target: _, ...lane } = laneOptions(
    plan,
    { batchSize, seed: plan.seed, engine: "onnx" },
    1,
  );
  const rateAt = (t: number) => lowest * (highest / lowest) ** (t / (updates - 1));
  const { validation: _validation, ...options } = lane;
  const run = train(plan.model, plan.training, {
    ...options,
    ...{ updates, epochs: Infinity },
    optimizer: {
      ...plan.optimizer({ learningRate: 1 }),
      learningRate: {
        name: "range test",
        learningRate: ({ examples }) => rateAt(Math.round(examples / batchSize)),
      },
    },
  });
  const { history, diverged } = await run.result.then(
    (result) => ({ history: result.history, diverged: false }),
    (error: unknown) => {
      if (!(error instanceof DivergenceError)) throw error;
      return { history: error.history, diverged: true };
    },
  );
  const loss = [...history.updates.loss].filter((value) => Number.isFinite(value));
  return describeRange(
    batchSize,
    loss.map((_loss, t) => rateAt(t)),
    loss,
    diverged,
  );
}

/** What a range test says, from its losses. */
export function describeRange(
  batchSize: number,
  learningRate: readonly number[],
  loss: readonly number[],
  diverged: boolean,
): RangeTest {
  const smoothed = smooth(loss);
  const least = smoothed.reduce((best, value, t) => (value < smoothed[best]! ? t : best), 0);
  const back = smoothed.findIndex((value, t) => t > least && value > 4 * smoothed[least]!);
  const unstable = back >= 0 ? learningRate[back]! : diverged ? learningRate.at(-1)! : null;
  return {
    ...{ batchSize, learningRate, loss, smoothed, unstable },
    suggestion: (learningRate[least] ?? lowest) / 4,
  };
}

function smooth(loss: readonly number[]): readonly number[] {
  let [sum, weight] = [0, 0];
  return loss.map((value) => {
    sum = memory * sum + value;
    weight = memory * weight + 1;
    return sum / weight;
  });
}
