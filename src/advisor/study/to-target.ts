/** @file Races of several batch sizes to one target, learning rates tuned. */
import type { Dataset } from "../../data/dataset.ts";
import { DivergenceError } from "../../train/divergence.ts";
import { train } from "../../train/train.ts";
import { laneOptions } from "../compare-options.ts";
import type { Bench } from "./bench.ts";
import { meanOf } from "./verdicts.ts";

/** One run to the target. */
export interface Arrival {
  readonly batchSize: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly reached: boolean;
  /** Until the target; where it was not reached, all that the run did: a lower bound. */
  readonly updates: number;
  readonly examples: number;
  readonly seconds: number;
}

/** Runs to one target. */
export interface TargetRace {
  /** Validation loss to reach; null when the pilot run did not learn. */
  readonly target: number | null;
  /** Validation loss at the start. */
  readonly startLoss: number;
  readonly arrivals: readonly Arrival[];
}

/** Batch size of the run that sets the target. */
const pilotSize = 32;
/** Updates of it: an epoch within these bounds. */
const [fewest, most] = [200, 1500];
/** The target is a little above what the pilot run reached, so that other seeds reach it too. */
const slack = 1.1;
/** A pilot run that ends above this part of its first loss has not learned. */
const learned = 0.9;
/** Runs get so many times the time that the pilot's batch size takes. */
const patience = 10;
const leastSeconds = 0.3;

/** A pilot run sets the target; then every batch size runs to it with every seed. */
export async function* raceToTarget(
  bench: Bench,
  data: Dataset,
): AsyncGenerator<string, TargetRace> {
  const sizes = bench.sizes(data);
  const pilotBatch = Math.min(pilotSize, data.size);
  const rates = new Map<number, number>();
  for (const batchSize of new Set([pilotBatch, ...sizes]))
    rates.set(batchSize, yield* bench.learningRate(data, batchSize));
  yield "a pilot run for the target";
  const pilot = await pilotRun(bench, data, pilotBatch, rates.get(pilotBatch)!);
  const { startLoss, endLoss } = pilot;
  if (!(endLoss < learned * startLoss)) return { target: null, startLoss, arrivals: [] };

  const target = endLoss * slack;
  const arrivals: Arrival[] = [];
  let limit = bench.plan.seconds;
  for (const batchSize of [pilotBatch, ...sizes.filter((size) => size !== pilotBatch)]) {
    const own: Arrival[] = [];
    for (const seed of bench.seeds) {
      bench.check();
      yield `batch size ${batchSize} to the target, seed ${seed}`;
      const at = { batchSize, seed, learningRate: rates.get(batchSize)! };
      own.push(await runTo(bench, data, at, target, limit));
    }
    arrivals.push(...own);
    if (batchSize === pilotBatch) {
      const usual = patience * meanOf(own.map(({ seconds }) => seconds));
      limit = Math.min(bench.plan.seconds, Math.max(leastSeconds, usual));
    }
  }
  return {
    target,
    startLoss,
    arrivals: arrivals.sort((a, b) => a.batchSize - b.batchSize || a.seed - b.seed),
  };
}

async function pilotRun(
  bench: Bench,
  data: Dataset,
  batchSize: number,
  learningRate: number,
): Promise<{ startLoss: number; endLoss: number }> {
  const plan = bench.planOn(data);
  const updates = Math.max(fewest, Math.min(most, Math.ceil(data.size / batchSize)));
  const lane = { batchSize, seed: plan.seed, engine: "onnx" } as const;
  const { target: _, ...options } = laneOptions(plan, lane, learningRate);
  const run = train(plan.model, data, {
    ...options,
    updates,
    validateEvery: { updates: Math.ceil(updates / 20) },
  });
  const { history } = await run.result;
  bench.check();
  const { loss } = history.evaluations;
  const firstLosses = history.updates.loss.subarray(0, 4);
  return { startLoss: meanOf([...firstLosses]), endLoss: meanOf(loss.slice(-3)) };
}

/** Evaluations are this part of the updates apart, so times to the target are known to so much. */
const resolution = 1 / 12;

async function runTo(
  bench: Bench,
  data: Dataset,
  at: { readonly batchSize: number; readonly seed: number; readonly learningRate: number },
  target: number,
  seconds: number,
): Promise<Arrival> {
  const plan = bench.planOn(data);
  const options = laneOptions(plan, { ...at, engine: "onnx" }, at.learningRate);
  const run = train(plan.model, data, {
    ...options,
    seconds,
    target: { monitor: "valLoss", value: target },
    validateEvery: ({ updates }) => updates + Math.max(1, Math.ceil(updates * resolution)),
  });
  try {
    const { target: arrived, updates, examples, seconds: spent } = await run.result;
    bench.check();
    const { ...moment } = arrived ?? { updates, examples, seconds: spent };
    return {
      ...at,
      reached: arrived !== undefined,
      updates: moment.updates,
      examples: moment.examples,
      seconds: moment.seconds,
    };
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    const updates = error.history.updates.loss.length;
    return { ...at, reached: false, updates, examples: updates * at.batchSize, seconds };
  }
}
