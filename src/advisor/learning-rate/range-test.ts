/** @file The range test: a learning rate that grows from update to update, until the loss does. */
import type { Progress } from "../../nn/schedule.ts";
import { DivergenceError } from "../../train/divergence.ts";
import { train } from "../../train/train.ts";
import type { RaceData, RacePlan } from "../compare-options.ts";
import { laneOptions } from "../lane-options.ts";
import { withoutBudget } from "./trial.ts";

/** A range test, as columns over its learning rates. */
export interface RangeTest {
  readonly batchSize: number;
  readonly learningRate: readonly number[];
  /** Mean loss of the batches before their updates at each rate. */
  readonly loss: readonly number[];
  /** Σ 0.9^(t−s) ℓ_s / Σ 0.9^(t−s) */
  readonly smoothed: readonly number[];
  /** A quarter of the rate at which the smoothed loss is least: where a search may start. */
  readonly suggestion: number;
  /** The rate at which the smoothed loss was back at four times its least value, or training diverged; null when it never was. */
  readonly unstable: number | null;
}

const [lowest, highest, steps] = [1e-5, 10, 120];
const memory = 0.9;
/** The least loss is looked for from here on: before, the smoothed loss is the mean of a few, and one lucky batch would decide. */
const settled = Math.round(1 / (1 - memory));
/** Examples at one rate, at least: the losses of a few say nothing, and a search that starts too low ends too low. */
const examplesOfStep = 32;

/**
 * Trains with the learning rates 10⁻⁵ · 10^(6 t / 119), t = 0 … 119, from 10⁻⁵ to 10, ⌈32 / B⌉ updates at each. The loss falls where the rate is useful and rises
 * where steps overshoot. It is a first look: rates that are stable for a few updates may not be so for an epoch.
 *
 * Source: Smith (2017), "Cyclical learning rates for training neural networks", section 3.3.
 */
export async function rangeTest(plan: RacePlan<RaceData>, batchSize: number): Promise<RangeTest> {
  const lane = laneOptions(plan, { batchSize, seed: plan.seed, engine: "onnx" }, 1);
  const updatesOfStep = Math.ceil(examplesOfStep / batchSize);
  const rateAt = (t: number) => lowest * (highest / lowest) ** (t / (steps - 1));
  const { validation: _, ...options } = withoutBudget(lane);
  const run = train(plan.model, plan.training, {
    ...options,
    updates: steps * updatesOfStep,
    optimizer: {
      ...plan.optimizer({ learningRate: 1 }),
      learningRate: {
        name: "range test",
        learningRate: (progress) =>
          rateAt(Math.floor(updatesBefore(progress, batchSize) / updatesOfStep)),
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
  const loss = means(history.updates.loss, updatesOfStep);
  return describeRange(
    batchSize,
    loss.map((_loss, t) => rateAt(t)),
    loss,
    diverged,
  );
}

/** Updates before this one: each epoch has ⌈N / B⌉, its last batch smaller than B. */
function updatesBefore({ examples, examplesPerEpoch }: Progress, batchSize: number): number {
  const epochs = Math.floor(examples / examplesPerEpoch);
  const since = examples - epochs * examplesPerEpoch;
  return epochs * Math.ceil(examplesPerEpoch / batchSize) + Math.round(since / batchSize);
}

/** Means of each `length` values, the last of what is left, up to where they are finite. */
function means(values: Float64Array, length: number): readonly number[] {
  const parts = Array.from({ length: Math.ceil(values.length / length) }, (_, part) => {
    const own = values.subarray(part * length, (part + 1) * length);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  return parts.filter((value) => Number.isFinite(value));
}

/** What a range test says, from its losses. */
export function describeRange(
  batchSize: number,
  learningRate: readonly number[],
  loss: readonly number[],
  diverged: boolean,
): RangeTest {
  const smoothed = smooth(loss);
  const first = Math.max(0, Math.min(settled, smoothed.length - 1));
  const least = smoothed.reduce(
    (best, value, t) => (t > first && value < smoothed[best]! ? t : best),
    first,
  );
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
