/** @file What a race tells each of its runs. */
import { knownOptions } from "../errors.ts";
import { configure } from "../train/config.ts";
import type { RunConfig } from "../train/run-config.ts";
import type { TrainOptions } from "../train/options.ts";
import type { CompareOptions, Lane, RaceData, RacePlan } from "./compare-options.ts";
import { raceOptimizer } from "./race-optimizer.ts";
import type { Race } from "./race.ts";

/** The budget of each run, with the default of one epoch; null where there is no bound. */
export function raceBudget({ epochs, updates, examples, seconds }: CompareOptions): Race["budget"] {
  const none = [epochs, updates, examples, seconds].every((bound) => bound === undefined);
  return {
    epochs: epochs ?? (none ? 1 : null),
    updates: updates ?? null,
    examples: examples ?? null,
    seconds: seconds ?? null,
  };
}

/** The options that a race hands to each of its runs. */
export function sharedOptions(options: CompareOptions): TrainOptions {
  const { loss, metric, epochs, updates, examples, seconds, dtype, runtime, signal } = options;
  return definedOnly({
    loss,
    metrics: metric === undefined ? undefined : [metric],
    epochs,
    updates,
    examples,
    seconds,
    dtype,
    runtime,
    signal,
  });
}

/** The options of one lane, at a constant learning rate: also of trials, and of what is measured beside the runs. */
export function laneOptions(
  plan: RacePlan<RaceData>,
  lane: Lane,
  learningRate: number,
): TrainOptions {
  const { options } = plan;
  const { threads = "auto", cores = 1 } = options;
  return {
    ...sharedOptions(options),
    optimizer: plan.optimizer({ learningRate }),
    batchSize: lane.batchSize,
    seed: lane.seed,
    engine: lane.engine,
    threads,
    cores,
    validation: plan.validation,
    ...(options.target !== undefined && { target: raceTarget(plan, options.target) }),
  };
}

/** The options of one run of a race: those of its lane, on the schedule of the race. @throws InputError */
export function runOptions(
  plan: RacePlan<RaceData>,
  lane: Lane,
  learningRate: number,
): TrainOptions {
  return {
    ...laneOptions(plan, lane, learningRate),
    optimizer: raceOptimizer(plan, learningRate),
  };
}

/** The target of a race, which no run stops at. @throws InputError */
function raceTarget(
  { metric }: RacePlan<RaceData>,
  target: NonNullable<CompareOptions["target"]>,
): NonNullable<TrainOptions["target"]> {
  knownOptions("target", target, ["monitor", "value"]);
  return { monitor: metric.name, ...target, stop: false };
}

/** The configuration of a lane, as a run would have it. */
export function laneConfig<Data extends RaceData>(
  plan: RacePlan<Data>,
  lane: Lane,
  learningRate: number,
): RunConfig<Data> {
  return configure(plan.model, plan.training, laneOptions(plan, lane, learningRate));
}

/** `record` without its undefined entries. */
function definedOnly<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
