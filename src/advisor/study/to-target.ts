/** @file Races of several batch sizes to one target, learning rates tuned. */
import type { Dataset } from "../../data/dataset.ts";
import { DivergenceError } from "../../train/divergence.ts";
import { train } from "../../train/train.ts";
import type { ThroughputPoint } from "../advice/advice.ts";
import { bestConstant } from "../advice/constant.ts";
import { laneOptions } from "../lane-options.ts";
import { raceTimes } from "../throughput/race-times.ts";
import type { RacePlan } from "../compare-options.ts";
import type { StudyPlan } from "./options.ts";
import { meanOf } from "../statistics.ts";

/** One run to the target. */
export interface Arrival {
  readonly batchSize: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly reached: boolean;
  /** Until the target; where it was not reached, all that the run did: a lower bound. */
  readonly updates: number;
  readonly examples: number;
  /** Updates × what one takes, which is measured apart: what others do on the machine meanwhile is not in it. */
  readonly seconds: number;
}

/** Runs to one target. */
export interface TargetRace {
  /** Validation loss to reach; null when a constant prediction would do. */
  readonly target: number | null;
  /** Validation loss of the best constant prediction. */
  readonly constantLoss: number;
  readonly arrivals: readonly Arrival[];
}

/** What the races need of the bench of a study. */
export interface Workbench {
  readonly plan: StudyPlan;
  readonly seeds: readonly number[];
  readonly sizes: (data: Dataset) => readonly number[];
  readonly planOn: (data: Dataset) => RacePlan;
  readonly learningRate: (data: Dataset, batchSize: number) => AsyncGenerator<string, number>;
  /** @throws Stopped when the signal came */
  readonly check: () => void;
}

/** Batch size of the run that sets the target. */
const pilotSize = 32;
/** Updates of it: an epoch within these bounds. */
const [fewest, most] = [200, 1500];
/** The target is a little above what the pilot run reached, so that other seeds reach it too. */
const slack = 1.1;
/** Runs get so many times the time that the pilot's batch size takes. */
const patience = 10;
const leastSeconds = 0.3;

/** A pilot run sets the target; then every batch size runs to it with every seed. */
export async function* raceToTarget(
  bench: Workbench,
  data: Dataset,
): AsyncGenerator<string, TargetRace> {
  const sizes = bench.sizes(data);
  const pilotBatch = Math.min(pilotSize, data.size);
  const rates = new Map<number, number>();
  for (const batchSize of new Set([pilotBatch, ...sizes]))
    rates.set(batchSize, yield* bench.learningRate(data, batchSize));
  yield "a pilot run for the target";
  const target = slack * (await pilotRun(bench, data, pilotBatch, rates.get(pilotBatch)!));
  const constantLoss = await lossOfConstant(bench, data);
  if (!(target < constantLoss)) return { target: null, constantLoss, arrivals: [] };

  const times = yield* timesOf(bench, data, [...rates.keys()]);
  const arrivals: Arrival[] = [];
  let limit = bench.plan.seconds;
  for (const batchSize of [pilotBatch, ...sizes.filter((size) => size !== pilotBatch)]) {
    const own: Arrival[] = [];
    for (const seed of bench.seeds) {
      bench.check();
      yield `batch size ${batchSize} to the target, seed ${seed}`;
      const at = { batchSize, seed, learningRate: rates.get(batchSize)! };
      own.push(await runTo(bench, data, at, { target, limit, time: times.get(batchSize)! }));
    }
    arrivals.push(...own);
    if (batchSize === pilotBatch) {
      const usual = patience * meanOf(own.map(({ seconds }) => seconds));
      limit = Math.min(bench.plan.seconds, Math.max(leastSeconds, usual));
    }
  }
  return {
    target,
    constantLoss,
    arrivals: arrivals.sort((a, b) => a.batchSize - b.batchSize || a.seed - b.seed),
  };
}

/** What an update of each batch size takes with the number of threads that suits it. */
async function* timesOf(
  bench: Workbench,
  data: Dataset,
  batchSizes: readonly number[],
): AsyncGenerator<string, ReadonlyMap<number, ThroughputPoint>> {
  yield "what updates take";
  const plan = bench.planOn(data);
  const { loss, dtype, cores = 1, signal, runtime } = bench.plan.options;
  const threads = [...new Set([1, cores])];
  const timing = { loss, dtype, signal, runtime };
  const { best } = await raceTimes(plan, { batchSizes, threads }, timing).result;
  bench.check();
  return new Map(best.map((point) => [point.batchSize, point]));
}

async function lossOfConstant(bench: Workbench, data: Dataset): Promise<number> {
  const race = bench.planOn(data);
  const { runtime } = bench.plan.options;
  const options = runtime ? { runtime } : {};
  const { evaluation } = await bestConstant({ race, judged: race.validation, options });
  return evaluation.loss;
}

/** The validation loss that it comes to. */
async function pilotRun(
  bench: Workbench,
  data: Dataset,
  batchSize: number,
  learningRate: number,
): Promise<number> {
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
  return meanOf(loss.slice(-3));
}

/** Evaluations are this part of the updates apart, so times to the target are known to so much. */
const resolution = 1 / 12;

async function runTo(
  bench: Workbench,
  data: Dataset,
  at: { readonly batchSize: number; readonly seed: number; readonly learningRate: number },
  {
    target,
    limit,
    time: { threads, secondsPerUpdate },
  }: { readonly target: number; readonly limit: number; readonly time: ThroughputPoint },
): Promise<Arrival> {
  const plan = bench.planOn(data);
  const options = laneOptions(plan, { ...at, engine: "onnx" }, at.learningRate);
  const arrival = (reached: boolean, updates: number, examples: number): Arrival => ({
    ...{ ...at, reached, updates, examples },
    seconds: updates * secondsPerUpdate.value,
  });
  const most = Math.max(1, Math.ceil(limit / secondsPerUpdate.value));
  const run = train(plan.model, data, {
    ...options,
    ...{ threads, updates: most },
    target: { monitor: "valLoss", value: target },
    validateEvery: ({ updates }) =>
      Math.min(most, updates + Math.max(1, Math.ceil(updates * resolution))),
  });
  try {
    const { target: arrived, updates, examples } = await run.result;
    bench.check();
    return arrived === undefined
      ? arrival(false, updates, examples)
      : arrival(true, arrived.updates, arrived.examples);
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    // It may never arrive: all the time it had is the bound.
    return arrival(false, most, most * at.batchSize);
  }
}
